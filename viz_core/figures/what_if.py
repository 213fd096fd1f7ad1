"""Before and after an intervention: the linked scene, how far apart the two are, and what each head is worth."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from viz_core.figures import theme
from viz_core.figures.panels import SOURCE, TARGET, Bars, Heat, Panel, Plot, Scene, Weights
from viz_core.figures.scene import site_word
from viz_core.figures.site_rows import SiteRows, site_rows
from viz_core.figures.words import _
from viz_core.trace import Candidates, InputError, Trace

BEFORE, AFTER = "before", "after"  # begin the names of the two sites of a scene
FAR = 20.0  # nats: what is drawn for ∞
MOST_SQUARE, LEAST_SQUARE = 30, 9  # pixels of a head's square
WIDE = 560  # pixels that all heads of a layer have together
LOSS, GAIN = "#b3611b", "#3563c0"  # less and more probable: apart for colour-blind eyes too
SHAPES = {"kl": "sequential", "log_prob": "signed", "distance": "sequential"}


def scene(
    before: Trace, after: Trace, site: str, layer: int = 0, head: int = 0,
    candidates: tuple[Sequence[Candidates], Sequence[Candidates]] | None = None,
    kl: NDArray | None = None, change: NDArray | None = None,
) -> Scene:  # fmt: skip
    """The two runs side by side, step by step: weights of a head, candidates, KL and change of log p.

    before, after: runs under the same choices (an encoder's: one step a layer). candidates: before and after, one a step.
    kl, change: f32[step] in nats. A clicked cell is an event of a site that begins with `BEFORE` or `AFTER`.
    """
    panels: list[Panel] = []
    for name, title, trace in ((BEFORE, _("Before: {site}"), before), (AFTER, _("After: {site}"), after)):
        if site in trace.sites:
            empty = _("taken out") if name == AFTER else ""  # weights of 0 everywhere, which no mask makes
            panels.append(_heat(f"{name} {site}", title.format(site=site_word(site)), site_rows(trace, site), (layer, head), empty))
    if candidates is not None:
        choices = [tuple(step.choice for step in trace.steps) for trace in (before, after)]
        panels.append(Bars(_("Before: what could come next"), tuple(candidates[0]), choices[0]))
        panels.append(Bars(_("After: what could come next"), tuple(candidates[1]), choices[0]))
    if kl is not None and change is not None:
        labels = tuple(step.emitted or step.label for step in before.steps)
        cursor = tuple(float(i) for i in range(len(labels)))
        panels.append(Plot(_("How far each step moved, under the same choices"), steps(labels, kl, change), cursor, wide=True))
    title = " · ".join(str(part) for part in (before.run.get("model", ""), before.source) if part)
    return Scene(title, tuple(step.emitted or step.label for step in before.steps), tuple(panels))


def _heat(name: str, title: str, rows: SiteRows, at: tuple[int, int], empty: str) -> Heat:
    shown = min(at[0], len(rows.layers) - 1), min(at[1], len(rows.heads) - 1)
    return Heat(title, Weights(replace(rows, site=name), SOURCE, TARGET, shown), empty=empty)


def steps(labels: Sequence[str], kl: NDArray, change: NDArray) -> go.Figure:
    """KL divergence (up, grey) and change of log p of the step's token (up or down, coloured) in nats, step by step.

    Infinite values are as high as the largest finite one, and named ∞.
    """
    kl, change = np.asarray(kl, float), np.asarray(change, float)
    finite = np.abs(np.concatenate([kl[np.isfinite(kl)], change[np.isfinite(change)]]))
    top = float(finite.max()) if finite.any() else FAR
    figure = go.Figure(layout=theme.layout(_("How far each step moved, under the same choices"), 260))
    place = np.arange(len(labels))
    words = [_signed(value) for value in kl], [_signed(value) for value in change]
    figure.add_bar(
        x=place, y=np.clip(kl, 0, top), name=_("KL divergence of the whole distribution"), customdata=words[0],
        marker=dict(color=theme.MASKED), hovertemplate="KL = %{customdata} nats<extra></extra>",
    )
    figure.add_bar(
        x=place, y=np.clip(change, -top, top), name=_("change of log p of this token"), customdata=words[1],
        marker=dict(color=[LOSS if value < 0 else GAIN for value in change]), hovertemplate="Δ log p = %{customdata} nats<extra></extra>",
    )
    figure.update_xaxes(**theme.ticks(tuple(labels)), showgrid=False)
    figure.update_yaxes(title=dict(text=_("nats")), zeroline=True)
    figure.update_layout(barmode="group", title_text="", legend=dict(orientation="h", x=0, y=1.02, yanchor="bottom"), margin=dict(t=40))
    return figure


def importance(
    values: NDArray, layers: Sequence[str], heads: Sequence[str], measure: str,
    off: Collection[tuple[int, int]] = (), dark: bool = False,
) -> go.Figure:  # fmt: skip
    """A square for every head, its colour what the output loses without it; heads that are taken out are crossed.

    values: f32[layer, head], NaN where there is no head. measure: `kl`, `log_prob` or `distance`. customdata of the
    squares is (layer, head) by index. dark: colours for a dark page. Raises InputError for another measure or shape.
    """
    if measure not in SHAPES:
        raise InputError(f"the measure {measure!r} is unknown; use one of {', '.join(SHAPES)}")
    if values.shape != (len(layers), len(heads)):
        raise InputError(f"the importance of heads has shape {values.shape}; expected ({len(layers)}, {len(heads)}), layers × heads")
    row, column = np.nonzero(~np.isnan(values))
    shown = values[row, column]
    size = int(np.clip(WIDE / max(len(heads), 1) - 4, LEAST_SQUARE, MOST_SQUARE))
    height = max(len(layers) * (size + 4) + 110, 190)
    figure = go.Figure(layout=theme.layout(_("What each head is worth"), height))
    figure.add_scatter(
        x=column, y=row, mode="markers", customdata=np.stack([row, column], 1), showlegend=False,
        marker=dict(symbol="square", size=size, color=np.clip(shown, -FAR, FAR), line=dict(width=0.5, color=theme.LINE), **_colours(shown, measure, dark)),
        hovertext=[_hover(layers[r], heads[c], value, measure) for r, c, value in zip(row, column, shown, strict=True)], hoverinfo="text",
        selected=dict(marker=dict(opacity=1)), unselected=dict(marker=dict(opacity=1)),
    )  # fmt: skip
    crossed = [place for place in off if place[0] < len(layers) and place[1] < len(heads)]
    if crossed:
        figure.add_scatter(
            x=[head for _layer, head in crossed], y=[layer for layer, _head in crossed], mode="markers", hoverinfo="skip", showlegend=False,
            marker=dict(symbol="x-thin", size=size * 0.7, line=dict(width=2.5, color=theme.ACCENT)),
        )  # fmt: skip
    figure.update_xaxes(**theme.ticks(tuple(heads)), title=dict(text=_("head")), range=[-0.6, len(heads) - 0.4], showgrid=False)
    figure.update_yaxes(**theme.ticks(tuple(layers)), title=dict(text=_("layer")), range=[len(layers) - 0.4, -0.6], showgrid=False)
    figure.update_layout(dragmode=False, clickmode="event+select")
    return figure


def _colours(values: NDArray, measure: str, dark: bool) -> dict[str, object]:
    """Colour scale from 0 (no loss: the colour of the page), both ways for changes that have a sign."""
    finite = np.abs(values[np.isfinite(values)])
    top = max(float(finite.max(initial=0)), 1e-6)
    names = {"kl": _("KL divergence (nats)"), "log_prob": _("change of log p (nats)"), "distance": _("1 − cosine")}
    bar = dict(title=dict(text=names[measure], side="right"), thickness=12, outlinewidth=0)
    if SHAPES[measure] == "signed":
        return dict(cmin=-top, cmax=top, colorscale=theme.SIGNED_DARK if dark else theme.SIGNED_LIGHT, colorbar=bar)
    return dict(cmin=0, cmax=top, colorscale=theme.WEIGHTS_DARK if dark else theme.WEIGHTS_LIGHT, colorbar=bar)


def _hover(layer: str, head: str, value: float, measure: str) -> str:
    text = {
        "kl": _("layer {layer}, head {head}: without it KL = {value} nats"),
        "log_prob": _("layer {layer}, head {head}: without it log p of the output changes by {value} nats"),
        "distance": _("layer {layer}, head {head}: without it the sentence moves by 1 − cosine = {value}"),
    }[measure]
    return text.format(layer=theme.plain(layer), head=theme.plain(head), value=_signed(value))


def token_change(change: NDArray, labels: Sequence[str], dark: bool = False) -> go.Figure:
    """How far every token's hidden state moved behind every layer: 1 − cosine, f32[layer, token], from 0 to the largest."""
    top = max(float(np.max(change, initial=0)), 1e-3)
    figure = go.Figure(layout=theme.layout(_("How far each token moved behind each layer"), 120 + 26 * len(change)))
    names = [str(layer) for layer in range(len(change))]
    figure.add_heatmap(
        z=change, zmin=0, zmax=top, colorscale=theme.WEIGHTS_DARK if dark else theme.WEIGHTS_LIGHT,
        colorbar=dict(title=dict(text=_("1 − cosine"), side="right"), thickness=12, outlinewidth=0),
        hovertemplate=_("layer %{y}, token %{x}: 1 − cosine = %{z:.4f}") + "<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(**theme.ticks(tuple(labels)), showgrid=False)
    figure.update_yaxes(**theme.ticks(tuple(names)), title=dict(text=_("layer")), autorange="reversed", showgrid=False)
    return figure


def _signed(value: float) -> str:
    """A number as a person reads it, ∞ and a true minus sign included."""
    if np.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:.3f}".replace("-", "−") if abs(value) >= 0.001 or value == 0 else f"{value:.1e}".replace("-", "−")
