"""The product in which softmax weights meet values, in any of its spellings, brought to (batch, head, query, key).

A `Product` reads: these weights, laid out so, times these values. `labels` of an einsum say which axes are shared.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

MATMUL = frozenset("matmul __matmul__ bmm mm".split())
REVERSED = frozenset(["__rmatmul__"])
ADDED = frozenset("baddbmm addmm addbmm".split())
SUMS = frozenset(["sum"])
PRODUCTS = MATMUL | REVERSED | ADDED | SUMS | {"einsum", "mv"}


@dataclass(frozen=True, eq=False)
class Product:
    """weights: the followed operand; order: its axes as (lead …, query, key), the query left out where there is none.

    leads: the number of leading axes; again: the same product with other weights in that operand.
    """

    weights: Tensor
    values: Tensor | None
    order: tuple[int, ...]
    leads: int
    has_query: bool
    again: Callable[[Tensor], Tensor]

    def laid_out(self, weights: Tensor) -> Tensor:
        """Weights shaped like the operand → (lead …, query, key)."""
        moved = weights.permute(self.order)
        return moved if self.has_query else moved.unsqueeze(-2)

    def restored(self, rows: Tensor) -> Tensor:
        """(lead …, query, key) → the operand's own layout."""
        rows = rows if self.has_query else rows.squeeze(-2)
        inverse = [0] * len(self.order)
        for place, axis in enumerate(self.order):
            inverse[axis] = place
        return rows.permute(inverse)


def product_of(name: str, func: Callable, args: tuple, kwargs: dict, weights: Tensor, axis: int) -> Product | None:
    """The product, when `weights` is summed over its key axis; None when this call does not weigh values with it."""
    if name == "einsum":
        return _einsum(func, args, kwargs, weights, axis)
    if name in SUMS:
        return _weighed_sum(func, args, kwargs, weights, axis)
    operands = list(args[1:3] if name in ADDED else args[:2])
    named = ("batch1", "batch2", "mat1", "mat2", "input", "other", "mat")
    operands += [kwargs[key] for key in named if key in kwargs][: 2 - len(operands)]
    if len(operands) < 2:
        return None
    if name in REVERSED:
        operands.reverse()

    def again(other: Tensor) -> Tensor:
        swapped = tuple(other if value is weights else value for value in args)
        return func(*swapped, **{key: other if value is weights else value for key, value in kwargs.items()})

    left, right = operands
    count = weights.ndim
    if left is weights and isinstance(right, Tensor) and axis == count - 1 and right.ndim >= 2:
        return Product(weights, right, tuple(range(count)), max(count - 2, 0), count > 1, again)
    if right is weights and isinstance(left, Tensor) and axis == max(count - 2, 0) and left.ndim >= 2:
        order = (*range(count - 2), count - 1, count - 2) if count > 1 else (0,)
        return Product(weights, left, order, max(count - 2, 0), count > 1, again)
    return None


def _einsum(func: Callable, args: tuple, kwargs: dict, weights: Tensor, axis: int) -> Product | None:
    """Roles from the equation: summed with the values = key, in the result only = query, in all three = leading."""
    if not isinstance(args[0], str):
        return None
    operands = list(args[1]) if len(args) == 2 and isinstance(args[1], list | tuple) else list(args[1:])
    place = next((i for i, operand in enumerate(operands) if operand is weights), None)
    if place is None or len(operands) != 2:
        return None
    inputs, result = _letters(args[0], [operand.ndim for operand in operands])
    own, other = inputs[place], inputs[1 - place]
    key = own[axis]
    if key in result or key not in other:
        return None
    leads = [i for i, letter in enumerate(own) if letter in other and letter in result]
    queries = [i for i, letter in enumerate(own) if letter not in other and letter in result]
    if len(leads) + len(queries) + 1 != len(own) or len(queries) > 2:
        return None

    def again(new: Tensor) -> Tensor:
        return func(args[0], *(new if operand is weights else operand for operand in operands), **kwargs)

    # two axes of queries: the first counts query heads that share keys
    return Product(weights, operands[1 - place], (*leads, *queries, axis), len(leads) + len(queries[1:]), bool(queries), again)


def _letters(equation: str, sizes: list[int]) -> tuple[list[str], str]:
    """The letters of each operand and of the result, with every "..." written out."""
    left, _, result = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    spare = "".join(letter for letter in string.ascii_uppercase + string.ascii_lowercase if letter not in equation)
    dots = max((size - len(term.replace("...", "")) for term, size in zip(terms, sizes, strict=True) if "..." in term), default=0)
    written = []
    for term, size in zip(terms, sizes, strict=True):
        own = size - len(term.replace("...", ""))
        written.append(term.replace("...", spare[dots - own : dots]))
    if "->" not in equation:
        joined = "".join(written)
        return written, "".join(sorted(letter for letter in set(joined) if joined.count(letter) == 1))
    return written, result.replace("...", spare[:dots])


def _weighed_sum(func: Callable, args: tuple, kwargs: dict, weights: Tensor, axis: int) -> Product | None:
    """Σ_key of weights that are multiplied with values already: `weights` is that product, the axes behind the key features."""
    dim = kwargs.get("dim", args[1] if len(args) > 1 else None)
    dim = dim[0] if isinstance(dim, list | tuple) and len(dim) == 1 else dim
    if not isinstance(dim, int) or dim % weights.ndim != axis or kwargs.get("dtype") is not None:
        return None

    def again(new: Tensor) -> Tensor:
        return func(new, *args[1:], **kwargs)

    return Product(weights, None, tuple(range(axis + 1)), max(axis - 1, 0), axis > 1, again)


def head_count(module: torch.nn.Module | None) -> int | None:
    """The number of heads that a module says it has."""
    for owner in (module, getattr(module, "config", None)):
        for name in ("num_heads", "num_attention_heads", "n_heads", "n_head", "nheads", "nhead", "heads", "num_head"):
            value = getattr(owner, name, None)
            if isinstance(value, int) and not isinstance(value, bool) and value > 0:
                return value
    return None
