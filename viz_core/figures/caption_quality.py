"""How sure a captioning model is beside how often it is right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import plotly.graph_objects as go

from viz_core.figures import theme
from viz_core.figures.words import _

SURE, RIGHT = theme.ACCENT, "#3563c0"


class Stated(NamedTuple):
    """confidence: mean probability of the captions of some pictures; right: share of them that are right, both 0–1."""

    confidence: float
    right: float


def calibration(found: Mapping[str, Stated]) -> go.Figure:
    """A line a kind of pictures, from how often captions are right to how sure the model is of them; an honest model's are short."""
    figure = go.Figure(layout=theme.layout(_("How sure the model is, and how often it is right"), 110 + 46 * len(found)))
    names = [theme.plain(name) for name in found]
    for name, stated in zip(names, found.values(), strict=True):
        figure.add_scatter(x=list(stated), y=[name, name], mode="lines", line=dict(color=theme.MASKED, width=3), showlegend=False, hoverinfo="skip")
    for title, colour, symbol, values in (
        (_("captions that are right"), RIGHT, "circle", [stated.right for stated in found.values()]),
        (_("mean probability stated"), SURE, "diamond", [stated.confidence for stated in found.values()]),
    ):
        figure.add_scatter(
            x=values, y=names, mode="markers", name=title, marker=dict(color=colour, symbol=symbol, size=13), hovertemplate="%{y}: %{x:.1%}<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(range=[0, 1.02], tickformat=".0%")
    figure.update_yaxes(autorange="reversed", type="category", showgrid=False)
    return figure.update_layout(legend=dict(orientation="h", x=0, y=1.02, yanchor="bottom"))
