"""`pack`: a `Trace` as one JSON document and two flat arrays, every repeated axis and array kept once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from viz_core.trace.attention import AttentionMap, Dense, Factored
from viz_core.trace.axis import Axis
from viz_core.trace.beam_tree import BeamTree
from viz_core.trace.errors import InputError
from viz_core.trace.step import Candidates, Quantity, Step
from viz_core.trace.trace import Trace

FORMAT = "viz_core.trace/1"
MAX_DENSE = 2**28  # stored attention weights over all maps, shared ones counted again: each is checked on loading
Json = dict[str, object]
Place = list[object]  # [offset in the flat array, [shape]]


@dataclass
class FlatArrays:
    """Arrays of one dtype end to end; equal contents share their place."""

    dtype: str
    parts: list[NDArray] = field(default_factory=list)
    size: int = 0
    _places: dict[bytes, int] = field(default_factory=dict)

    def add(self, array: NDArray) -> Place:
        """Where the array lies: [offset, [shape]] in numbers of the dtype."""
        part = np.ascontiguousarray(array, dtype=self.dtype).reshape(-1)
        digest = hashlib.blake2b(part.view(np.uint8)).digest()
        if digest not in self._places:
            self._places[digest] = self.size
            self.parts.append(part)
            self.size += part.size
        return [self._places[digest], list(array.shape)]

    def joined(self) -> NDArray:
        """All parts, one-dimensional."""
        return np.concatenate([np.empty(0, self.dtype), *self.parts])


class Packer:
    """Collects the axes and arrays of one trace while its JSON document is made."""

    def __init__(self) -> None:
        self.axes: list[Json] = []
        self.floats = FlatArrays("<f4")
        self.ints = FlatArrays("<i8")
        self.dense = 0
        self._axis_of: dict[int, int] = {}  # id → index: the axes live as long as the trace that is packed
        self._index_of: dict[str, int] = {}

    def document(self, trace: Trace) -> Json:
        """The whole trace; its axes are complete only after everything else has been visited."""
        body: Json = {
            "format": FORMAT,
            "run": trace.run,
            "source": trace.source,
            "source_axis": self.axis(trace.source_axis),
            "output": trace.output,
            "unit": trace.unit,
            "notes": list(trace.notes),
            "steps": [self.step(step) for step in trace.steps],
            "tree": None if trace.tree is None else self.tree(trace.tree),
        }
        return body | {"axes": self.axes}

    def axis(self, axis: Axis) -> int:
        """The index of an equal axis in the document's list."""
        if id(axis) not in self._axis_of:
            key = repr((axis.kind, axis.labels, axis.geometry))
            if key not in self._index_of:
                self._index_of[key] = len(self.axes)
                self.axes.append({"kind": axis.kind, "labels": list(axis.labels), "geometry": axis.geometry})
            self._axis_of[id(axis)] = self._index_of[key]
        return self._axis_of[id(axis)]

    def step(self, step: Step) -> Json:
        return {
            "label": step.label,
            "emitted": step.emitted,
            "choice": step.choice,
            "log_prob": "-inf" if step.log_prob == -np.inf else step.log_prob,  # JSON has no infinity
            "candidates": None if step.candidates is None else self.candidates(step.candidates),
            "attention": [self.attention(item) for item in step.attention],
            "quantities": [self.quantity(item) for item in step.quantities],
        }

    def candidates(self, item: Candidates) -> Json:
        places = {"choices": self.ints.add(item.choices), "log_probs": self.floats.add(item.log_probs)}
        return {"labels": list(item.labels), **places}

    def quantity(self, item: Quantity) -> Json:
        words: Json = {name: getattr(item, name) for name in ("name", "symbol", "equation", "source")}
        return words | {"axes": [self.axis(axis) for axis in item.axes], "values": self.floats.add(item.values)}

    def attention(self, item: AttentionMap) -> Json:
        return {
            "site": item.site,
            "query_axis": self.axis(item.query_axis),
            "key_axis": self.axis(item.key_axis),
            "layers": list(item.layers),
            "heads": list(item.heads),
            "weights": self.weights(item),
        }

    def weights(self, item: AttentionMap) -> Json:
        weights = item.weights
        if isinstance(weights, Dense):
            self.dense += weights.values.size
            if self.dense > MAX_DENSE:
                raise InputError(
                    f"the trace holds more than {MAX_DENSE} stored attention weights, too many for one file; "
                    "trace a shorter input or fewer steps"
                )
            return {"form": "dense", "values": self.floats.add(weights.values)}
        if isinstance(weights, Factored):
            return {
                "form": "factored",
                "queries": self.floats.add(weights.queries),
                "keys": self.floats.add(weights.keys),
                "scale": weights.scale,
                "mask": None if weights.mask is None else self.floats.add(weights.mask),
                "causal": weights.causal,
            }
        raise InputError(
            f"attention at {item.site!r} has weights of type {type(weights).__name__}, which cannot be saved; "
            "use Dense or Factored"
        )

    def tree(self, tree: BeamTree) -> Json:
        ints = {name: self.ints.add(getattr(tree, name)) for name in ("parent", "step", "choice", "rank")}
        floats = {name: self.floats.add(getattr(tree, name)) for name in ("log_prob", "total", "score", "attention")}
        words = {name: list(getattr(tree, name)) for name in ("token", "status", "reason", "best")}
        return {**ints, **floats, **words, "key_axis": self.axis(tree.key_axis), "options": tree.options}


def pack(trace: Trace) -> tuple[Json, NDArray, NDArray]:
    """(document, f32[n], i64[m]) of a trace; deferred quantities are made. InputError for weights of a foreign class."""
    packer = Packer()
    return packer.document(trace), packer.floats.joined(), packer.ints.joined()
