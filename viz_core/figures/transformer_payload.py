"""What travels to the browser: the picture of a `Network` once, and the tensors of the box that is open, for all steps."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from viz_core.figures import pack, theme
from viz_core.figures.formula import mathml
from viz_core.figures.transformer import DOT, Network, NetworkBox
from viz_core.figures.transformer_words import box_sentence, box_title, network_words
from viz_core.figures.words import _
from viz_core.trace import Axis, Quantity

Json = dict[str, object]
RANKED = "logits"  # one number for every entry of the vocabulary: only the best travel


def picture(network: Network) -> Json:
    """JSON values: words, colours, the steps with what was read and said, and the boxes without their numbers."""
    trace = network.trace
    steps = [{"label": step.label, "p": pack.brief(float(np.exp(step.log_prob or 0.0)))} for step in trace.steps]
    result: Json = {
        "title": network.title, "words": network_words(), "source": list(trace.source_axis.labels), "steps": steps, "layers": network.layers,
        "scales": {"light": theme.WEIGHTS_LIGHT, "dark": theme.WEIGHTS_DARK,
                   "signed_light": theme.SIGNED_LIGHT, "signed_dark": theme.SIGNED_DARK},
        "boxes": [{"id": box.id, "kind": box.kind, "side": box.side, "layer": box.layer, "name": box_title(box, short=True)} for box in network.boxes],
    }  # fmt: skip
    result["id"] = hashlib.sha1(json.dumps([result, trace.run, trace.source], sort_keys=True, default=str).encode()).hexdigest()[:16]
    return result


def opened(network: Network, name: str) -> Json:
    """The tensors of one box at every step, as bytes; InputError for an unknown box."""
    box = network.box(name)
    found = _tensors(network, box)
    keys = [axis for quantity in found.values() for axis in _axes(quantity[-1], box).get("key", [])]
    counts = next(([len(axis) for q in quantities for axis in _axes(q, box)["key"]] for quantities in found.values() if "key" in _axes(quantities[-1], box)), [])
    gain = network.gains.get(box.record)
    return {
        "id": box.id, "title": box_title(box), "sentence": box_sentence(box), "encoder": box.side == "encoder",
        "labels": {"position": list(network.trace.source_axis.labels), "key": list(keys[0].labels) if keys else []},
        "counts": counts if len(set(counts)) > 1 else [],
        "gain": [[pack.brief(float(x)) for x in part] for part in gain] if gain is not None and "LayerNorm" in box.tensors else None,
        "tensors": _sent(network, box, found),
    }  # fmt: skip


def csv_of(network: Network, name: str) -> str:
    """Every number of a box with all its digits: step, output, tensor, one column a dimension, value."""
    box, out = network.box(name), io.StringIO()
    table = csv.writer(out)
    table.writerow(["step", "output", "tensor", "index 1", "index 2", "index 3", "value"])
    for tensor, quantities in _tensors(network, box).items():
        for step, quantity in enumerate(quantities):
            emitted = _plain(network.trace.steps[step].label) if len(quantities) > 1 else ""
            head = [step + 1 if len(quantities) > 1 else "", emitted, tensor]
            for at, value in np.ndenumerate(quantity.values):
                labels = [_plain(axis.labels[i]) if axis.kind == "token" else i for axis, i in zip(quantity.axes, at, strict=True)]
                table.writerow([*head, *labels, *[""] * (3 - len(labels)), repr(float(value))])
    return out.getvalue()


def _plain(label: str) -> str:
    """A label that a spreadsheet does not run as a formula."""
    return f"'{label}" if label[:1] in ("=", "+", "-", "@", "\t", "\r") else label


def _tensors(network: Network, box: NetworkBox) -> dict[str, list[Quantity]]:
    """Tensor → its quantity at every step; the encoder's were computed once, before the first."""
    steps = network.trace.steps[:1] if box.side == "encoder" else network.trace.steps
    known = [{q.name: q for q in step.quantities} for step in steps]
    return {tensor: [step[box.record + DOT + tensor] for step in known] for tensor in box.tensors}


def _sent(network: Network, box: NetworkBox, found: dict[str, list[Quantity]]) -> list[Json]:
    """Tensors as JSON; one whose numbers are those of an earlier one only names it."""
    out: list[Json] = []
    flat: dict[str, NDArray] = {}
    for tensor, quantities in found.items():
        about: Json = {"tensor": tensor, **_definition(quantities[-1])}
        if tensor == RANKED:
            out.append(about | _ranked(network, quantities))
            continue
        values, how = _over_steps(quantities, _roles(quantities[-1], box))
        about |= {"roles": _roles(quantities[-1], box), "sizes": list(quantities[-1].values.shape), "steps": how, "weights": tensor == "weights"}
        same = next((other for other, numbers in flat.items() if how == "each" and np.array_equal(numbers, values)), None)
        out.append(about | ({"same": same} if same else _numbers(values)))
        flat[tensor] = values
    return out


def _definition(quantity: Quantity) -> Json:
    name = quantity.name.partition(DOT)[2]
    return {
        "name": _(name), "symbol": mathml(quantity.symbol) or None, "latex": quantity.symbol,
        "equation": mathml(quantity.equation, "block") or None, "equation_latex": quantity.equation, "source": quantity.source,
    }  # fmt: skip


def _numbers(values: NDArray) -> Json:
    """Codes for −m … m, or 0 … m without a sign, m the largest magnitude of all steps: 0 stays 0 (see `pack.weights`)."""
    high = float(np.abs(values).max(initial=0.0))
    low = -high if values.min(initial=0.0) < 0 else 0.0
    return {"low": low, "high": high, **pack.weights((values - low) / ((high - low) or 1.0))}


def _over_steps(quantities: Sequence[Quantity], roles: Sequence[str]) -> tuple[NDArray, str]:
    """All steps one after the other, and how: `one` array for all of them, `grows` (a step has the first keys of the
    last one's array), or `each` its own."""
    arrays = [quantity.values for quantity in quantities]
    last = arrays[-1]
    if all(array.shape == last.shape and np.array_equal(array, last) for array in arrays):
        return last.ravel(), "one"
    if roles and roles[0] == "head" and roles[1:] == ["key", "channel"]:
        if all(np.array_equal(array, last[:, : array.shape[1]]) for array in arrays):
            return last.ravel(), "grows"
    return np.concatenate([array.ravel() for array in arrays]), "each"


def _roles(quantity: Quantity, box: NetworkBox) -> list[str]:
    """What each dimension counts: `position` (of the source, in the encoder), `head`, `key`, `channel`."""
    return [_role(axis, place, box) for place, axis in enumerate(quantity.axes)]


def _role(axis: Axis, place: int, box: NetworkBox) -> str:
    if axis.kind == "token":
        return "position" if box.side == "encoder" and place == 0 else "key"
    return "head" if axis.kind == "head" or axis.labels[0].startswith("head ") else "channel"  # so named in older files


def _axes(quantity: Quantity, box: NetworkBox) -> dict[str, list[Axis]]:
    roles = _roles(quantity, box)
    return {role: [axis for axis, r in zip(quantity.axes, roles, strict=True) if r == role] for role in set(roles)}


def _ranked(network: Network, quantities: Sequence[Quantity]) -> Json:
    """The logits of the candidates of every step, best first, their probabilities, and log Σ exp of all logits."""
    ranks = []
    for step, quantity in zip(network.trace.steps, quantities, strict=True):
        logits = quantity.values
        total = float(logits[step.choice] - (step.log_prob or 0.0)) if step.choice is not None else 0.0
        found = list(zip(step.candidates.labels, step.candidates.choices.tolist(), strict=True)) if step.candidates else []
        if step.choice is not None and all(choice != step.choice for _label, choice in found):
            found.append((step.label, step.choice))
        ranks.append({
            "labels": [label for label, _choice in found], "logits": [pack.brief(float(logits[choice])) for _label, choice in found],
            "chosen": next((i for i, (_label, choice) in enumerate(found) if choice == step.choice), -1), "total": pack.brief(total),
            "low": pack.brief(float(logits.min())), "high": pack.brief(float(logits.max())), "mean": pack.brief(float(logits.mean())),
        })  # fmt: skip
    return {"ranks": ranks, "sizes": list(quantities[-1].values.shape)}
