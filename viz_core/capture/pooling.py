"""Maps far larger than a screen, as mean or maximum over blocks, never holding more than some rows of one head."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from viz_core.capture.rows import Rows, blocks
from viz_core.trace.errors import InputError

HOWS = ("mean", "max")


def pooled(
    rows: Rows, item: int, head: int, shape: tuple[int, int], how: str = "mean", region: tuple[int, int, int, int] | None = None
) -> Tensor:
    """f32[rows, cols] ≤ shape of one head's weights, or of a tile (first query, stop, first key, stop) of them."""
    top, bottom, left, right = _checked(rows, shape, how, region)
    row_edges, col_edges = (_edges(low, high, n) for low, high, n in ((top, bottom, shape[0]), (left, right, shape[1])))
    out = np.full((len(row_edges) - 1, len(col_edges) - 1), np.nan, np.float32)
    tallest = int(np.diff(row_edges).max())
    for first, last in blocks(len(out), tallest * rows.shape[3]):
        start, stop = int(row_edges[first]), int(row_edges[last])
        seen = min(stop, rows.shape[3]) if rows.causal else rows.shape[3]
        weights = rows.weights([item], [head], start, stop, seen)[0, 0]
        tile = weights[:, left:right]
        out[first:last] = _reduced(tile, weights[:, 0], row_edges[first : last + 1] - start, col_edges - left, how)
    return torch.from_numpy(out)


def _reduced(tile: Tensor, any_key: Tensor, row_edges: np.ndarray, col_edges: np.ndarray, how: str) -> np.ndarray:
    """Blocks of one tile; keys that the tile lacks (later than any causal row) weigh 0. `any_key` is NaN in masked rows."""
    masked = any_key.isnan()
    if masked.any():
        tile = tile.masked_fill(masked[:, None], 0.0)
    heights = np.diff(row_edges)
    counts = np.add.reduceat((~masked).cpu().numpy().astype(np.float32), row_edges[:-1])[:, None]
    if (heights == heights[0]).all():  # one operation for all blocks
        stacked = tile.reshape(len(heights), int(heights[0]), -1)
        rows = stacked.sum(dim=1) if how == "mean" else stacked.amax(dim=1)
    else:
        parts = tile.split(heights.tolist())
        rows = torch.stack([part.sum(dim=0) if how == "mean" else part.amax(dim=0) for part in parts])
    lines = np.zeros((len(heights), int(col_edges[-1])), np.float32)
    lines[:, : tile.shape[1]] = rows.cpu().numpy()
    if how == "mean":
        found = np.add.reduceat(lines, col_edges[:-1], axis=1) / (np.maximum(counts, 1) * np.diff(col_edges))
    else:
        found = np.maximum.reduceat(lines, col_edges[:-1], axis=1)
    return np.where(counts > 0, found, np.float32(np.nan))


def _edges(start: int, stop: int, count: int) -> np.ndarray:
    """Block borders: at most `count` blocks, as equal as whole positions allow."""
    return np.linspace(start, stop, min(count, stop - start) + 1).astype(int)


def _checked(rows: Rows, shape: tuple[int, int], how: str, region: tuple[int, int, int, int] | None) -> tuple[int, int, int, int]:
    if how not in HOWS:
        raise InputError(f"cannot pool by {how!r}; give how= 'mean' or 'max'")
    if len(shape) != 2 or min(shape) < 1:
        raise InputError(f"cannot pool into {shape} blocks; give two whole numbers, 1 or more")
    queries, keys = rows.shape[2:]
    top, bottom, left, right = (0, queries, 0, keys) if region is None else region
    if not (0 <= top < bottom <= queries and 0 <= left < right <= keys):
        raise InputError(
            f"the region {region} lies outside the map of {queries} queries × {keys} keys; "
            "give (first query, stop, first key, stop)"
        )
    return top, bottom, left, right
