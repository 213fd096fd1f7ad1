"""`AttentionMap`: a distribution over key positions for every layer, head and query, in two forms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from viz_core.trace.arrays import check_shape, frozen
from viz_core.trace.axis import Axis
from viz_core.trace.errors import InputError, ShapeError
from viz_core.trace.plain import text

SUM_TOLERANCE = 2e-3  # rows computed in half precision sum to 1 within this
ROWS_AT_ONCE = 256  # rows held in memory while a map is summarised


class Weights(Protocol):
    """Where the rows of a map come from: stored (`Dense`) or computed on demand (`Factored`)."""

    shape: tuple[int, int, int, int]  # (layer, head, query, key)

    def rows(self, layer: int, head: int, queries: NDArray) -> NDArray:
        """f32[query, key] for the given query positions."""


@dataclass(frozen=True, eq=False)
class Dense:
    """Weights as stored numbers, f32[layer, head, query, key]."""

    values: NDArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", frozen(self.values, what="attention weights"))
        if self.values.ndim != 4:
            raise ShapeError(
                f"attention weights have {self.values.ndim} dimensions; expected 4 (layer, head, query, key); "
                "give one layer and one head their own dimension of size 1"
            )

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return self.values.shape  # type: ignore[return-value]

    def rows(self, layer: int, head: int, queries: NDArray) -> NDArray:
        return self.values[layer, head, queries]


@dataclass(frozen=True, eq=False)
class Factored:
    """Weights as what makes them: softmax(scale · q kᵀ + mask), memory linear in length (Vaswani et al. 2017, eq. 1).

    queries: f32[layer, head, query, depth]; keys: f32[layer, head, key, depth]; scale: usually 1/√depth;
    mask: f32[query, key] added to the scores (0 or −inf), or None; causal: query i sees keys ≤ i + (key − query).
    A row whose keys are all masked is NaN.
    """

    queries: NDArray
    keys: NDArray
    scale: float
    mask: NDArray | None = None
    causal: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "queries", frozen(self.queries, what="attention queries"))
        object.__setattr__(self, "keys", frozen(self.keys, what="attention keys"))
        object.__setattr__(self, "scale", float(self.scale))  # a NumPy float64 would turn the rows into float64
        object.__setattr__(self, "causal", bool(self.causal))
        same = self.queries.shape[:2] + self.queries.shape[3:] == self.keys.shape[:2] + self.keys.shape[3:]
        if self.queries.ndim != 4 or not same:
            raise ShapeError(
                f"queries {self.queries.shape} and keys {self.keys.shape} must both be (layer, head, position, depth) "
                "with equal layer, head and depth"
            )
        if not math.isfinite(self.scale):
            raise InputError(f"attention scale is {self.scale}; give a finite number, usually 1/√depth")
        if self.mask is not None:
            object.__setattr__(self, "mask", frozen(self.mask, what="attention mask"))
            check_shape("attention mask", self.mask, self.shape[2:], "query, key")

    @property
    def shape(self) -> tuple[int, int, int, int]:
        layers, heads, count, _ = self.queries.shape
        return layers, heads, count, self.keys.shape[2]

    def rows(self, layer: int, head: int, queries: NDArray) -> NDArray:
        scores = self.scale * self.queries[layer, head, queries] @ self.keys[layer, head].T  # (Q, K)
        if self.mask is not None:
            scores = scores + self.mask[queries]
        if self.causal:
            offset = self.shape[3] - self.shape[2]
            visible = np.arange(self.shape[3])[None, :] <= np.asarray(queries)[:, None] + offset
            scores = np.where(visible, scores, -np.inf)
        return softmax(scores)


def softmax(scores: NDArray) -> NDArray:
    """Softmax over the last axis; a row of only −inf is NaN (fully masked), never 0."""
    top = scores.max(axis=-1, keepdims=True, initial=-np.inf)  # initial: there may be no keys at all
    with np.errstate(invalid="ignore"):  # −inf − (−inf): the NaN row is meant
        unnormalised = np.exp(scores - top)
    return unnormalised / unnormalised.sum(axis=-1, keepdims=True)


@dataclass(frozen=True, eq=False)
class AttentionMap:
    """A distribution over `key_axis` for every layer, head and position of `query_axis`.

    site: where it is (`encoder`, `decoder`, `cross`, `pointer`, `copy`, `hop`, `read`, `write`, `patch`, …).
    weights: `Dense` or `Factored`, shape (layer, head, query, key); rows are ≥ 0 and sum to 1, or are all NaN (masked).
    Raises ShapeError when axes and weights differ, InputError when a dense row is no distribution.
    """

    site: str
    query_axis: Axis
    key_axis: Axis
    weights: Weights
    layers: tuple[str, ...] = ("",)
    heads: tuple[str, ...] = ("",)

    def __post_init__(self) -> None:
        text("attention site", self.site)
        object.__setattr__(self, "layers", tuple(str(layer) for layer in self.layers))
        object.__setattr__(self, "heads", tuple(str(head) for head in self.heads))
        expected = (len(self.layers), len(self.heads), len(self.query_axis), len(self.key_axis))
        if self.weights.shape != expected:
            raise ShapeError(
                f"attention at {self.site!r} has weights of shape {self.weights.shape} but its axes "
                f"(layer, head, query, key) have sizes {expected}; pass the axes of the array, padded positions included"
            )
        if isinstance(self.weights, Dense):
            check_rows(self.site, self.weights.values)

    def rows(self, layer: int, head: int, queries: Sequence[int] | NDArray) -> NDArray:
        """Weights f32[query, key] of some query positions of one head.

        Negative numbers count from the end, as in NumPy; InputError for a position that is not in the map.
        """
        names = ("layer", "head", "query")
        found = (layer, head, queries)
        wanted = [_inside(self.site, *item) for item in zip(names, found, self.weights.shape, strict=False)]
        return self.weights.rows(int(wanted[0][0]), int(wanted[1][0]), wanted[2])

    def map(self, layer: int = 0, head: int = 0) -> NDArray:
        """The whole map f32[query, key] of one head."""
        return self.rows(layer, head, np.arange(len(self.query_axis)))

    def pooled(self, layer: int, head: int, shape: tuple[int, int]) -> NDArray:
        """The map averaged into blocks, f32[rows, cols] ≤ shape, without holding more than one block row at a time.

        Masked rows are left out of the mean; a block of masked rows only is NaN.
        """
        if min(shape) < 1:
            raise InputError(f"cannot pool attention at {self.site!r} into {shape} blocks; give at least 1 × 1")
        count, keys = len(self.query_axis), len(self.key_axis)
        row_edges = np.linspace(0, count, min(shape[0], count) + 1).astype(int)
        col_edges = np.linspace(0, keys, min(shape[1], keys) + 1).astype(int)
        widths = np.diff(col_edges)
        out = np.empty((len(row_edges) - 1, len(widths)), np.float32)
        for i, (start, stop) in enumerate(zip(row_edges, row_edges[1:], strict=False)):
            block = _unmasked(self.rows(layer, head, np.arange(start, stop)))
            mean = block.mean(axis=0, dtype=np.float64) if len(block) else np.full(keys, np.nan)
            out[i] = np.add.reduceat(mean, col_edges[:-1]) / widths
        return out

    def summary(self) -> dict[str, NDArray]:
        """Per layer and head, f32[layer, head]: mean `entropy` in nats, mean largest weight `peak`; masked rows left out."""
        shape = self.weights.shape
        entropy, peak = (np.full(shape[:2], np.nan, np.float32) for _ in range(2))
        for layer, head in np.ndindex(*shape[:2]):
            entropies, peaks, count = 0.0, 0.0, 0
            for start in range(0, shape[2], ROWS_AT_ONCE):
                rows = self.rows(layer, head, np.arange(start, min(start + ROWS_AT_ONCE, shape[2])))
                rows = _unmasked(rows).astype(np.float64)
                entropies -= float((rows * np.log(np.maximum(rows, 1e-30))).sum())
                peaks += float(rows.max(axis=1).sum()) if shape[3] else 0.0
                count += len(rows)
            if count and shape[3]:
                entropy[layer, head], peak[layer, head] = entropies / count, peaks / count
        return {"entropy": entropy, "peak": peak}


def _inside(site: str, name: str, positions: object, count: int) -> NDArray:
    """Positions 0 … count − 1, one-dimensional; InputError when one is outside."""
    index = np.asarray(positions)
    index = index.astype(np.int64) if index.size == 0 else index
    try:
        return np.atleast_1d(np.arange(count)[index])
    except IndexError as error:
        raise InputError(
            f"attention at {site!r} has no {name} {np.array2string(index, threshold=8)}; give whole numbers in 0 … {count - 1}"
        ) from error


def _unmasked(rows: NDArray) -> NDArray:
    """The rows that are distributions (a masked row is all NaN)."""
    return rows[~np.isnan(rows).any(axis=1)]


def check_rows(site: str, values: NDArray) -> None:
    """Raises InputError unless every row over the last axis is a distribution or all NaN."""
    if values.size == 0:
        return
    masked = np.isnan(values).all(axis=-1)
    with np.errstate(invalid="ignore"):  # inf − inf: reported below
        sums = np.where(masked, 1.0, values.sum(axis=-1))
    wrong = ~(np.abs(sums - 1.0) <= SUM_TOLERANCE) | (values < -1e-6).any(axis=-1)
    if wrong.any():
        where = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise InputError(
            f"attention at {site!r}: the row (layer, head, query) = {where} sums to {sums[where]:.4g} with smallest weight "
            f"{values[where].min():.4g}; "
            "rows must be non-negative and sum to 1, or be all NaN where every key is masked"
        )


def dense(site: str, query_axis: Axis, key_axis: Axis, values: NDArray) -> AttentionMap:
    """A one-layer, one-head map from f32[query, key]."""
    rows = frozen(values, what=f"attention at {site!r}")
    check_shape(f"attention at {site!r}", rows, (len(query_axis), len(key_axis)), "query, key")
    return AttentionMap(site, query_axis, key_axis, Dense(rows[None, None]))
