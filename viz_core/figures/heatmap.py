"""`heatmap`: the attention matrix, rows = queries in step order, columns = keys, on an absolute colour scale."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from viz_core.figures import theme
from viz_core.figures.site_rows import SiteRows, site_rows
from viz_core.figures.words import _
from viz_core.trace import InputError, Trace


def heatmap(
    trace: Trace,
    site: str | None = None,
    layer: int = 0,
    head: int = 0,
    step: int | None = None,
    scale: str = "absolute",
) -> go.Figure:
    """The alignment matrix α of one head (Bahdanau et al. 2015, figure 3), as it stands after `step` (default: the last).

    scale: "absolute" colours 0 to 1, so that uniform attention looks uniform and faint; "row" divides each row by its
    largest weight and says so in the colour bar. Hover shows α itself in both. Masked rows are hatched, not 0.
    Raises InputError for a site, layer, head, step or scale that is not there.
    """
    if scale not in ("absolute", "row"):
        raise InputError(f"colour scale {scale!r} is unknown; use 'absolute' or 'row'")
    rows = site_rows(trace, site)
    step = len(trace) - 1 if step is None else step
    if not 0 <= step < len(trace):
        raise InputError(f"step {step} is not in the trace; use 0 … {len(trace) - 1}")
    start, end = rows.shown(step)
    title = " · ".join(str(part) for part in (trace.run.get("model", ""), rows.site, rows.name(layer, head)) if part)
    return draw(rows, rows.rows(layer, head)[start:end], title, start, scale)


def draw(rows: SiteRows, values: NDArray, title: str, start: int = 0, scale: str = "absolute") -> go.Figure:
    """The figure of f32[row, key] weights whose first row is row `start` of the site."""
    labels = rows.labels[start : start + len(values)]
    z = values / np.maximum(values.max(axis=1, keepdims=True), 1e-12) if scale == "row" and len(values) else values
    figure = go.Figure(layout=theme.layout(title, height=int(min(max(20 * len(labels) + 130, 240), 620))))
    figure.add_heatmap(
        z=z,
        customdata=values,
        zmin=0,
        zmax=1,
        colorscale=theme.WEIGHTS_LIGHT,
        hovertemplate=_("from %{y} to %{x}: α = %{customdata:.5f}") + "<extra></extra>",
        hoverongaps=False,
        colorbar=dict(
            title=dict(text=_("α ÷ row maximum") if scale == "row" else _("attention α"), side="right"),
            thickness=12, tickvals=[0, 0.25, 0.5, 0.75, 1], outlinewidth=0,
        ),
    )
    _hatch(figure, values)
    columns = theme.ticks(rows.key_axis.labels)
    figure.update_xaxes(**columns, side="top", showgrid=False, range=[-0.5, len(rows.key_axis) - 0.5])
    figure.update_yaxes(**theme.ticks(labels), showgrid=False, range=[len(labels) - 0.5, -0.5])
    figure.update_layout(margin=dict(l=70, r=10, t=90, b=20), showlegend=bool(np.isnan(values).any()))
    figure.update_layout(legend=dict(orientation="h", x=0, y=0, yanchor="top"), barmode="overlay", bargap=0)
    return figure


def _hatch(figure: go.Figure, values: NDArray) -> None:
    """Hatches runs of NaN: one horizontal bar a run."""
    bars = [(row, *run) for row in range(len(values)) for run in nan_runs(values[row])]
    if not bars:
        return
    row, start, length = (list(column) for column in zip(*bars, strict=True))
    figure.add_bar(
        orientation="h", y=row, x=length, base=[s - 0.5 for s in start], width=1, name=_("masked"), hoverinfo="skip",
        marker=dict(color="rgba(0,0,0,0)", line=dict(width=0),
                    pattern=dict(shape="/", size=6, solidity=0.2, fgcolor=theme.MASKED, bgcolor="rgba(0,0,0,0)")),
    )


def nan_runs(row: NDArray) -> list[tuple[int, int]]:
    """(start, length) of every run of NaN in a row."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], np.isnan(row).astype(np.int8), [0]))))
    return [(int(a), int(b - a)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
