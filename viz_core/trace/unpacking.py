"""`unpack`: the reverse of `packing.pack`, for documents that nobody has checked yet."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from viz_core.trace.attention import AttentionMap, Dense, Factored, Weights
from viz_core.trace.axis import Axis
from viz_core.trace.beam_tree import BeamTree
from viz_core.trace.errors import InputError
from viz_core.trace.packing import FORMAT, MAX_DENSE
from viz_core.trace.plain import text
from viz_core.trace.step import Candidates, Quantity, Step
from viz_core.trace.trace import Trace

MAX_DIMENSIONS = 32


class Fields:
    """One JSON object whose entries are read by name and type; a wrong one is an InputError that says where it is."""

    def __init__(self, where: str, value: object) -> None:
        if not isinstance(value, dict):
            raise InputError(f"its {where} is no JSON object")
        self.where, self.value = where, value

    def get(self, name: str) -> object:
        if name not in self.value:
            raise InputError(f"its {self.where} has no entry {name!r}")
        return self.value[name]

    def text(self, name: str) -> str:
        return text(f"{name!r} of its {self.where}", self.get(name))

    def items(self, name: str) -> list:
        value = self.get(name)
        if not isinstance(value, list):
            raise InputError(f"{name!r} of its {self.where} is no list")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(text(f"{name!r} of its {self.where}", item) for item in self.items(name))

    def whole(self, name: str) -> int:
        return whole(f"{name!r} of its {self.where}", self.get(name), 2**63)

    def number(self, name: str) -> float:
        value = self.get(name)
        if not isinstance(value, float):
            return float(self.whole(name))
        if not math.isfinite(value):
            raise InputError(f"{name!r} of its {self.where} is no finite number")
        return value

    def flag(self, name: str) -> bool:
        value = self.get(name)
        if not isinstance(value, bool):
            raise InputError(f"{name!r} of its {self.where} is neither true nor false")
        return value


def whole(what: str, value: object, stop: int) -> int:
    """A whole number of absolute value below `stop`."""
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= stop:
        raise InputError(f"{what} is no whole number in range")
    return value


def index(what: str, value: object, count: int) -> int:
    """A whole number in 0 … count − 1."""
    if whole(what, value, max(count, 1)) < 0 or count == 0:
        raise InputError(f"{what} lies outside 0 … {count - 1}")
    return value  # type: ignore[return-value]


class Unpacker:
    """Makes records from a document and its two flat arrays; the records share the arrays' memory."""

    def __init__(self, document: Fields, floats: NDArray, ints: NDArray) -> None:
        self.document, self.floats, self.ints = document, floats, ints
        self.axes = [self._axis(Fields(f"axis {i}", item)) for i, item in enumerate(document.items("axes"))]
        self.dense = 0

    @staticmethod
    def _axis(fields: Fields) -> Axis:
        return Axis(fields.text("kind"), fields.texts("labels"), Fields("axis geometry", fields.get("geometry")).value)

    def trace(self) -> Trace:
        document = self.document
        tree = document.get("tree")
        return Trace(
            run=Fields("run", document.get("run")).value,
            source=document.text("source"),
            source_axis=self.axis(document.get("source_axis")),
            output=document.text("output"),
            unit=document.text("unit"),
            steps=tuple(self.step(i, Fields(f"step {i}", item)) for i, item in enumerate(document.items("steps"))),
            tree=None if tree is None else self.tree(Fields("beam tree", tree)),
            notes=document.texts("notes"),
        )

    def axis(self, position: object) -> Axis:
        return self.axes[index("an axis number", position, len(self.axes))]

    def array(self, fields: Fields, name: str, flat: NDArray | None = None) -> NDArray:
        """The part of a flat array (floats unless told) that the place under `name` means."""
        flat = self.floats if flat is None else flat
        what = f"place of {name!r} in its {fields.where}"
        place = fields.items(name)
        if len(place) != 2 or not isinstance(place[1], list) or len(place[1]) > MAX_DIMENSIONS:
            raise InputError(f"the {what} is not [offset, [shape]]")
        offset = index(f"the offset of the {what}", place[0], flat.size + 1)
        # Each extent has a limit of its own: one extent of 0 must not excuse the others.
        shape = tuple(index(f"the shape of the {what}", size, 2**40) for size in place[1])
        size = math.prod(shape)
        if offset + size > flat.size or math.prod(max(extent, 1) for extent in shape) >= 2**40:
            raise InputError(f"the {what} lies outside the stored numbers")
        return flat[offset : offset + size].reshape(shape)

    def step(self, number: int, fields: Fields) -> Step:
        choice, log_prob, candidates = (fields.get(name) for name in ("choice", "log_prob", "candidates"))
        if log_prob is not None:
            log_prob = -math.inf if log_prob == "-inf" else fields.number("log_prob")
        return Step(
            index=number,
            label=fields.text("label"),
            emitted=fields.text("emitted"),
            choice=None if choice is None else fields.whole("choice"),
            log_prob=log_prob,
            candidates=None if candidates is None else self.candidates(Fields("candidates", candidates)),
            attention=tuple(self.attention(Fields("attention map", item)) for item in fields.items("attention")),
            details=tuple(self.quantity(Fields("quantity", item)) for item in fields.items("quantities")),
        )

    def candidates(self, fields: Fields) -> Candidates:
        choices = self.array(fields, "choices", self.ints)
        return Candidates(fields.texts("labels"), choices, self.array(fields, "log_probs"))

    def quantity(self, fields: Fields) -> Quantity:
        axes = tuple(self.axis(position) for position in fields.items("axes"))
        words = {name: fields.text(name) for name in ("name", "symbol", "equation", "source")}
        return Quantity(axes=axes, values=self.array(fields, "values"), **words)

    def attention(self, fields: Fields) -> AttentionMap:
        return AttentionMap(
            site=fields.text("site"),
            query_axis=self.axis(fields.get("query_axis")),
            key_axis=self.axis(fields.get("key_axis")),
            weights=self.weights(Fields("attention weights", fields.get("weights"))),
            layers=fields.texts("layers"),
            heads=fields.texts("heads"),
        )

    def weights(self, fields: Fields) -> Weights:
        form = fields.text("form")
        if form == "dense":
            values = self.array(fields, "values")
            self.dense += values.size
            if self.dense > MAX_DENSE:
                raise InputError(f"it holds more than {MAX_DENSE} stored attention weights")
            return Dense(values)
        if form == "factored":
            mask = None if fields.get("mask") is None else self.array(fields, "mask")
            queries, keys = self.array(fields, "queries"), self.array(fields, "keys")
            return Factored(queries, keys, fields.number("scale"), mask, fields.flag("causal"))
        raise InputError(f"its attention weights have the unknown form {form[:40]!r}")

    def tree(self, fields: Fields) -> BeamTree:
        ints = {name: self.array(fields, name, self.ints) for name in ("parent", "step", "choice", "rank")}
        floats = {name: self.array(fields, name) for name in ("log_prob", "total", "score", "attention")}
        words = {name: fields.texts(name) for name in ("token", "status", "reason")}
        best = tuple(whole("a best node of its beam tree", node, 2**63) for node in fields.items("best"))
        options = Fields("beam tree options", fields.get("options")).value
        return BeamTree(**ints, **floats, **words, key_axis=self.axis(fields.get("key_axis")), best=best, options=options)


def unpack(document: object, floats: NDArray, ints: NDArray) -> Trace:
    """The trace of a decoded JSON document, read-only f32[n] and i64[m].

    Raises InputError with a sentence about the first thing that is wrong ("its step 3 has no entry 'label'").
    """
    fields = Fields("document", document)
    found = fields.get("format")
    if found != FORMAT:
        shown = repr(found[:40]) if isinstance(found, str) else "no text"
        raise InputError(f"its format is {shown} and this program reads {FORMAT!r}")
    return Unpacker(fields, np.asarray(floats), np.asarray(ints)).trace()
