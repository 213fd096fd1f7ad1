"""`training_curve`: quality on development data over the updates or the minutes of several training runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from viz_core.figures import theme
from viz_core.figures.quality import UNINFORMED, frame, style
from viz_core.figures.words import _
from viz_core.trace import InputError

Curve = Sequence[Mapping[str, float]]  # validations in order: step, seconds and metrics of each
OVER = ("minutes", "updates")


class Reached(NamedTuple):
    """When a run first was as good as a level, between two validations on the straight line between them."""

    updates: float
    minutes: float


def training_curve(
    curves: Mapping[str, Curve], metric: str = "bleu", over: str = "minutes", level: float | None = None, baseline: str | None = None
) -> go.Figure:
    """A line a model. over: `minutes` of training or `updates` (optimiser steps); level: a quality drawn as a dashed line,
    with the point at which each line first crosses it (see `reached`); baseline: the model that others are compared with.

    Raises InputError for an unknown `over`, and when no run was validated by that metric.
    """
    if over not in OVER:
        raise InputError(f"a training curve over {over!r} cannot be drawn; use one of {', '.join(OVER)}")
    shown = {label: curve for label, curve in curves.items() if any(metric in entry for entry in curve)}
    if not shown:
        raise InputError(f"none of {', '.join(curves) or 'no models'} was validated by {metric!r}; choose another metric")
    words = {"minutes": _("minutes of training"), "updates": _("updates")}
    figure = frame(_("Quality while training (development sentences)"), 370)
    for label, curve in shown.items():
        _line(figure, label, curve, metric, over, level, style(label, curves, baseline))
    if level is not None:
        figure.add_hline(y=level, line=dict(color=UNINFORMED, dash="dash", width=1))
    figure.update_xaxes(title=dict(text=words[over]), rangemode="tozero")
    return figure.update_yaxes(title=dict(text=metric_word(metric)), rangemode="tozero")


def reached(curve: Curve, metric: str, level: float) -> Reached | None:
    """When the metric first was at or above the level; None when it never was. A run begins with quality 0 at 0 updates."""
    before = {"step": 0.0, "seconds": 0.0, metric: 0.0}
    for entry in curve:
        if metric not in entry:
            continue
        if entry[metric] >= level:
            rise = entry[metric] - before[metric]
            share = (level - before[metric]) / rise if rise > 0 else 1.0
            at = [before[name] + share * (entry[name] - before[name]) for name in ("step", "seconds")]
            return Reached(at[0], at[1] / 60)
        before = dict(entry)
    return None


def best(curve: Curve, metric: str) -> float:
    """The highest value of a metric over a run; NaN for a run that was not validated by it."""
    return max((float(entry[metric]) for entry in curve if metric in entry), default=float("nan"))


def metric_word(metric: str) -> str:
    """A metric as a chart's axis names it."""
    return {"bleu": _("BLEU (0–100)"), "chrf": _("chrF (0–100)"), "wer": _("word error rate"), "per": _("phoneme error rate")}.get(metric, metric)


def _line(figure: go.Figure, label: str, curve: Curve, metric: str, over: str, level: float | None, drawn: Mapping[str, Any]) -> None:
    known = [entry for entry in curve if metric in entry]
    steps, minutes = [entry["step"] for entry in known], [entry["seconds"] / 60 for entry in known]
    hover = "%{fullData.name}<br>%{y:.1f}<br>" + _("after {n} updates").format(n="%{customdata[0]:,}") + "<br>"
    hover += _("{n} minutes").format(n="%{customdata[1]:.0f}") + "<extra></extra>"
    figure.add_scatter(
        x=minutes if over == "minutes" else steps, y=[entry[metric] for entry in known], name=theme.plain(label), mode="lines+markers",
        customdata=np.stack([steps, minutes], 1), hovertemplate=hover, legendgroup=label, **drawn,
    )  # fmt: skip
    found = None if level is None else reached(known, metric, level)
    if found is not None:
        figure.add_scatter(
            x=[found.minutes if over == "minutes" else found.updates], y=[level], mode="markers", showlegend=False, legendgroup=label,
            marker=dict(symbol="circle-open", size=14, line=dict(width=2), color=drawn["line"]["color"]), hoverinfo="skip",
        )  # fmt: skip
