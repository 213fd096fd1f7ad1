"""How many bits come out wrong as tapes grow past the trained lengths, from the metrics on the cards."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from viz_core.figures import theme
from viz_core.figures.quality import COLOURS, SYMBOLS
from viz_core.figures.words import _
from viz_core.trace import InputError

LENGTH = re.compile(r"bit_error_rate_(\d+)")


def by_length(metrics: Mapping[str, Any]) -> dict[int, float]:
    """Length → bit error rate, of a card's metrics."""
    found = {int(match[1]): float(value) for key, value in metrics.items() if (match := LENGTH.fullmatch(key))}
    return dict(sorted(found.items()))


def error_curve(metrics: Mapping[str, Mapping[str, Any]], trained: tuple[int, int]) -> go.Figure:
    """Bit error rate by length, a line a model, the trained lengths shaded; 50 % is guessing.

    metrics: a model's label → its metrics. Raises InputError when no model has any by length.
    """
    curves = {label: found for label, values in metrics.items() if (found := by_length(values))}
    if not curves:
        raise InputError("no model has a bit error rate by length (bit_error_rate_60, …); evaluate the models first")
    figure = go.Figure(layout=theme.layout(_("Wrong bits by length of the tape"), 360))
    figure.add_vrect(x0=trained[0], x1=trained[1], fillcolor=theme.MASKED, opacity=0.15, line_width=0, annotation_text=_("trained"))
    figure.add_hline(y=0.5, line=dict(dash="dot", color=theme.MASKED), annotation_text=_("guessing"))
    for i, (label, curve) in enumerate(curves.items()):
        figure.add_scatter(
            x=list(curve), y=list(curve.values()), name=theme.plain(label), mode="lines+markers",
            line=dict(color=COLOURS[i % len(COLOURS)]), marker=dict(symbol=SYMBOLS[i % len(SYMBOLS)], size=8),
            hovertemplate=_("{x} vectors: {y} wrong").format(x="%{x}", y="%{y:.2%}") + "<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(title=dict(text=_("vectors on the tape")), range=[0, max(max(curve) for curve in curves.values()) * 1.05])
    figure.update_yaxes(title=dict(text=_("wrong bits")), tickformat=".0%", range=[-0.02, 0.56])
    return figure
