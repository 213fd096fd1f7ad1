"""`candidates`: what the model could have said next, and how probable it held each."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from viz_core.figures import theme
from viz_core.figures.words import _
from viz_core.trace import InputError, Trace


def candidates(trace: Trace, step: int = -1) -> go.Figure:
    """Probabilities of the k best next outputs at a step (default: the last one), best on top, the chosen one coloured.

    Hover shows log p in nats. Raises InputError when the step does not exist or chose nothing.
    """
    if not -len(trace) <= step < len(trace):
        raise InputError(f"step {step} is not in the trace; use 0 … {len(trace) - 1}")
    item = trace.steps[step]
    if item.candidates is None:
        raise InputError(f"step {item.index} has no candidates; this model or this step chooses nothing")
    shown = item.candidates
    chosen = [int(choice) == item.choice for choice in shown.choices]
    figure = go.Figure(layout=theme.layout(_("Candidates at step {n}").format(n=item.index + 1), 90 + 26 * len(chosen)))
    figure.add_bar(
        orientation="h", x=np.exp(shown.log_probs), y=np.arange(len(chosen)), customdata=shown.log_probs,
        marker=dict(color=[theme.ACCENT if yes else "#7d9bd6" for yes in chosen]), showlegend=False,
        hovertemplate="p = %{x:.5f}<br>log p = %{customdata:.4f} nats<extra></extra>",
    )
    figure.update_xaxes(range=[0, 1], title=dict(text=_("probability")))
    figure.update_yaxes(**theme.ticks(shown.labels), autorange="reversed", showgrid=False)
    return figure
