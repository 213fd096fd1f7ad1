"""`SiteRows`: the attention rows of one site laid out for stepping, whichever way the model computed them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viz_core.figures.words import _
from viz_core.trace import AttentionMap, Axis, InputError, Trace

LARGEST = 384  # positions a side up to which a whole map is shown position by position; larger ones are averaged in blocks
COARSE = 256  # blocks a side then


@dataclass(frozen=True, eq=False)
class SiteRows:
    """Rows of one attention site in step order.

    grows: each step adds its rows to one map (decoding); otherwise each step has its own whole map (a layer, a hop
    of self-attention) that replaces the one before. spans: for every step the rows [start, end) computed in it; a step
    without attention at this site has the empty span at the rows so far. labels: one a row.
    block: positions a side that one cell averages (1: every weight is shown itself); key_axis and labels then name blocks.
    """

    site: str
    key_axis: Axis
    labels: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    grows: bool
    maps: tuple[AttentionMap, ...]
    block: int = 1

    @property
    def layers(self) -> tuple[str, ...]:
        return self.maps[0].layers

    @property
    def heads(self) -> tuple[str, ...]:
        return self.maps[0].heads

    def rows(self, layer: int = 0, head: int = 0) -> NDArray:
        """f32[row, key] of one head; NaN where a row is masked or a key did not exist yet."""
        self.check(layer, head)
        values = np.full((len(self.labels), len(self.key_axis)), np.nan, np.float32)
        row = 0
        for item in self.maps:
            part = item.map(layer, head) if self.block == 1 else item.pooled(layer, head, (COARSE, COARSE))
            values[row : row + part.shape[0], : part.shape[1]] = part
            row += part.shape[0]
        return values

    def check(self, layer: int, head: int) -> None:
        """Raises InputError when there is no such layer or head."""
        if not (0 <= layer < len(self.layers) and 0 <= head < len(self.heads)):
            raise InputError(
                f"attention at {self.site!r} has no layer {layer}, head {head}; "
                f"use layer 0 … {len(self.layers) - 1} and head 0 … {len(self.heads) - 1}"
            )

    def shown(self, step: int) -> tuple[int, int]:
        """Rows [start, end) on show at a step: all so far when the map grows, else those of the latest map."""
        if self.grows:
            return 0, self.spans[step][1]
        for start, end in reversed(self.spans[: step + 1]):
            if end > start:
                return start, end
        return 0, 0

    def name(self, layer: int, head: int) -> str:
        """'layer 2 · head 3', or '' where there is only one nameless map; no layer where every step is another one."""
        named = self.layers[layer] if all(item.layers == self.layers for item in self.maps) else ""
        parts = _numbered(named, _("layer {n}")), _numbered(self.heads[head], _("head {n}"))
        return " · ".join(part for part in parts if part)


@dataclass(frozen=True, eq=False)
class MeanRows(SiteRows):
    """The rows of several heads, and behind the last one their mean as if it were a head too."""

    @property
    def heads(self) -> tuple[str, ...]:
        return (*self.maps[0].heads, _("mean of heads"))

    def rows(self, layer: int = 0, head: int = 0) -> NDArray:
        """f32[row, key] of one head or of the mean; a head that is masked in a row is left out of its mean."""
        self.check(layer, head)
        count = len(self.maps[0].heads)
        if head < count:
            return super().rows(layer, head)
        values = np.stack([super(MeanRows, self).rows(layer, i) for i in range(count)])
        seen = (~np.isnan(values)).sum(axis=0)
        with np.errstate(invalid="ignore"):  # 0 / 0 where every head is masked: NaN is meant
            return (np.nansum(values, axis=0) / seen).astype(np.float32)


def with_mean(rows: SiteRows) -> SiteRows:
    """The same rows with the mean of the heads behind them, where there is more than one head."""
    if len(rows.heads) < 2:
        return rows
    return MeanRows(rows.site, rows.key_axis, rows.labels, rows.spans, rows.grows, rows.maps, rows.block)


def _numbered(label: str, word: str) -> str:
    """A bare number with its word before it; any other label says itself what it is."""
    return word.format(n=label) if label.isdigit() else label


def site_rows(trace: Trace, site: str | None = None) -> SiteRows:
    """The rows of one site (default: the trace's first); InputError when the site never occurs in the trace."""
    if site is None:
        if not trace.sites:
            raise InputError("this trace holds no attention; choose a model that attends, or another figure")
        site = trace.sites[0]
    found = [[item for item in step.attention if item.site == site] for step in trace.steps]
    maps = tuple(item for items in found for item in items)
    if not maps:
        raise InputError(f"no attention at {site!r} in this trace; there is: {', '.join(trace.sites) or 'none'}")
    key_axis = max((item.key_axis for item in maps), key=len)
    if _whole_maps(maps) and max(len(key_axis), len(maps[0].query_axis)) > LARGEST:
        return _coarse(site, key_axis, maps, [len(items) for items in found])
    labels: list[str] = []
    spans: list[tuple[int, int]] = []
    for step, items in zip(trace.steps, found, strict=True):
        start = len(labels)
        for item in items:
            single = len(items) == 1 and len(item.query_axis) == 1
            labels += [(step.emitted or step.label) if single and not label.strip() else label for label in item.query_axis.labels]
        spans.append((start, len(labels)))
    return SiteRows(site, key_axis, tuple(labels), tuple(spans), not _whole_maps(maps), maps)


def _coarse(site: str, key_axis: Axis, maps: tuple[AttentionMap, ...], counts: list[int]) -> SiteRows:
    """The rows of maps too large for single positions, averaged in blocks; counts: maps of every step."""
    queries, keys = _blocks(maps[0].query_axis), _blocks(key_axis)
    ends = np.cumsum(counts) * len(queries)
    spans = tuple((int(end - count * len(queries)), int(end)) for end, count in zip(ends, counts, strict=True))
    block = -(-max(len(key_axis), len(maps[0].query_axis)) // COARSE)
    return SiteRows(site, keys, queries.labels * len(maps), spans, False, maps, block)


def _blocks(axis: Axis) -> Axis:
    """The axis whose positions are the blocks that `AttentionMap.pooled` averages."""
    edges = np.linspace(0, len(axis), min(COARSE, len(axis)) + 1).astype(int)
    names = (axis.labels[a] if b - a == 1 else f"{axis.labels[a]} … {axis.labels[b - 1]}" for a, b in zip(edges, edges[1:], strict=False))
    return Axis("channel" if axis.kind == "patch" else axis.kind, tuple(names))


def _whole_maps(maps: tuple[AttentionMap, ...]) -> bool:
    """Whether every map is complete in itself: more than one query, and the same queries each time."""
    first = maps[0].query_axis.labels
    return len(first) > 1 and all(item.query_axis.labels == first for item in maps)
