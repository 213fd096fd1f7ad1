"""Pictures of a `TrustReport`: `curves`, `gaps`, `contributions`, `controls`. Values are absolute: nats, or cosine similarity."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from viz_core.figures import theme
from viz_core.figures.words import _
from viz_core.trace.errors import InputError
from viz_core.trace.trust_report import TrustReport

MAP, RANDOM, RIVAL = "#3563c0", theme.MASKED, theme.ACCENT
BAND = "rgba(154,160,171,0.28)"


def curves(report: TrustReport) -> go.Figure:
    """Deletion (left) and insertion (right) curve of the map over the 90 % band and the mean of random orders."""
    figure = make_subplots(rows=1, cols=2, shared_yaxes=True, horizontal_spacing=0.05)
    figure.update_layout(theme.layout(_("Remove the most important positions first, or keep only those"), 340))
    order = [theme.plain(theme.shorten(report.positions.labels[i])) for i in np.argsort(-report.importance, kind="stable")]
    named = report.step is not None and len(report.sizes) == len(order) + 1
    for column, name in enumerate(("deletion", "insertion"), start=1):
        low, high = report.band(name)
        mean = getattr(report, f"random_{name}").mean(0)
        first, at = column == 1, dict(row=1, col=column)
        figure.add_scatter(x=report.sizes, y=low, mode="lines", line=dict(width=0), showlegend=False, hoverinfo="skip", **at)
        figure.add_scatter(x=report.sizes, y=high, mode="lines", line=dict(width=0), fill="tonexty", fillcolor=BAND, hoverinfo="skip",
                           name=_("random orders, 90 %"), legendgroup="band", showlegend=first, **at)  # fmt: skip
        figure.add_scatter(x=report.sizes, y=mean, mode="lines", line=dict(color=RANDOM, dash="dash", width=1.5), legendgroup="mean",
                           name=_("random orders, mean"), showlegend=first, hovertemplate="%{y:.3f}", **at)  # fmt: skip
        figure.add_scatter(
            x=report.sizes, y=getattr(report, name), mode="lines+markers", line=dict(color=MAP, width=2.5), marker=dict(size=6),
            name=_("order of the map"), legendgroup="map", showlegend=first, customdata=["", *order] if named else [""] * len(report.sizes),
            hovertemplate="%{y:.3f}   %{customdata}", **at,
        )  # fmt: skip
        title = _("positions removed, largest weight first") if first else _("positions kept, largest weight first")
        figure.update_xaxes(title=dict(text=title), range=[-0.3, report.sizes[-1] + 0.3], tickformat="d", gridcolor=theme.LINE, **at)
    low, high = _value_range(report)
    figure.update_yaxes(range=[low, high], gridcolor=theme.LINE, zeroline=False)
    figure.update_yaxes(title=dict(text=value_name(report)), row=1, col=1)
    return figure.update_layout(hovermode="x unified", margin=dict(t=84), legend=dict(orientation="h", x=0, y=1.02, yanchor="bottom"))


def gaps(report: TrustReport) -> go.Figure:
    """Area between insertion and deletion curve: this map, other rankings, and the controls that know nothing."""
    low, high = np.percentile(report.random_gaps, [5, 95])
    rows = [(_("this map"), report.gap, MAP, "", report.percentile)]
    rows += [(rival_name(rival.name), rival.gap, RIVAL, "/", rival.percentile) for rival in report.rivals]
    rows += [(_("uniform map"), 0.0, RANDOM, "", 50.0)]
    figure = go.Figure(layout=theme.layout(_("How well each ranking separates what matters (area between the curves)"), 110 + 34 * (len(rows) + 1)))
    for name, gap, colour, shape, place in rows:
        figure.add_bar(
            y=[name], x=[gap], orientation="h", showlegend=False, text=[f"{gap:.2f}"], textposition="outside", cliponaxis=False,
            marker=dict(color=colour, pattern=dict(shape=shape, size=6, solidity=0.25)), customdata=[place],
            hovertemplate="%{y}: %{x:.3f}<br>" + _("above {p} % of random orders").format(p="%{customdata:.0f}") + "<extra></extra>",
        )  # fmt: skip
    mean = float(report.random_gaps.mean())
    figure.add_scatter(
        y=[_("random orders, permuted maps")], x=[mean], mode="markers", showlegend=False, marker=dict(color=RANDOM, symbol="diamond", size=9),
        error_x=dict(array=[high - mean], arrayminus=[mean - low], color=RANDOM, thickness=2, width=6),
        hovertemplate=_("90 % of {n} random orders: {low} to {high}").format(n=len(report.random_gaps), low=f"{low:.2f}", high=f"{high:.2f}") + "<extra></extra>",
    )  # fmt: skip
    figure.add_vrect(x0=low, x1=high, fillcolor=RANDOM, opacity=0.18, line_width=0, layer="below")
    figure.add_vline(x=0, line=dict(color=theme.INK, width=1))
    figure.update_xaxes(title=dict(text=_("area in {unit}").format(unit=unit(report))))
    return figure.update_yaxes(autorange="reversed", type="category", showgrid=False)


def contributions(report: TrustReport) -> go.Figure:
    """The map's weight of every position above what the position adds to the value (sampled Shapley values), on the same axis.

    Raises InputError when the report has no such contributions.
    """
    shapley = report.rival("shapley")
    if shapley is None:
        raise InputError("this report has no contributions of positions (Shapley values); make it from an experiment")
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.08)
    figure.update_layout(theme.layout(_("What the map says, and what each position adds"), 380), showlegend=False)
    x = np.arange(len(report.positions))
    figure.add_bar(x=x, y=report.importance, marker=dict(color=MAP), hovertemplate="%{y:.4f}<extra></extra>", row=1, col=1)
    figure.add_bar(x=x, y=shapley.importance, marker=dict(color=RIVAL, pattern=dict(shape="/", size=6, solidity=0.25)),
                   hovertemplate="%{y:.3f}<extra></extra>", row=2, col=1)  # fmt: skip
    figure.update_xaxes(showgrid=False, showticklabels=False, row=1, col=1)
    figure.update_xaxes(**theme.ticks(report.positions.labels), showgrid=False, row=2, col=1)
    top = max(1.0, float(report.importance.max()))
    figure.update_yaxes(title=dict(text=_("weight in the map")), range=[min(0.0, float(report.importance.min())), top], gridcolor=theme.LINE, row=1, col=1)
    return figure.update_yaxes(title=dict(text=_("adds, {unit}").format(unit=unit(report))), zeroline=True, zerolinecolor=theme.INK,
                               gridcolor=theme.LINE, row=2, col=1)  # fmt: skip


def controls(report: TrustReport) -> go.Figure:
    """The output with the model's own, equal and shuffled attention weights. Raises InputError when it was not measured."""
    if report.controls is None:
        raise InputError("this model's weights were not replaced, so there are no controls to draw; test a model whose rows can be set")
    found = report.controls
    low, high = np.percentile(found.permuted, [5, 95])
    mean = float(found.permuted.mean())
    figure = go.Figure(layout=theme.layout(_("The same output when the model must use other weights"), 230))
    named = ((_("its own weights"), found.own), (_("equal weights"), found.uniform), (_("its weights shuffled"), mean))
    figure.add_bar(
        y=[f"{name}: {value:.2f}".replace("-", "−") for name, value in named], x=[value for _name, value in named], orientation="h",
        marker=dict(color=[MAP, RANDOM, RANDOM], pattern=dict(shape=["", "", "/"], size=6, solidity=0.25)),
        error_x=dict(array=[None, None, high - mean], arrayminus=[None, None, mean - low], color=theme.INK, thickness=1.5, width=5),
        hovertemplate="%{y}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(title=dict(text=value_name(report)), zeroline=True, zerolinecolor=theme.INK)
    return figure.update_yaxes(autorange="reversed", showgrid=False)


def value_name(report: TrustReport) -> str:
    """What the values are, with their unit."""
    if report.quantity == "similarity":
        return _("similarity to the state in the whole input (cosine)")
    return _("log p of the output (nats)") if report.step is not None else _("log p per output token (nats)")


def unit(report: TrustReport) -> str:
    return _("cosine") if report.quantity == "similarity" else _("nats")


def rival_name(name: str) -> str:
    """A way to rank positions as a reader knows it."""
    names = {
        "shapley": _("contribution (Shapley)"), "leave_one_out": _("removed alone"), "gradient_input": _("gradient × input"),
        "gradient_norm": _("gradient norm"), "rollout": _("attention rollout"), "gradient_rollout": _("gradient rollout"),
        "raw": _("raw attention"), "relevance": _("class-specific relevance"),
    }  # fmt: skip
    return names.get(name, name)


def _value_range(report: TrustReport) -> tuple[float, float]:
    """Of the value axis: from the lowest value up to p = 1 (log p = 0), or to a similarity of 1."""
    lows = [report.band(name)[0].min() for name in ("deletion", "insertion")]
    bottom = float(min(report.deletion.min(), report.insertion.min(), *lows))
    top = 1.0 if report.quantity == "similarity" else 0.0
    margin = 0.05 * max(top - bottom, 0.1)
    return bottom - margin, top + margin
