"""`links`: who attends to whom, as lines between two rows of tokens."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from viz_core.figures import theme
from viz_core.figures.site_rows import site_rows
from viz_core.figures.words import _
from viz_core.trace import Trace

BUCKETS = 10  # lines are grouped by weight: one Plotly trace a tenth, however many tokens
FAINTEST = 0.02  # lighter lines cannot be told from the page; their numbers are in the heat map


def links(trace: Trace, site: str | None = None, layer: int = 0, head: int = 0, step: int | None = None) -> go.Figure:
    """Keys above, queries below, a line as strong as its weight α; rows after `step` are left out (default: none).

    Weights below 0.02 have no line. Raises InputError for a site, layer or head that is not there.
    """
    rows = site_rows(trace, site)
    start, end = rows.shown(len(trace) - 1 if step is None else step)
    weights = rows.rows(layer, head)[start:end]
    keys, queries = rows.key_axis.labels, rows.labels[start:end]
    width = max(len(keys), len(queries), 1)
    key_x, query_x = _spread(len(keys), width), _spread(len(queries), width)
    figure = go.Figure(layout=theme.layout(" · ".join(p for p in (rows.site, rows.name(layer, head)) if p), 320))
    _lines(figure, weights, key_x, query_x)
    for x, y, labels, where in ((key_x, 1.0, keys, "top center"), (query_x, 0.0, queries, "bottom center")):
        figure.add_scatter(
            x=x, y=np.full(len(labels), y), mode="markers+text", text=[theme.plain(theme.shorten(t)) for t in labels],
            textposition=where, marker=dict(size=7, color=theme.INK), cliponaxis=False, showlegend=False,
            hovertext=[theme.plain(t) for t in labels], hoverinfo="text",
        )
    figure.update_xaxes(visible=False, range=[-1, width])
    figure.update_yaxes(visible=False, range=[-0.3, 1.3])
    return figure


def _spread(count: int, width: int) -> NDArray:
    """x of `count` tokens centred over `width` unit columns."""
    return np.arange(count) + (width - count) / 2


def _lines(figure: go.Figure, weights: NDArray, key_x: NDArray, query_x: NDArray) -> None:
    for low in range(BUCKETS):
        floor = max(low / BUCKETS, FAINTEST)
        top = (low + 1) / BUCKETS if low < BUCKETS - 1 else np.inf
        queries, keys = np.nonzero((weights >= floor) & (weights < top))
        if len(queries) == 0:
            continue
        strength = (low + 0.5) / BUCKETS
        gap = np.full(len(queries), np.nan)
        figure.add_scatter(
            x=np.stack([key_x[keys], query_x[queries], gap], 1).ravel(),
            y=np.stack([np.ones(len(keys)), np.zeros(len(keys)), gap], 1).ravel(),
            mode="lines", hoverinfo="skip", opacity=0.15 + 0.85 * strength, line=dict(width=1 + 4 * strength, color="#3563c0"),
            name=_("α {low} to {high}").format(low=f"{low / BUCKETS:.1f}", high=f"{(low + 1) / BUCKETS:.1f}"),
        )
