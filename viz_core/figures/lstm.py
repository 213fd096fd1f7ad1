"""Inside an LSTM over time: one neuron's cell with what it kept and wrote, all neurons as a heat map, gradients, accuracy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from viz_core.figures import theme
from viz_core.figures.words import _
from viz_core.trace import InputError, Trace

KEPT, WRITTEN, SHOWN = "#3563c0", theme.ACCENT, "#15803d"  # the forget gate keeps, the input gate writes, the output gate shows
GATES = (("forget gate", KEPT, "solid"), ("input gate", WRITTEN, "solid"), ("output gate", SHOWN, "dot"))
STATES = ("hidden state", "decoder state")
CURVES = {"lstm cell": "#3563c0", "lstm": "#7aa2e8", "rnn": theme.ACCENT}  # by what a curve is of
FLOOR = 1e-12  # gradients below are drawn here
ORDERS = ("stored", "when", "size")


def motorway(trace: Trace, channel: int) -> go.Figure:
    """One neuron: m_t as a line, what it kept (f·m) and wrote (i·c̃) as bars that sum to it, what it shows (h), its gates below.

    Raises InputError when the trace has no LSTM cell or no such channel.
    """
    kept, written, cell = (_channel(trace, name, channel) for name in ("kept", "written", "cell"))
    steps = np.arange(len(trace))
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.62, 0.38], vertical_spacing=0.07)
    figure.update_layout(theme.layout(_("Neuron {n}: what the cell keeps and what is written").format(n=channel), 430))
    for name, values, colour in ((_("kept: f·m of the step before"), kept, KEPT), (_("written: i·c̃"), written, WRITTEN)):
        figure.add_bar(x=steps, y=values, name=name, marker=dict(color=colour, opacity=0.75, line=dict(width=0)),
                       hovertemplate="%{y:.4f}", row=1, col=1)  # fmt: skip
    figure.add_scatter(x=steps, y=cell, name=_("cell m"), mode="lines+markers", line=dict(color=theme.INK, width=2.5),
                       marker=dict(size=6), hovertemplate="%{y:.4f}", row=1, col=1)  # fmt: skip
    state = next((q.name for q in trace.steps[0].quantities if q.name in STATES), None)
    if state:
        figure.add_scatter(x=steps, y=_channel(trace, state, channel), name=_("shown: o·tanh(m)"), mode="lines+markers", row=1, col=1,
                           line=dict(color=SHOWN, dash="dot", width=1.5), marker=dict(size=4), hovertemplate="%{y:.4f}")  # fmt: skip
    for name, colour, dash in GATES:
        figure.add_scatter(x=steps, y=_channel(trace, name, channel), name=gate_word(name), mode="lines+markers", row=2, col=1,
                           line=dict(color=colour, dash=dash), marker=dict(size=4), hovertemplate="%{y:.4f}")  # fmt: skip
    figure.update_yaxes(title=dict(text=_("cell")), row=1, col=1, zeroline=True, zerolinecolor=theme.LINE, gridcolor=theme.LINE)
    figure.update_yaxes(title=dict(text=_("gates")), range=[-0.04, 1.04], row=2, col=1, zerolinecolor=theme.LINE, gridcolor=theme.LINE)
    figure.update_xaxes(showgrid=False, zeroline=False, range=[-0.6, len(trace) - 0.4])
    figure.update_xaxes(**theme.ticks(_labels(trace)), row=2, col=1)
    figure.update_layout(barmode="relative", bargap=0.35, hovermode="x unified", legend=dict(orientation="h", x=0, y=1.02, yanchor="bottom"))
    return figure


def channels(trace: Trace, name: str, order: str = "stored", marked: int | None = None) -> go.Figure:
    """All channels of a vector over the steps, one row a channel.

    order: `stored`; `when` (by the step at which the magnitude peaks); `size` (largest mean magnitude on top). marked: a
    channel pointed out at the left edge. Colours reach to ±1, or to the largest magnitude where that is more.
    Raises InputError for an unknown order or quantity.
    """
    values = trace.series(name).T  # (channel, step)
    if values.ndim != 2:
        raise InputError(f"quantity {name!r} is no vector; choose one, such as cell")
    rows = _order(values, order)
    reach = max(1.0, float(np.abs(values).max(initial=0.0)))
    title = f"{gate_word(name)} · " + _("all neurons")  # babel does not look into f-strings
    figure = go.Figure(layout=theme.layout(title, 460))
    labels = [str(row) for row in rows]
    figure.add_heatmap(
        z=np.round(values[rows], 4), x=np.arange(values.shape[1]), y=labels, zmin=-reach, zmax=reach, colorscale=theme.SIGNED_LIGHT,
        hovertemplate=_("neuron %{y}, step %{x}: %{z:.4f}") + "<extra></extra>", colorbar=dict(thickness=12, outlinewidth=0),
    )  # fmt: skip
    if marked is not None and str(marked) in labels:
        figure.add_scatter(x=[-0.65], y=[str(marked)], mode="markers", showlegend=False, hoverinfo="skip",
                           marker=dict(symbol="triangle-right", size=13, color=theme.ACCENT))  # fmt: skip
    figure.update_xaxes(**theme.ticks(_labels(trace)), showgrid=False, range=[-0.8, values.shape[1] - 0.5])
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False, nticks=12, title=dict(text=_("neuron")))
    return figure


def gradient(curves: Mapping[str, tuple[str, NDArray, bool]], labels: Sequence[str]) -> go.Figure:
    """Norms of gradients against the step they reach, on a logarithmic scale.

    curves: name → (kind, a key of `CURVES`; f64[T]; whether the model is trained: others are dotted). labels: what was
    read at each step.
    """
    figure = go.Figure(layout=theme.layout(_("How much of a gradient at the last step reaches each earlier step"), 380))
    for name, (kind, values, trained) in curves.items():
        figure.add_scatter(
            x=np.arange(len(values)), y=np.maximum(values, FLOOR), customdata=values, name=theme.plain(name), mode="lines",
            line=dict(color=CURVES[kind], width=2.5 if trained else 1.5, dash="solid" if trained else "dot"),
            hovertemplate="%{customdata:.3g}",
        )  # fmt: skip
    low = min((float(np.min(np.maximum(values, FLOOR))) for _kind, values, _trained in curves.values()), default=FLOOR)
    high = max((float(np.max(values)) for _kind, values, _trained in curves.values()), default=1.0)
    figure.update_yaxes(type="log", range=[np.log10(low) - 0.3, np.log10(max(high, 1.0)) + 0.3], **_ticks(low, high),
                        title=dict(text=_("norm (1: arrives whole)")))  # fmt: skip
    figure.update_xaxes(**theme.ticks(tuple(labels), 40), showgrid=False, title=dict(text=_("step that the gradient reaches")))
    figure.update_layout(hovermode="x unified", legend=dict(orientation="h", x=0, y=-0.22, yanchor="top"))
    return figure


def accuracy(curves: Mapping[str, tuple[str, Mapping[int, float]]], trained: tuple[int, int], guess: float) -> go.Figure:
    """Accuracy against the number of fillers. curves: name → (kind, fillers → accuracy 0–1); trained: lengths that were
    trained on, shaded; guess: what guessing gives, dashed."""
    figure = go.Figure(layout=theme.layout(_("Held-out accuracy by distance"), 320))
    for name, (kind, points) in curves.items():
        figure.add_scatter(x=list(points), y=list(points.values()), name=theme.plain(name), mode="lines+markers",
                           line=dict(color=CURVES[kind], width=2.5), hovertemplate="%{y:.1%}")  # fmt: skip
    figure.add_vrect(x0=trained[0], x1=trained[1], fillcolor=theme.MASKED, opacity=0.18, line_width=0)
    figure.add_hline(y=guess, line=dict(color=theme.MASKED, dash="dash", width=1.5))
    figure.update_yaxes(range=[-0.03, 1.06], tickformat=".0%", title=dict(text=_("remembered")))
    figure.update_xaxes(title=dict(text=_("letters in between (shaded: trained on)")), showgrid=False)
    figure.update_layout(hovermode="x unified", legend=dict(orientation="h", x=0, y=-0.22, yanchor="top"))
    return figure


def gate_word(name: str) -> str:
    """A quantity of the LSTM as a reader knows it."""
    words = {
        "input gate": _("input gate i"), "forget gate": _("forget gate f"), "candidate": _("candidate c̃"), "output gate": _("output gate o"),
        "cell": _("cell m"), "hidden state": _("hidden state h"), "decoder state": _("decoder state s"), "kept": _("kept f·m"),
        "written": _("written i·c̃"),
    }  # fmt: skip
    return words.get(name, name)


def _channel(trace: Trace, name: str, channel: int) -> NDArray:
    values = trace.series(name)
    if not 0 <= channel < values.shape[1]:
        raise InputError(f"neuron {channel} is not in this layer; its neurons are 0 … {values.shape[1] - 1}")
    return np.round(values[:, channel].astype(float), 5)


def _order(values: NDArray, order: str) -> NDArray:
    """Rows of f32[channel, step] in the order in which they are drawn."""
    magnitude = np.abs(values)
    if order == "stored":
        return np.arange(len(values))
    if order == "when":
        return np.lexsort((-magnitude.max(1), magnitude.argmax(1)))
    if order == "size":
        return np.argsort(-magnitude.mean(1), kind="stable")
    raise InputError(f"order is {order!r}; use one of {', '.join(ORDERS)}")


def _labels(trace: Trace) -> tuple[str, ...]:
    return tuple(step.emitted or step.label for step in trace.steps)


def _ticks(low: float, high: float) -> dict[str, object]:
    """Marks of a logarithmic axis: about six powers of ten, or 1, 2 and 5 of each where there are few."""
    decades = np.log10(max(high, 1.0)) - np.log10(low)
    if decades > 3:
        return dict(dtick=max(1, round(decades / 6)), exponentformat="power")
    values = [digit * 10.0**power for power in range(-4, 4) for digit in (1, 2, 5)]
    return dict(tickvals=values, ticktext=[f"{value:g}" for value in values])
