"""A memory network hop by hop: sentences against hops, the match of each sentence in numbers, the query as it changes."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from viz_core.figures import theme
from viz_core.figures.panels import Bars, Formula, Panel, Plot, Scene
from viz_core.figures.words import N_, _
from viz_core.trace import Candidates, InputError, Trace

SITE = "hop"
LONGEST = 46  # characters of a sentence beside the chart
ANSWERS = 6  # most probable answers that are shown
MARK = "★"
NARROWEST = 560  # pixels that sentences, hops and numbers need beside each other
TENSORS = (
    N_("query"), N_("sentences to match"), N_("match"), N_("sentences to read"), N_("what was read"),
    N_("updated query"), N_("answer after this hop"),
)  # fmt: skip


def scene(trace: Trace, marked: Collection[int] = (), title: str = "", brief: bool = False) -> Scene:
    """The player of a memory network's run. marked: sentences with a star (those that the answer follows from). brief: the
    weights and the answers only."""
    if SITE not in trace.sites:
        raise InputError(f"this trace has no hops; there is attention at: {', '.join(trace.sites) or 'none'}")
    panels: tuple[Panel, ...] = (
        story(trace, marked),
        Bars(_("The answer if this hop were the last"), answers(trace), (*[None] * (len(trace) - 1), trace.steps[-1].choice)),
        query(trace),
        Formula(_("How the tensors flow"), tuple(step.quantities for step in trace.steps)),
    )
    labels = tuple(_("hop {k}").format(k=k) for k in range(1, len(trace)))
    last = _("hop {k}").format(k=len(trace)) + f" → {trace.output}"
    return Scene(title or f"{trace.run.get('model', '')} · {trace.source}"[:160], (*labels, last), panels[:2] if brief else panels, 0)


def weights(trace: Trace) -> NDArray:
    """p of every hop and sentence, f32[K, S]; 0 where a hop read nothing."""
    return np.nan_to_num(trace.attention(SITE).map())


def story(trace: Trace, marked: Collection[int] = ()) -> Plot:
    """Sentences down, hops across, and at the right the numbers of the hop on show: uᵀmᵢ → pᵢ."""
    rows, count = weights(trace), len(trace)
    sentences = trace.source_axis.labels
    places = list(range(len(sentences)))
    figure = go.Figure(layout=theme.layout("", max(240, 90 + 27 * len(sentences))))
    figure.add_heatmap(
        z=rows.T, x=list(range(count)), y=places, zmin=0, zmax=1, colorscale=theme.WEIGHTS_LIGHT, showscale=False, xgap=2, ygap=2,
        hovertemplate=_("hop %{customdata[0]}: %{customdata[1]}<br>p = %{z:.5f}") + "<extra></extra>",
        customdata=[[[k + 1, theme.plain(s)] for k in range(count)] for s in sentences],
    )  # fmt: skip
    figure.add_bar(
        x=rows[0], y=places, orientation="h", xaxis="x2", marker=dict(color="#3563c0"), text=_numbers(trace, 0), textposition="outside",
        cliponaxis=False, hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    names = [f"{MARK} {s}" if i in marked else s for i, s in enumerate(theme.plain(theme.shorten(s, LONGEST)) for s in sentences)]
    figure.update_layout(
        yaxis=dict(tickmode="array", tickvals=places, ticktext=names, autorange="reversed", showgrid=False),
        xaxis=dict(domain=[0, 0.32], side="top", tickmode="array", tickvals=list(range(count)),
                   ticktext=[_("hop {k}").format(k=k + 1) for k in range(count)], showgrid=False),
        xaxis2=dict(domain=[0.37, 1], side="top", range=[0, 1.6], anchor="y", tickvals=[0, 0.5, 1], showgrid=False, ticks="",
                    title=dict(text="uᵀmᵢ → pᵢ", font=dict(size=12))),
        margin=dict(t=64, b=16, l=20), bargap=0.35,
    )  # fmt: skip
    title = _("Which sentences each hop reads; at the right, match → weight at this hop")
    return Plot(title, figure, patches=tuple(_patch(trace, rows, k) for k in range(count)), wide=True, width=NARROWEST)


def _patch(trace: Trace, rows: NDArray, hop: int) -> list[tuple[int, dict[str, object]]]:
    """What changes at a hop: later hops are not known yet, and the bars are those of this one."""
    seen = np.where(np.arange(len(rows))[:, None] <= hop, rows, np.nan).T
    grid = [[None if np.isnan(v) else round(float(v), 6) for v in row] for row in seen]
    return [(0, {"z": [grid]}), (1, {"x": [[round(float(v), 6) for v in rows[hop]]], "text": [_numbers(trace, hop)]})]


def _numbers(trace: Trace, hop: int) -> list[str]:
    """`3.21 → 0.930` of every sentence: its match, its weight."""
    scores, shown = trace.steps[hop].quantity("match").values, weights(trace)[hop]
    return [f"{_signed(s)} → {p:.3f}" for s, p in zip(scores, shown, strict=True)]


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−") if np.isfinite(value) else "−∞"


def query(trace: Trace) -> Plot:
    """u, what was read, and their sum, channel by channel; one scale for all hops."""
    steps = [np.stack([step.quantity(name).values for name in ("query", "what was read", "updated query")]) for step in trace.steps]
    reach = float(np.abs(np.stack(steps)).max()) or 1.0
    figure = go.Figure(layout=theme.layout("", 210))
    figure.add_heatmap(
        z=steps[0], zmin=-reach, zmax=reach, colorscale=theme.SIGNED_LIGHT, y=[0, 1, 2], ygap=3,
        colorbar=dict(thickness=12, outlinewidth=0), hovertemplate=_("channel %{x}: %{z:.4f}") + "<extra></extra>",
    )  # fmt: skip
    names = [_("query u"), _("read o = Σ pᵢ cᵢ"), _("next query")]
    figure.update_yaxes(tickmode="array", tickvals=[0, 1, 2], ticktext=names, autorange="reversed", showgrid=False)
    figure.update_xaxes(title=dict(text=_("channel")), showgrid=False)
    figure.update_layout(margin=dict(t=16, b=44))
    patches = tuple([(0, {"z": [np.round(step, 5).tolist()]})] for step in steps)
    return Plot(_("The query before and after: u, what was read, u + o"), figure, patches=patches)


def answers(trace: Trace) -> tuple[Candidates, ...]:
    """The most probable answers after each hop."""
    found = []
    for step in trace.steps:
        item = step.quantity("answer after this hop")
        best = np.argsort(-item.values, kind="stable")[:ANSWERS]
        found.append(Candidates(tuple(item.axes[0].labels[i] for i in best), best, np.minimum(np.log(np.maximum(item.values[best], 1e-30)), 0)))
    return tuple(found)


def comparison(base: Trace, changed: Trace) -> go.Figure:
    """The answers of two runs beside each other: probabilities as told and changed."""
    before, after = (trace.steps[-1].quantity("answer after this hop") for trace in (base, changed))
    order = np.argsort(-np.maximum(before.values, after.values), kind="stable")[:ANSWERS]
    order = [i for place, i in enumerate(order) if place < 2 or max(before.values[i], after.values[i]) >= 0.0005]
    words = [theme.plain(before.axes[0].labels[i]) for i in order]
    figure = go.Figure(layout=theme.layout(_("Answers before and after the change"), 120 + 40 * len(order)))
    for name, item, colour in ((_("as told"), before, "#3563c0"), (_("changed"), after, theme.ACCENT)):
        figure.add_bar(
            x=item.values[order], y=words, orientation="h", name=name, marker=dict(color=colour), text=[f"{v:.3f}" for v in item.values[order]],
            textposition="outside", cliponaxis=False, hovertemplate="%{y}: %{x:.5f}<extra></extra>",
        )  # fmt: skip
    figure.update_yaxes(autorange="reversed", type="category")
    figure.update_xaxes(range=[0, 1.12], title=dict(text=_("probability")))
    figure.update_layout(barmode="group", legend=dict(orientation="h", y=1.12, x=0))
    return figure


def errors(rates: dict[str, dict[int, float]], titles: dict[int, str]) -> go.Figure:
    """Error of every family for several networks, the best last. rates: network → family → share wrong; titles: of the families."""
    figure = go.Figure(layout=theme.layout(_("Wrong answers by kind of question"), 90 + 44 * len(titles)))
    numbers = list(titles)
    names = [f"{number} · {titles[number]}" for number in numbers]
    for (name, found), colour in zip(rates.items(), (theme.MASKED, theme.ACCENT, "#3563c0"), strict=False):
        values = [found.get(number) for number in numbers]
        figure.add_bar(x=values, y=names, orientation="h", name=theme.plain(name), marker=dict(color=colour),
                       hovertemplate="%{y}: %{x:.1%}<extra>" + theme.plain(name) + "</extra>")  # fmt: skip
    figure.update_yaxes(autorange="reversed", type="category")
    figure.update_xaxes(tickformat=".0%", rangemode="tozero")
    figure.update_layout(barmode="group", legend=dict(orientation="h", y=1.0, yanchor="bottom", x=0), margin=dict(t=60))
    return figure
