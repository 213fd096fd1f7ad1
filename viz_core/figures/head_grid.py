"""`HeadGrid`: every layer and head of one attention site side by side, whichever way the model computed the rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from viz_core.figures import head_summary, token_groups
from viz_core.trace import AttentionMap, Axis, InputError, Trace

THUMBNAIL = 48  # cells a side of a thumbnail at most

ORDER = {"encoder": 0, "decoder": 1, "cross": 2}  # as a text passes them

Piece = tuple[AttentionMap, int]  # a map and the layer of it


@dataclass(frozen=True, eq=False)
class HeadGrid:
    """All heads of one site.

    pieces: for every layer the maps that together hold its rows, in row order: one for a model that reads everything
    at once, one a step for a model that generates. spans: for every step of the run the rows [start, end) computed in
    it, () when the steps are layers.
    """

    site: str
    layers: tuple[str, ...]
    heads: tuple[str, ...]
    query_axis: Axis
    key_axis: Axis
    pieces: tuple[tuple[Piece, ...], ...]
    spans: tuple[tuple[int, int], ...] = ()

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """(layer, head, query, key)."""
        return len(self.layers), len(self.heads), len(self.query_axis), len(self.key_axis)

    @property
    def square(self) -> bool:
        """Self-attention: queries and keys are the same positions (keys may begin earlier, in a cache)."""
        return self.site != "cross" and len(self.query_axis) <= len(self.key_axis)

    def rows(self, layer: int, head: int) -> NDArray:
        """f32[query, key] of one head; 0 where a key did not exist yet, NaN in masked rows. InputError when not there."""
        layers, heads, queries, keys = self.shape
        if not (0 <= layer < layers and 0 <= head < heads):
            raise InputError(
                f"attention at {self.site!r} has no layer {layer}, head {head}; "
                f"use layer 0 … {layers - 1} and head 0 … {heads - 1}"
            )
        values, row = np.zeros((queries, keys), np.float32), 0
        for item, inner in self.pieces[layer]:
            part = item.map(inner, head)
            values[row : row + len(part), : part.shape[1]] = part
            masked = np.isnan(part).all(axis=1) if part.shape[1] else np.zeros(len(part), bool)
            values[row : row + len(part)][masked] = np.nan
            row += len(part)
        return values

    def each(self) -> Iterator[tuple[int, int, NDArray]]:
        """(layer, head, rows) of every head, one map in memory at a time."""
        for layer, head in np.ndindex(*self.shape[:2]):
            yield layer, head, self.rows(layer, head)

    @cached_property
    def thumbnails(self) -> NDArray:
        """f32[layer, head, row, column], at most 48 × 48 each: see `shares`."""
        return self._overview[0]

    @cached_property
    def summary(self) -> dict[str, NDArray]:
        """Name → f32[layer, head], see `head_summary`; names without meaning at this site are left out."""
        return self._overview[1]

    @property
    def standout(self) -> tuple[int, int]:
        """The (layer, head) to begin with: the one that looks most clearly at words further away."""
        return divmod(int(self._overview[2].argmax()), len(self.heads))

    @cached_property
    def _overview(self) -> tuple[NDArray, dict[str, NDArray], NDArray]:
        """Thumbnails, summaries, and how much each head stands out, in one pass over the heads."""
        small: list[NDArray] = []
        numbers: list[dict[str, float]] = []
        afar: list[float] = []
        dull = self._dull()
        repeats = head_summary.repeats(self.query_axis.labels, self.key_axis.labels) if self.square else None
        for _layer, _head, rows in self.each():
            small.append(shares(rows, (THUMBNAIL, THUMBNAIL)))
            numbers.append(head_summary.of_rows(rows, self.square, repeats))
            afar.append(float(np.nan_to_num(np.where(dull, 0, rows)).max(axis=1, initial=0).mean()))
        layers, heads = self.shape[:2]
        table = {name: np.array([n[name] for n in numbers], np.float32).reshape(layers, heads) for name in numbers[0]}
        table = {name: values for name, values in table.items() if not np.isnan(values).all()}
        return np.stack(small).reshape(layers, heads, *small[0].shape), table, np.array(afar)

    def _dull(self) -> NDArray:
        """bool[query, key]: where most heads look: special tokens, punctuation, and in self-attention the first and the neighbours."""
        queries, keys = self.shape[2:]
        out = np.zeros((queries, keys), bool)
        out[:, token_groups.special(self.key_axis)] = True
        out[:, [i for i, label in enumerate(self.key_axis.labels) if not any(sign.isalnum() for sign in label)]] = True
        out[token_groups.special(self.query_axis)] = True
        if self.square:
            out[:, 0] = True
            out |= np.abs(np.arange(queries)[:, None] + keys - queries - np.arange(keys)[None]) <= 1
        return out


def shares(rows: NDArray, shape: tuple[int, int]) -> NDArray:
    """What the queries of a block give to the keys of a block: weights summed over keys, averaged over queries.

    f32[row, column] ≤ shape. Rows still sum to 1, so that a long text's picture is as dark as a short one's: a mean of
    both sides would fade with the length. Masked rows are left out; a block of masked rows only is NaN.
    """
    queries, keys = rows.shape
    row_edges = np.linspace(0, queries, min(shape[0], queries) + 1).astype(int)
    col_edges = np.linspace(0, keys, min(shape[1], keys) + 1).astype(int)
    summed = np.add.reduceat(rows, col_edges[:-1], axis=1)
    masked = np.isnan(summed).any(axis=1)
    totals = np.add.reduceat(np.where(masked[:, None], 0, summed), row_edges[:-1], axis=0)
    counts = np.add.reduceat((~masked).astype(np.float32), row_edges[:-1])
    with np.errstate(invalid="ignore"):  # 0 / 0: a block of masked rows only is meant to be NaN
        return (totals / counts[:, None]).astype(np.float32)


def grids(trace: Trace) -> tuple[HeadGrid, ...]:
    """One grid for every attention site of a trace; InputError when the trace holds no attention."""
    if not trace.sites:
        raise InputError("this trace holds no attention; choose a model that attends")
    return tuple(_grid(trace, site) for site in sorted(trace.sites, key=lambda site: ORDER.get(site, len(ORDER))))


def _grid(trace: Trace, site: str) -> HeadGrid:
    by_layer: dict[str, list[Piece]] = {}
    spans: list[tuple[int, int]] = []
    for step in trace.steps:
        for item in (item for item in step.attention if item.site == site):
            for inner, name in enumerate(item.layers):
                by_layer.setdefault(name or (step.label if trace.unit == "layer" else ""), []).append((item, inner))
        rows = sum(len(item.query_axis) for item, _inner in next(iter(by_layer.values()), []))
        spans.append((spans[-1][1] if spans else 0, rows))
    parts = next(iter(by_layer.values()))
    sizes = {sum(len(item.query_axis) for item, _inner in pieces) for pieces in by_layer.values()}
    if len(sizes) > 1:
        raise InputError(f"the layers at {site!r} have {sorted(sizes)} rows; show the layers of this trace one at a time")
    keys = max((item.key_axis for item, _inner in parts), key=len)
    growing = trace.unit != "layer" and len(trace.steps) > 1
    pieces = tuple(tuple(found) for found in by_layer.values())
    return HeadGrid(site, tuple(by_layer), parts[0][0].heads, _joined(parts, keys), keys, pieces, tuple(spans) if growing else ())


def _joined(parts: list[Piece], keys: Axis) -> Axis:
    """The query axes of all pieces behind one another; where they are the last of the keys, as the keys are written."""
    axes = [item.query_axis for item, _inner in parts]
    if len(axes) == 1:
        return axes[0]
    labels = tuple(label for axis in axes for label in axis.labels)
    if labels == keys.labels[len(keys) - len(labels) :]:
        return keys.take(range(len(keys) - len(labels), len(keys)))
    if not all("special" in axis.geometry for axis in axes):
        return Axis(axes[0].kind, labels)
    return Axis(axes[0].kind, labels, {"special": [flag for axis in axes for flag in axis.geometry["special"]]})  # type: ignore[attr-defined]
