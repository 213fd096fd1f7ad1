"""Attention written by hand: a softmax whose result weighs values. Anything else a softmax does is no attention."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from viz_core.capture.errors import CaptureError
from viz_core.capture.lineage import CAST, FOLLOWED, LAYOUT, Followed, Lineage, Softmax, extended, in_place
from viz_core.capture.products import PRODUCTS, Product, head_count, product_of
from viz_core.capture.rows import Stored, masked_below

SOFTMAX = frozenset(["softmax", "special_softmax", "_softmax"])
UNFOLD = frozenset(["unfold", "im2col"])
HANDLED = FOLLOWED | PRODUCTS
SUM_TOLERANCE = 1e-2  # rows in half precision
_PLAIN, _ALTERED = frozenset(["layout"]), frozenset(["layout", "value"])
MIXED = "attention"  # a tensor that attention has made
UNFOLDED = "unfolded"  # a tensor of overlapping windows: what weighs it is a convolution, no attention over positions


@dataclass(frozen=True, eq=False)
class Weighing:
    """A product that weighs values with softmax weights: found, not yet known to be attention of some module."""

    lineage: Lineage
    product: Product | None
    result: Callable[[], Tensor]
    special: str

    def rows(self, module: nn.Module | None, name: str) -> Stored:
        """The weights as (batch, head, query, key); CaptureError when they are no distributions or cannot be laid out."""
        if self.special or self.product is None:
            raise CaptureError(
                f"the attention of {name!r} is special: {self.special}; its map would be wrong, so it is not recorded"
            )
        values = self._four(self._clean(self.lineage.softmax.weights), module, name)
        scores = self._four(self._clean(self.lineage.softmax.scores, _PLAIN), module, name)
        scores = scores.detach()
        masked = scores.amax(dim=-1) <= masked_below(scores.dtype)
        if self.lineage.altered:
            sums = values.sum(dim=-1)
            masked = masked | (sums == 0)
            if not bool(((sums - 1).abs() <= SUM_TOLERANCE)[~masked].all()):
                raise CaptureError(
                    f"the weights of {name!r} do not sum to 1 when they meet the values: the module changes them after softmax; "
                    "they are no distribution, so they are not recorded"
                )
        return Stored(values.detach(), masked)

    def edited(self, change: Callable[[Tensor], Tensor], heads: list[int], module: nn.Module | None, name: str) -> Tensor:
        """The product with other weights in some heads: `change` takes scores (batch, head, query, key), returns weights."""
        own = self._clean(self.lineage.softmax.weights)
        weights = self._four(own, module, name).float()
        if self.lineage.altered:
            scores = weights.log()
        else:
            scores = self._four(self._clean(self.lineage.softmax.scores, _PLAIN), module, name).float()
            scores = scores.masked_fill(scores <= masked_below(self.lineage.softmax.scores.dtype), -torch.inf)
        weights = weights.clone()
        with torch._C.DisableTorchFunction():
            weights[:, heads] = change(scores)[:, heads].nan_to_num(nan=0.0)
        laid_out = self._laid_out(own)
        weights = weights.transpose(0, 1) if self._heads_first(laid_out.shape[:-2], module) else weights
        return self.product.again(self._rest(self._restored(weights.reshape(laid_out.shape), own)))

    def _weigh_stage(self) -> int | None:
        return next((i for i, stage in enumerate(self.lineage.stages) if stage.kind == "weigh"), None)

    def _clean(self, tensor: Tensor, kinds: frozenset[str] | None = None) -> Tensor:
        """Weights (or scores) of the softmax walked to the product without casts and dropout."""
        if kinds is None:
            kinds = _ALTERED if self.lineage.altered else _PLAIN
        return self.lineage.replay(tensor, kinds, self._weigh_stage())

    def _laid_out(self, weights: Tensor) -> Tensor:
        if self._weigh_stage() is None:
            return self.product.laid_out(weights)
        axis = self.lineage.axis
        flat = weights.reshape(weights.shape[: axis + 1])
        return flat if flat.ndim > 2 else flat.unsqueeze(-2)

    def _restored(self, rows: Tensor, like: Tensor) -> Tensor:
        return self.product.restored(rows) if self._weigh_stage() is None else rows.reshape(like.shape)

    def _rest(self, weights: Tensor) -> Tensor:
        """Casts and dropout as the module makes them, on new weights; and the values where they come first."""
        start = self._weigh_stage()
        for stage in self.lineage.stages if start is None else self.lineage.stages[:start]:
            weights = stage.apply(weights) if stage.kind == "dropout" else weights
        if start is not None:
            for stage in self.lineage.stages[start:]:
                weights = stage.apply(weights)
            return weights
        return weights.to(self.product.weights.dtype)

    def _four(self, weights: Tensor, module: nn.Module | None, name: str) -> Tensor:
        """(lead …, query, key) with its leading axes read as (batch, head)."""
        rows = self._laid_out(weights)
        lead, tail = tuple(rows.shape[:-2]), tuple(rows.shape[-2:])
        heads = head_count(module)
        if len(lead) == 0:
            return rows[None, None]
        if len(lead) == 1:
            return rows.reshape(*self._split(lead[0], tail, heads), *tail)
        if len(lead) == 2:
            return rows.transpose(0, 1) if self._heads_first(lead, module) else rows
        if len(lead) == 3 and heads == lead[1] * lead[2] != lead[2]:  # query heads that share keys
            return rows.reshape(lead[0], heads, *tail)
        raise CaptureError(
            f"the weights of {name!r} have {rows.ndim} axes {tuple(rows.shape)}: attention in blocks or windows, which is "
            "no map of queries and keys; it is not recorded"
        )

    @staticmethod
    def _heads_first(lead: Sequence[int], module: nn.Module | None) -> bool:
        return len(lead) == 2 and lead[0] == head_count(module) != lead[1]

    def _split(self, lead: int, tail: tuple[int, ...], heads: int | None) -> tuple[int, int]:
        """(batch, head) of a joined axis: as it was when it still was two axes, else by the module's number of heads."""
        softmax = self.lineage.softmax
        shapes = [tuple(softmax.weights.shape), *(stage.shape for stage in self.lineage.stages)]
        for shape in reversed(shapes):
            if len(shape) == 4 and shape[2:] == tail and shape[0] * shape[1] == lead:
                return shape[0], shape[1]
        return (lead // heads, heads) if heads is not None and lead % heads == 0 else (lead, 1)


class Follower:
    """Follows softmax results through one recording and reports the products that weigh values with them."""

    def __init__(self) -> None:
        self.followed = Followed()

    def softmax(self, func: Callable, args: tuple, kwargs: dict) -> Tensor:
        """Runs a softmax and follows its result."""
        result = func(*args, **kwargs)
        scores = args[0] if args else kwargs["input"]
        dim = kwargs.get("dim", args[1] if len(args) > 1 else None)
        if isinstance(dim, int) and isinstance(result, Tensor) and result.ndim and result.numel():
            axis = dim % result.ndim
            self.followed.put(result, Lineage(Softmax(scores, result.detach(), axis), axis))
        return result

    def unfold(self, func: Callable, args: tuple, kwargs: dict) -> object:
        """Runs an unfolding into windows and follows its result."""
        result = func(*args, **kwargs)
        if isinstance(result, Tensor):
            self.followed.put(result, UNFOLDED)
        return result

    def step(self, name: str, func: Callable, args: tuple, kwargs: dict) -> Tensor | Weighing:
        """Runs a function that may carry on or consume followed tensors; a `Weighing` is not run yet."""
        found = [(value, line) for value in _tensors(args, kwargs) if (line := self.followed.get(value)) is not None]
        if not found:
            return func(*args, **kwargs)
        if name in PRODUCTS and (weighing := self._weighing(name, func, args, kwargs, found)) is not None:
            return weighing
        source, lineage = found[0]
        if in_place(name) and isinstance(lineage, Lineage):
            lineage = replace(lineage, softmax=replace(lineage.softmax, weights=lineage.softmax.weights.clone()))
        result = func(*args, **kwargs)
        if name in FOLLOWED:
            for part in result if isinstance(result, tuple | list) else (result,):
                self._carry_on(lineage, name, (func, args, kwargs), source, part, len(found))
        return result

    def _carry_on(
        self, lineage: Lineage | str, name: str, call: tuple[Callable, tuple, dict], source: Tensor, result: object, count: int
    ) -> None:
        """Follow the result of a call on a followed tensor; count: how many of its arguments are followed."""
        if not isinstance(result, Tensor):
            return
        if isinstance(lineage, str):
            if name in LAYOUT | CAST:
                self.followed.put(result, lineage)
            return
        next_lineage = extended(lineage, name, *call, source, result)
        if next_lineage is not None and count > 1:
            next_lineage = replace(next_lineage, special="two softmax results are combined")
        if next_lineage is not None:
            self.followed.put(result, next_lineage)

    def _weighing(self, name: str, func: Callable, args: tuple, kwargs: dict, found: list) -> Weighing | None:
        """The product as attention: one operand is softmax weights summed over their keys, the other is values."""
        for weights, lineage in found:
            if isinstance(lineage, str) or lineage.weighed != (name == "sum"):
                continue
            product = None if lineage.axis is None else product_of(name, func, args, kwargs, weights, lineage.axis)
            if product is None and lineage.axis is not None:
                continue
            special = lineage.special
            others = [other for value, other in found if value is not weights]
            if UNFOLDED in others:
                return None
            if others:
                special = special or "the values come from another softmax (linear or low-rank attention)"
            return Weighing(lineage, product, lambda: func(*args, **kwargs), special)
        return None

    def finished(self, result: object) -> None:
        """Remember that a tensor was made by attention, and is therefore no plain values for another one."""
        if isinstance(result, Tensor):
            self.followed.put(result, MIXED)


def method_of(getter: Callable, args: tuple) -> tuple[Callable, str, tuple]:
    """The method that a property read stands for: x.mT (and x.T of a matrix) is x.transpose(-2, -1)."""
    prop = getattr(getattr(getter, "__self__", None), "__name__", "")
    if prop in ("mT", "mH") or (prop in ("T", "H") and args[0].ndim == 2):
        return Tensor.transpose, "transpose", (args[0], -2, -1)
    return getter, "__get__", args


def _tensors(args: tuple, kwargs: dict) -> list[Tensor]:
    """The tensors among the arguments of a torch function."""
    found: list[Tensor] = []
    for value in (*args, *kwargs.values()):
        if isinstance(value, Tensor):
            found.append(value)
        elif isinstance(value, list | tuple):
            found.extend(item for item in value if isinstance(item, Tensor))
    return found
