"""A trace as text: JSON with every number, CSV with every attention weight. For reading, not for loading again."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from viz_core.trace.attention import AttentionMap
from viz_core.trace.axis import Axis
from viz_core.trace.beam_tree import BeamTree
from viz_core.trace.errors import InputError
from viz_core.trace.step import Candidates, Quantity, Step
from viz_core.trace.trace import Trace

MAX_WEIGHTS = 4_000_000  # attention weights in one text file: some 200 MB of CSV
COLUMNS = ("step", "emitted", "site", "layer", "head", "query", "key_position", "key_label", "weight")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet runs a cell that begins with one of these

Json = dict[str, object]


def to_json(trace: Trace) -> str:
    """The whole trace as one JSON document (RFC 8259): arrays as nested lists, factored attention as its weights.

    float32 numbers are written with the fewest digits that give the same float32 back; NaN (a masked row) is null,
    infinities are the texts "inf" and "-inf". Raises InputError above `MAX_WEIGHTS` attention weights.
    """
    _check_size(trace)
    document: Json = {
        "run": trace.run,
        "source": trace.source,
        "source_axis": _axis(trace.source_axis),
        "output": trace.output,
        "unit": trace.unit,
        "log_prob": _number(trace.log_prob),
        "notes": trace.notes,
        "steps": [_step(step) for step in trace.steps],
        "tree": None if trace.tree is None else _tree(trace.tree),
    }
    return _encodable(json.dumps(document, ensure_ascii=False, allow_nan=False))


def to_csv(trace: Trace) -> str:
    """Every attention weight of the trace, one a line, under the header `COLUMNS` (RFC 4180: lines end in CR LF).

    `layer` and `head` are names where they have names, numbers from 0 otherwise; `query` and `key_position` are
    positions from 0; a masked weight is empty. Text that a spreadsheet would take for a formula gets a ' in front.
    Raises InputError above `MAX_WEIGHTS` attention weights.
    """
    _check_size(trace)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for step in trace.steps:
        for item in step.attention:
            writer.writerows(_lines(step, item))
    return _encodable(buffer.getvalue())


def _lines(step: Step, item: AttentionMap) -> Iterator[tuple[object, ...]]:
    """The CSV lines of one map."""
    emitted, site = _cell(step.emitted), _cell(item.site)
    labels = [_cell(label) for label in item.key_axis.labels]
    for layer, layer_name in enumerate(item.layers):
        for head, head_name in enumerate(item.heads):
            start = (step.index, emitted, site, _cell(layer_name or str(layer)), _cell(head_name or str(head)))
            for query, row in enumerate(_numbers(item.map(layer, head))):
                for key, (label, weight) in enumerate(zip(labels, row, strict=True)):
                    yield *start, query, key, label, weight


def _cell(text: str) -> str:
    """Text that a spreadsheet shows and never runs."""
    return "'" + text if text.startswith(FORMULA) else text


def _check_size(trace: Trace) -> None:
    """Raises InputError for more attention weights than a text file should hold."""
    count = sum(int(np.prod(item.weights.shape, dtype=np.int64)) for step in trace.steps for item in step.attention)
    if count > MAX_WEIGHTS:
        raise InputError(
            f"the trace has {count} attention weights and a text file holds at most {MAX_WEIGHTS}; save it as .npz"
        )


def _step(step: Step) -> Json:
    return {
        "index": step.index,
        "label": step.label,
        "emitted": step.emitted,
        "choice": step.choice,
        "log_prob": _number(step.log_prob),
        "candidates": None if step.candidates is None else _candidates(step.candidates),
        "attention": [_attention(item) for item in step.attention],
        "quantities": [_quantity(item) for item in step.quantities],
    }


def _axis(axis: Axis) -> Json:
    return {"kind": axis.kind, "labels": axis.labels, "geometry": axis.geometry}


def _candidates(item: Candidates) -> Json:
    return {"labels": item.labels, "choices": item.choices.tolist(), "log_probs": _numbers(item.log_probs)}


def _attention(item: AttentionMap) -> Json:
    maps = [[_numbers(item.map(layer, head)) for head in range(len(item.heads))] for layer in range(len(item.layers))]
    return {
        "site": item.site,
        "query_axis": _axis(item.query_axis),
        "key_axis": _axis(item.key_axis),
        "layers": item.layers,
        "heads": item.heads,
        "weights": maps,
    }


def _quantity(item: Quantity) -> Json:
    words: Json = {name: getattr(item, name) for name in ("name", "symbol", "equation", "source")}
    return words | {"axes": [_axis(axis) for axis in item.axes], "values": _numbers(item.values)}


def _tree(tree: BeamTree) -> Json:
    ints = {name: getattr(tree, name).tolist() for name in ("parent", "step", "choice", "rank")}
    floats = {name: _numbers(getattr(tree, name)) for name in ("log_prob", "total", "score", "attention")}
    words = {name: getattr(tree, name) for name in ("token", "status", "reason", "best", "options")}
    return {**ints, **floats, **words, "key_axis": _axis(tree.key_axis)}


def _numbers(values: NDArray) -> list:
    """Nested lists of an f32 array; each number prints as the shortest text of its float32."""
    exact = np.asarray(values, np.float32)
    shortest = exact.astype("U32").astype(np.float64)  # NumPy writes a float32 with the fewest digits that identify it
    if np.isfinite(exact).all():
        return shortest.tolist()
    boxed = shortest.astype(object)
    boxed[np.isnan(exact)] = None
    boxed[np.isposinf(exact)], boxed[np.isneginf(exact)] = "inf", "-inf"
    return boxed.tolist()


def _number(value: float | None) -> float | str | None:
    """One number of a step, infinities as text."""
    return value if value is None or np.isfinite(value) else str(value)


def _encodable(text: str) -> str:
    r"""Text that UTF-8 can hold: a lone surrogate becomes the six characters \udXXX (which JSON reads back)."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
