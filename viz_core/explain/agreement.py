"""How far two maps over the same positions agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viz_core.trace.errors import ShapeError


def ranks(values: NDArray) -> NDArray:
    """Ranks 1 … S, equal values sharing the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[place]


def spearman(one: NDArray, other: NDArray) -> float:
    """Spearman's rank correlation ρ, −1 to 1 (ties share ranks); NaN when one of the two is constant or shorter than 2."""
    _check(one, other)
    a, b = ranks(one), ranks(other)
    a, b = a - a.mean(), b - b.mean()
    size = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / size) if size > 0 else float("nan")


def top_overlap(one: NDArray, other: NDArray, count: int) -> float:
    """Share of the `count` largest positions of one map that are among the `count` largest of the other, 0–1.

    Of equal values the earlier position counts as larger.
    """
    _check(one, other)
    count = min(count, len(one))
    largest = [set(np.argsort(-values, kind="stable")[:count].tolist()) for values in (one, other)]
    return len(largest[0] & largest[1]) / count if count else float("nan")


def _check(one: NDArray, other: NDArray) -> None:
    if one.shape != other.shape or one.ndim != 1:
        raise ShapeError(f"maps of shapes {one.shape} and {other.shape} cannot be compared; give one number a position in both")
