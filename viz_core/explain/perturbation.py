"""Deletion and insertion tests: does a map rank positions by how much the output needs them?

Remove positions from the most important to the least and watch the output fall (deletion), or start from nothing and add
them in that order (insertion): Petsiuk et al. 2018, §4; comprehensiveness and sufficiency of DeYoung et al. 2020, §4.2.
The area between the two curves says how well an order separates what matters from what does not (Blücher et al. 2024,
symmetric relevance gain): 0 on average for random orders and exactly 0 for a uniform map, negative for a misleading one.
NumPy only; the model is a function. Axes: N orders, K points of a curve, S positions, T outputs, B sets of positions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations
from math import factorial

import numpy as np
from numpy.typing import NDArray

from viz_core.trace.errors import InputError, ShapeError

Evaluate = Callable[[NDArray], NDArray]  # kept positions bool[B, S] → values of the outputs f[B, T]
Progress = Callable[[int, int], None]  # (sets read, sets to read); what it raises ends the test
ORDERS, POINTS, BATCH = 96, 64, 128
ROTATIONS = 16  # of one permutation, at most
TIE_DRAWS = 8  # orders that stand for a map with equal weights
TIE = 1e-6  # weights closer than this share of the largest are equal: float32 says no more
FEWEST = 4  # positions; of 3 there are 6 orders, so that the best of them proves little


@dataclass(frozen=True, eq=False)
class Curves:
    """Values along N orders. sizes: int[K], 0 … S; deletion, insertion: f64[N, K, T]."""

    sizes: NDArray
    deletion: NDArray
    insertion: NDArray

    @property
    def gaps(self) -> NDArray:
        """Area between the insertion and the deletion curve, over the share of positions (0–1): f64[N, T]."""
        return np.trapezoid(self.insertion - self.deletion, self.sizes / self.sizes[-1], axis=1)


class Readings:
    """The values of an output under sets of kept positions; every set is read once, in batches."""

    def __init__(self, evaluate: Evaluate, positions: int, batch: int = BATCH) -> None:
        self.positions = positions
        self._evaluate, self._batch = evaluate, batch
        self._known: dict[bytes, NDArray] = {}

    def __call__(self, keep: NDArray, progress: Progress | None = None) -> NDArray:
        """bool[..., S] → f64[..., T]. progress: called before the first batch and after each."""
        if keep.shape[-1] != self.positions:
            raise ShapeError(f"the sets have {keep.shape[-1]} positions but the source has {self.positions}; give one value a position")
        rows = keep.reshape(-1, self.positions)
        names = [row.tobytes() for row in rows]
        new = {name: row for name, row in zip(names, rows, strict=True) if name not in self._known}
        self._read(np.stack([*new.values()]) if new else rows[:0], progress)
        values = np.stack([self._known[name] for name in names])
        return values.reshape(*keep.shape[:-1], -1)

    def _read(self, rows: NDArray, progress: Progress | None) -> None:
        for start in range(0, len(rows), self._batch):
            if progress:
                progress(start, len(rows))
            batch = rows[start : start + self._batch]
            for row, values in zip(batch, np.asarray(self._evaluate(batch), np.float64), strict=True):
                self._known[row.tobytes()] = values
        if progress and len(rows):
            progress(len(rows), len(rows))


def curve_sizes(positions: int, points: int = POINTS) -> NDArray:
    """How many positions are removed at each point, from 0 to all: one by one up to `points` positions, in chunks above."""
    steps = np.round(np.linspace(0, positions, min(positions, points) + 1)).astype(int)
    return np.unique(np.concatenate([steps, positions - steps]))  # symmetric, so that a reversed order reads the same sets


def along(orders: NDArray, sizes: NDArray, readings: Readings, progress: Progress | None = None) -> Curves:
    """Deletion and insertion curves of orders int[N, S], most important position first."""
    ranks = np.argsort(orders, axis=1)
    first = ranks[:, None, :] < sizes[None, :, None]  # (N, K, S): the sizes[k] most important positions
    values = readings(np.stack([~first, first]), progress)
    return Curves(sizes, values[0], values[1])


def shapley(orders: NDArray, curves: Curves) -> NDArray:
    """What each position adds when it comes, averaged over the orders: f64[S, T] (Castro et al. 2009, sampled Shapley values).

    Sums to the value of all positions less that of none. Positions that came in one chunk share what it added.
    """
    chunks = np.diff(curves.sizes)
    added = np.diff(curves.insertion, axis=1) / chunks[:, None]  # (N, K − 1, T)
    chunk_of_rank = np.repeat(np.arange(len(chunks)), chunks)
    ranks = np.argsort(orders, axis=1)  # (N, S)
    return np.take_along_axis(added, chunk_of_rank[ranks][..., None], axis=1).mean(0)


def recombined(curves: Curves, draws: int, seed: int = 0) -> Curves:
    """Random maps of T rows: each row one of the N orders at random, values averaged over the T outputs, (draws, K, 1)."""
    count, _, outputs = curves.deletion.shape
    chosen = np.random.default_rng(seed).integers(count, size=(draws, outputs))
    deletion, insertion = (
        values[chosen, :, np.arange(outputs)].mean(1)[..., None] for values in (curves.deletion, curves.insertion)
    )  # fmt: skip
    return Curves(curves.sizes, deletion, insertion)


def random_orders(positions: int, count: int = ORDERS, seed: int = 0) -> NDArray:
    """At least `count` orders int[N, S]; all of them when there are no more.

    Drawn as rotations of random permutations, each followed by its reverse: every position comes equally often at every
    place (up to `ROTATIONS` places), gaps average to 0, and because the sets along all rotations are the intervals of one
    circle, half as many have to be read.
    """
    if count < 2:
        raise InputError(f"{count} random orders say nothing; give 50 or more")
    if positions <= 8 and factorial(positions) <= count:
        return np.array(list(permutations(range(positions))), int)
    rng = np.random.default_rng(seed)
    shifts = np.unique(np.linspace(0, positions, min(positions, ROTATIONS), endpoint=False).astype(int))
    found = []
    for _ in range(-(-count // (2 * len(shifts)))):
        circle = rng.permutation(positions)
        for shift in shifts:
            order = np.roll(circle, -shift)
            found += [order, order[::-1]]
    return np.stack(found)


def orders_of(importance: NDArray, seed: int = 0) -> NDArray:
    """The order that a map gives, int[1, S]; with equal weights `TIE_DRAWS` orders that break the ties at random, in pairs.

    Raises InputError for numbers that are not finite (a masked row has no order).
    """
    if importance.ndim != 1 or not np.isfinite(importance).all():
        raise InputError("the map's row is masked or not finite, so it ranks nothing; choose another row")
    grain = TIE * max(float(np.abs(importance).max(initial=0.0)), 1e-30)
    level = np.round(importance / grain).astype(np.int64)
    if len(np.unique(level)) == len(level):
        return np.argsort(-level)[None]
    half = [np.random.default_rng(seed + draw).permutation(len(level)) for draw in range(TIE_DRAWS // 2)]
    breaks = [order for one in half for order in (one, one[::-1])]
    return np.stack([np.lexsort((np.argsort(order), -level)) for order in breaks])


def percentile(value: float, others: NDArray) -> float:
    """Share of the others that are below, 0–100; equal ones count half."""
    close = np.isclose(others, value, rtol=0, atol=1e-9)
    return float(100 * ((others < value) & ~close).mean() + 50 * close.mean())


def verdict(place: float, positions: int, reach: float, indifferent: float = 0.1) -> str:
    """What the test says of a map whose gap has percentile `place` among random orders.

    `few`: under `FEWEST` positions no order can stand out. `indifferent`: no removal moved the output by `indifferent`
    (reach: the most that one did). `supported`: at or above the 95th percentile. `weak`: above the 75th. `contrary`: at or
    below the 5th, the map ranks what matters last. `chance`: the rest.
    """
    if positions < FEWEST:
        return "few"
    if reach < indifferent:
        return "indifferent"
    if place >= 95:
        return "supported"
    return "weak" if place > 75 else "contrary" if place <= 5 else "chance"
