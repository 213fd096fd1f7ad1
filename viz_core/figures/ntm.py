"""`payload`: a machine with a tape, tick by tick, as the JSON that the memory microscope draws in the browser.

Everything is found by record: weightings at the sites `read` and `write`, all other numbers by the names of their quantities. A
network without a memory has no such records, and only its tapes and its states are drawn. Numbers travel as bytes: weights
as roots, other tensors between their lowest and highest value, in 16 bits, or 8 where there are many; what formulas show is exact.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viz_core.figures import pack, theme
from viz_core.figures.formula import mathml
from viz_core.figures.heads import squeezed
from viz_core.figures.ntm_words import ntm_words
from viz_core.figures.words import _
from viz_core.trace import InputError, Quantity, Trace

STAGES = ("last weighting", "similarity", "content weighting", "gated weighting", "shifted weighting", "weighting")
TOLD = ("key strength", "gate", "shift", "sharpening")
VECTORS = ("key", "erase", "add", "read vector")
FINE = 60_000  # weights of one stage up to which 16 bits are sent
PRECISE = 200_000  # numbers of another tensor up to which 16 bits are sent
USUAL = 0.995  # of the memory's numbers have full colour at most: a single cell that was written over and over is no measure
Json = dict[str, object]


@dataclass(frozen=True, eq=False)
class Machine:
    """One run along a tape. right: f32[answer, bit], what is right at the last ticks; marks: names of the input channels."""

    trace: Trace
    right: NDArray
    marks: tuple[str, ...]

    def __post_init__(self) -> None:
        if "output" not in {quantity.name for quantity in self.trace.steps[0].quantities}:
            raise InputError("this trace is of no machine with a tape; run a model of the copy, repeat-copy or recall task")


def payload(shown: Machine, editable: bool = False) -> Json:
    """JSON values of one run. editable: the reader may flip bits and overwrite cells (there is a server to ask)."""
    trace = shown.trace
    names = [quantity.name for quantity in trace.steps[0].quantities]
    result: Json = {
        "title": " · ".join(str(part) for part in (trace.run.get("model", ""), trace.run.get("task", "")) if part),
        "words": ntm_words(), "editable": editable,
        "scales": {"light": theme.WEIGHTS_LIGHT, "dark": theme.WEIGHTS_DARK, "signed_light": theme.SIGNED_LIGHT, "signed_dark": theme.SIGNED_DARK},
        "hues": {"light": (), "dark": ()},
        "steps": [step.label for step in trace.steps], "answer": len(trace) - len(shown.right), "marks": list(shown.marks),
        "tape": deflated(trace.series("tape")), "said": squeezed(trace.series("output")), "right": squeezed(shown.right.astype(np.float32)),
        "bits": shown.right.shape[1], "heads": heads(trace, names), "memory": memory(trace, names), "states": states(trace, names),
        "edits": list(trace.run.get("edits", ())), "notes": list(trace.notes),
    }  # fmt: skip
    result["id"] = hashlib.sha1(json.dumps(result).encode()).hexdigest()[:16]
    return result


def deflated(values: NDArray) -> Json:
    """Any finite numbers as deflated integers between their lowest and highest value: {low, high, bits, data, shape}."""
    flat = np.asarray(values, np.float32)
    low, high = (pack.brief(float(x)) for x in (flat.min(), flat.max())) if flat.size else (0.0, 0.0)
    bits = 16 if flat.size <= PRECISE else 8
    codes = np.clip(np.rint((flat - low) / ((high - low) or 1.0) * (2**bits - 1)), 0, 2**bits - 1).astype(f"<u{bits // 8}")
    data = pack.text(np.frombuffer(zlib.compress(codes.tobytes(), 6), np.uint8))
    return {"low": low, "high": high, "bits": bits, "data": data, "shape": list(flat.shape)}


def heads(trace: Trace, names: list[str]) -> list[Json]:
    """Every head: the stages of its addressing, what the controller told it, its vectors; read heads first."""
    owners = list(dict.fromkeys(name.partition(": ")[0] for name in names if name.endswith(": key")))
    return [_head(trace, names, owner) for owner in owners]


def _head(trace: Trace, names: list[str], owner: str) -> Json:
    found: Json = {"name": _(owner), "kind": "write" if f"{owner}: add" in names else "read"}
    found["both"] = f"{owner}: add" in names and f"{owner}: read vector" in names
    found["stages"] = [_stage(trace, owner, name) for name in STAGES if f"{owner}: {name}" in names]
    found["told"] = [
        {**_about(trace, owner, name), "values": [[pack.brief(float(x)) for x in row] for row in trace.series(f"{owner}: {name}")]}
        for name in TOLD if f"{owner}: {name}" in names
    ]  # fmt: skip
    found["vectors"] = [
        {**_about(trace, owner, name), **deflated(trace.series(f"{owner}: {name}"))} for name in VECTORS if f"{owner}: {name}" in names
    ]
    return found


def _stage(trace: Trace, owner: str, name: str) -> Json:
    values = trace.series(f"{owner}: {name}")
    signed = name == "similarity"  # −1 … 1; all others are distributions
    packed = deflated(values) if signed else squeezed(values, values.size <= FINE)
    return {**_about(trace, owner, name), "signed": signed, **packed}


def _about(trace: Trace, owner: str, name: str) -> Json:
    """Symbol, equation and source of a quantity."""
    return {"key": name, "title": _(name), **written(trace.steps[0].quantity(f"{owner}: {name}"))}


def written(quantity: Quantity) -> Json:
    """A quantity's symbol and equation as MathML, with their LaTeX beside."""
    return {
        "symbol": mathml(quantity.symbol), "latex": quantity.symbol, "equation": mathml(quantity.equation, "block"),
        "equation_latex": quantity.equation, "source": quantity.source,
    }  # fmt: skip


def memory(trace: Trace, names: list[str]) -> Json | None:
    """The memory before every tick and after the last, f32[tick + 1, cell, channel], and the equation that changes it.

    A cell that was overwritten by hand before a tick is not what the tick before it left: the browser lays it over.
    """
    if "memory" not in names:
        return None
    first = trace.steps[0].quantity("memory before").values[None]
    values = np.concatenate([first, trace.series("memory")])
    reach = max(float(np.quantile(np.abs(values), USUAL)), 1.0)
    return {**deflated(values), "reach": pack.brief(reach), **written(trace.steps[0].quantity("memory"))}


def states(trace: Trace, names: list[str]) -> list[Json]:
    """What the network itself remembers, f32[tick, unit] each: the controller's h_t, or every layer's of an LSTM."""
    shown = [name for name in names if name == "controller state" or name.endswith("hidden state") or name == "cell" or name.endswith(": cell")]
    found = []
    for name in shown:
        layer, colon, part = name.rpartition(": ")
        found.append({"title": f"{layer}: {_(part)}" if colon else _(name), **written(trace.steps[0].quantity(name)), **deflated(trace.series(name))})
    return found
