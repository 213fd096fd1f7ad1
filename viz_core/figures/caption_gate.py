"""β over the words of a caption: how much of what the decoder looks at it lets in (Xu et al. 2015, §4.2.1)."""

from __future__ import annotations

import plotly.graph_objects as go

from viz_core.figures import theme
from viz_core.figures.panels import Plot
from viz_core.figures.words import _
from viz_core.trace import InputError, Trace

GATE = "gate"


def has_gate(trace: Trace) -> bool:
    return bool(trace.steps) and any(q.name == GATE for q in trace.steps[0].quantities)


def gate(trace: Trace) -> go.Figure:
    """A line from word to word on the whole scale 0 … 1. Raises InputError for a trace without this gate."""
    if not has_gate(trace):
        raise InputError(f"no step of this trace has a quantity {GATE!r}; run a captioning model with attention")
    values = trace.series(GATE).reshape(len(trace), -1)[:, 0]
    figure = go.Figure(layout=theme.layout(_("Gate β: how much of the picture each word lets in"), 240))
    figure.add_scatter(
        y=values, mode="lines+markers+text", line=dict(color="#3563c0", width=2), marker=dict(size=8), text=[f"{value:.2f}" for value in values],
        textposition="top center", cliponaxis=False, showlegend=False, hovertemplate="%{x}: β = %{y:.4f}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(**theme.ticks(trace.step_axis.labels), showgrid=False, range=[-0.5, len(trace) - 0.5])
    return figure.update_yaxes(range=[0, 1.12], tickvals=[0, 0.25, 0.5, 0.75, 1], title=dict(text="β<sub>t</sub>"))


def gate_panel(trace: Trace) -> Plot:
    """`gate` for the player, with a frame around the step on show: a line would cross its number."""
    figure = gate(trace)
    title = figure.layout.title.text
    figure.update_layout(title_text="", margin_t=16)
    return Plot(title, figure, cursor=tuple(float(step) for step in range(len(trace))), span=1.0, wide=True)
