"""What a classifier calls the places that the words of a caption are written from, as far as the decoder listens to it."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from viz_core.figures import theme
from viz_core.figures.panels import Plot
from viz_core.figures.words import _
from viz_core.trace import InputError, Trace

EVIDENCE, TRUST = "evidence", "trust in the evidence"
MOST, LEAST = 8, 0.05  # nouns that are drawn; what is less is not drawn unless it is the strongest


def has_names(trace: Trace) -> bool:
    return bool(trace.steps) and any(q.name == EVIDENCE for q in trace.steps[0].quantities)


def names(trace: Trace) -> go.Figure:
    """Nouns × words: τ_t Σ_i α_ti r_ik of the nouns with the most at any word, the strongest first. Raises InputError for a
    trace without this evidence."""
    if not has_names(trace):
        raise InputError(f"no step of this trace has a quantity {EVIDENCE!r}; run a captioning model that reads an ImageNet classifier")
    values = (trace.series(TRUST).reshape(len(trace), 1) * trace.series(EVIDENCE)).T  # (K, T)
    nouns = trace.steps[0].quantity(EVIDENCE).axes[0].labels
    strength = values.max(axis=1)
    chosen = np.argsort(-strength, kind="stable")[: max(1, min(MOST, int((strength >= LEAST).sum())))][::-1]  # the strongest is drawn last, at the top
    figure = go.Figure(layout=theme.layout(_("What ImageNet's classes call the place looked at, as far as it counts"), 110 + 22 * len(chosen)))
    figure.add_heatmap(
        z=values[chosen], x=list(range(len(trace))), y=list(range(len(chosen))), colorscale=theme.WEIGHTS_LIGHT, zmin=0, showscale=False,
        text=[[f"{value:.1f}" if value >= LEAST else "" for value in row] for row in values[chosen]], texttemplate="%{text}", xgap=1, ygap=1,
        customdata=[[nouns[number]] * len(trace) for number in chosen], hovertemplate="%{customdata}: τ Σ α r = %{z:.4f}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(**theme.ticks(trace.step_axis.labels), showgrid=False)
    return figure.update_yaxes(**theme.ticks([nouns[number] for number in chosen]), showgrid=False)


def names_panel(trace: Trace) -> Plot:
    """`names` for the player, with a frame around the step on show."""
    figure = names(trace)
    title = figure.layout.title.text
    figure.update_layout(title_text="", margin_t=16)
    return Plot(title, figure, cursor=tuple(float(step) for step in range(len(trace))), span=1.0, wide=True)
