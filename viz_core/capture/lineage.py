"""Follows the result of a softmax to the product in which it weighs values.

A tensor that is followed knows the softmax it comes from, where its key axis is, and the operations in between, so that
the same path can be walked again with other weights (edits) or without what is no part of them (dropout, casts).
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

LAYOUT = frozenset(
    "view reshape view_as reshape_as unsqueeze squeeze flatten unflatten contiguous clone detach "
    "transpose swapaxes swapdims permute movedim moveaxis".split()
)
CAST = frozenset("to float half bfloat16 double type type_as".split())
DROPOUT = frozenset("dropout dropout_ feature_dropout".split())
VALUE = frozenset(
    "mul mul_ __mul__ __rmul__ __imul__ multiply div div_ __truediv__ __itruediv__ "
    "masked_fill masked_fill_ nan_to_num nan_to_num_ where "
    "add add_ __add__ __radd__ sub __sub__ __rsub__ clamp clamp_ clip relu normalize pow __pow__ reciprocal neg inverse".split()
)
PART = frozenset(
    "__getitem__ narrow select index_select split chunk unbind tensor_split "
    "pad cat concat stack gather roll expand as_strided".split()
)
FOLLOWED = LAYOUT | CAST | DROPOUT | VALUE | PART

Apply = Callable[[Tensor], Tensor]


@dataclass(frozen=True, eq=False)
class Softmax:
    """One softmax: its scores and weights, and the dimension that sums to 1 (counted from the front)."""

    scores: Tensor
    weights: Tensor
    axis: int


@dataclass(frozen=True, eq=False)
class Stage:
    """One operation on the way: its kind ("layout", "cast", "dropout", "value"), itself, and the shape of its result."""

    kind: str
    apply: Apply
    shape: tuple[int, ...]
    axis: int
    dropout: float = 0.0


@dataclass(frozen=True, eq=False)
class Lineage:
    """How a tensor came from a softmax.

    axis: its key axis, None when it has no such axis any more. special: why it is no plain attention ("": it may be).
    weighed: the weights have been multiplied with values element by element, and a sum over the key axis is to come.
    """

    softmax: Softmax
    axis: int | None
    stages: tuple[Stage, ...] = ()
    special: str = ""
    weighed: bool = False

    def replay(self, weights: Tensor, kinds: frozenset[str], stop: int | None = None) -> Tensor:
        """The stages of these kinds, up to number `stop`, on other weights of the same shape."""
        for stage in self.stages[:stop]:
            if stage.kind in kinds:
                weights = stage.apply(weights)
        return weights

    @property
    def dropout(self) -> float:
        return max((stage.dropout for stage in self.stages), default=0.0)

    @property
    def altered(self) -> bool:
        return any(stage.kind == "value" for stage in self.stages)


class Followed:
    """The tensors alive now that come from a softmax, by identity; forgotten when the tensor is gone."""

    def __init__(self) -> None:
        self._by_id: dict[int, tuple[weakref.ref[Tensor], Lineage | str]] = {}

    def __bool__(self) -> bool:
        return bool(self._by_id)

    def put(self, tensor: Tensor, lineage: Lineage | str) -> None:
        """Follow a tensor; a text instead of a lineage says that it is the result of attention itself."""
        key = id(tensor)
        reference = weakref.ref(tensor, lambda gone, key=key: self._forget(key, gone))
        self._by_id[key] = (reference, lineage)

    def _forget(self, key: int, gone: weakref.ref[Tensor]) -> None:
        if key in self._by_id and self._by_id[key][0] is gone:
            del self._by_id[key]

    def get(self, tensor: object) -> Lineage | str | None:
        found = self._by_id.get(id(tensor))
        return found[1] if found is not None and found[0]() is tensor else None

    def clear(self) -> None:
        self._by_id.clear()


def extended(
    lineage: Lineage, name: str, func: Callable, args: tuple, kwargs: dict, source: Tensor, result: Tensor
) -> Lineage | None:
    """The lineage of `result` = func(… source …); None where the path is lost."""
    same_shape = tuple(result.shape) == tuple(source.shape)
    if name == "expand" and same_shape:
        return lineage
    if name in PART or lineage.axis is None:
        axis = lineage.axis if result.ndim == source.ndim else None
        return replace(lineage, axis=axis, special=lineage.special or f"its weights are cut or joined ({name}) after softmax")
    axis, kind, probability = lineage.axis, "value", 0.0
    if name in LAYOUT:
        found = _moved(name, args, kwargs, source, result, lineage.axis)
        if found is None:
            return replace(lineage, axis=None, special=lineage.special or f"its weights are rearranged ({name}) after softmax")
        axis, kind = found, "layout"
    elif name in CAST:
        kind = "cast"
    elif name in DROPOUT:
        kind, probability = "dropout", _probability(args, kwargs)
    elif not same_shape:
        return _weighed(lineage, name, func, args, kwargs, source, result)
    stage = Stage(kind, _again(func, args, kwargs, source, in_place(name)), tuple(result.shape), axis, probability)
    return replace(lineage, axis=axis, stages=(*lineage.stages, stage))


def in_place(name: str) -> bool:
    """Whether a function of this name changes its first argument."""
    return (name.endswith("_") and not name.endswith("__")) or name in ("__imul__", "__itruediv__", "__iadd__", "__isub__")


def _again(func: Callable, args: tuple, kwargs: dict, source: Tensor, changes: bool) -> Apply:
    """func(…) with another tensor in the place of `source`, which is not kept alive for it."""
    place = object()
    held = tuple(place if value is source else value for value in args)
    named = {key: place if value is source else value for key, value in kwargs.items()}

    def apply(weights: Tensor) -> Tensor:
        weights = weights.clone() if changes else weights
        swapped = {key: weights if value is place else value for key, value in named.items()}
        return func(*(weights if value is place else value for value in held), **swapped)

    return apply


def _probability(args: tuple, kwargs: dict) -> float:
    """p of a dropout call that drops; 0 outside training."""
    p = kwargs.get("p", args[1] if len(args) > 1 else 0.5)
    training = kwargs.get("training", args[2] if len(args) > 2 else True)
    return float(p) if training else 0.0


def _moved(name: str, args: tuple, kwargs: dict, source: Tensor, result: Tensor, axis: int) -> int | None:
    """Where the key axis is after a change of layout; None when it is not one whole axis any more."""
    if name in ("contiguous", "clone", "detach"):
        return axis
    if name in ("transpose", "swapaxes", "swapdims", "permute", "movedim", "moveaxis"):
        sizes = torch.empty([i + 2 for i in range(source.ndim)], device="meta")  # axes told apart by their sizes
        moved = getattr(sizes, name)(*(value for value in args if value is not source), **kwargs)
        return list(moved.shape).index(axis + 2)
    before, size, behind = source.shape[:axis].numel(), source.shape[axis], source.shape[axis + 1 :].numel()
    for i in range(result.ndim - 1, -1, -1):
        if result.shape[i] == size and result.shape[:i].numel() == before and result.shape[i + 1 :].numel() == behind:
            return i
    return None


def _weighed(
    lineage: Lineage, name: str, func: Callable, args: tuple, kwargs: dict, source: Tensor, result: Tensor
) -> Lineage | None:
    """weights[…, 1] * values: attention written as a product and a sum; any other change of shape loses the path."""
    grown = name in ("mul", "__mul__", "__rmul__", "multiply") and result.ndim >= source.ndim
    if not grown or result.ndim != source.ndim or result.shape[lineage.axis] != source.shape[lineage.axis]:
        return None
    stage = Stage("weigh", _again(func, args, kwargs, source, False), tuple(result.shape), lineage.axis)
    return replace(lineage, stages=(*lineage.stages, stage), weighed=True)
