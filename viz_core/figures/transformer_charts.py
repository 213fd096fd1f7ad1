"""Charts of what a Transformer's parts do: position encodings, another word order, LayerNorm beside BatchNorm, × √d."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from viz_core.figures import theme
from viz_core.figures.words import _

WITH, WITHOUT = "#3563c0", theme.ACCENT
FEATURES = 12  # of a cube, drawn at once
CELLS = ((0.0, "rgba(128,128,128,0.16)"), (1.0, "rgba(128,128,128,0.5)"), (2.0, "#7aa2e8"), (3.0, theme.ACCENT))  # other, padding, shared, chosen
MARKS = 5  # wavelengths named below the matrix


def position_matrix(matrix: NDArray, wavelengths: NDArray, similarity: NDArray) -> go.Figure:
    """PE f32[position, channel] with wavelengths f64[channel], and the cosine of every two positions beside it."""
    count, size = matrix.shape
    titles = (_("sines and cosines by turns"), _("likeness (cosine)"))
    figure = make_subplots(rows=1, cols=2, column_widths=[0.64, 0.36], horizontal_spacing=0.16, subplot_titles=titles)
    figure.update_layout(theme.layout(_("Position encodings"), 380))
    colours = dict(colorscale=theme.SIGNED_LIGHT, zmin=-1, zmax=1)
    waves = np.broadcast_to(wavelengths, matrix.shape)
    figure.add_heatmap(z=np.round(matrix, 4), customdata=np.round(waves, 1), showscale=False, **colours, row=1, col=1,
                       hovertemplate=_("position %{y}, channel %{x}: %{z:.4f} (wavelength %{customdata:.1f} positions)") + "<extra></extra>")  # fmt: skip
    figure.add_heatmap(z=np.round(similarity, 4), **colours, colorbar=dict(thickness=12, outlinewidth=0), row=1, col=2,
                       hovertemplate=_("positions %{y} and %{x}: %{z:.3f}") + "<extra></extra>")  # fmt: skip
    marks = [int(i) for i in np.linspace(0, size - 1, MARKS)]
    figure.update_xaxes(tickvals=marks, ticktext=[_("{c}<br>λ {w}").format(c=c, w=f"{wavelengths[c]:,.0f}") for c in marks],
                        title=dict(text=_("channel, and after how many positions it repeats")), row=1, col=1)  # fmt: skip
    figure.update_yaxes(autorange="reversed", dtick=max(1, count // 10))
    figure.update_yaxes(title=dict(text=_("position")), row=1, col=1)
    figure.update_xaxes(title=dict(text=_("position")), dtick=max(1, count // 5), row=1, col=2)
    return figure


def permutation(labels: Sequence[str], shares: Mapping[str, NDArray]) -> go.Figure:
    """How far each word's state moves in another word order, as a share of its length. shares: `with`, perhaps `without`."""
    figure = go.Figure(layout=theme.layout(_("How far each word's encoder state moves when the words are shuffled"), 300))
    names = {"with": (_("with positions"), WITH), "without": (_("without positions"), WITHOUT)}
    for kind, values in shares.items():
        name, colour = names[kind]
        figure.add_bar(x=np.arange(len(labels)), y=values, name=name, marker_color=colour, customdata=values, hovertemplate="%{customdata:.2g}")
    figure.update_xaxes(**theme.ticks(tuple(labels)), showgrid=False)
    figure.update_yaxes(title=dict(text=_("distance ÷ length of the state")), rangemode="tozero", tickformat=".2~g")
    figure.update_layout(hovermode="x unified", legend=dict(orientation="h", x=0, y=1.02, yanchor="bottom"))
    return figure


def shared_statistics(labels: Sequence[Sequence[str]], size: int, cell: tuple[int, int]) -> go.Figure:
    """Which numbers of a batch share mean and variance with one number of the first sentence, by LayerNorm and by BatchNorm.

    labels: the words of each sentence; size: features; cell: (position, feature). `FEATURES` features around it are drawn.
    """
    longest, count = max(len(words) for words in labels), len(labels)
    position, feature = cell
    first = min(feature // FEATURES * FEATURES, max(size - FEATURES, 0))
    shown = np.arange(first, min(first + FEATURES, size))
    titles = [_("sentence {n}").format(n=n + 1) for n in range(count)]
    rows = (_("LayerNorm"), _("BatchNorm"))
    figure = make_subplots(rows=2, cols=count, subplot_titles=titles, row_titles=list(rows), vertical_spacing=0.06, horizontal_spacing=0.13)
    figure.update_layout(theme.layout(_("Numbers that share one mean and one variance"), 160 + 2 * 22 * longest))
    for column, words in enumerate(labels):
        pad = np.arange(longest)[:, None] >= len(words)
        same = {0: (np.arange(longest)[:, None] == position) & (column == 0) & (shown >= 0), 1: (shown == feature) & (np.arange(longest)[:, None] >= 0)}
        for row, taken in same.items():
            z = np.where(taken, 2, 0)
            if column == 0:
                z[position, shown == feature] = 3
            _cells(figure, np.where(pad, 1, z), shown, words, (row + 1, column + 1))
    figure.update_xaxes(title=dict(text=_("feature")), row=2)
    return figure


def _cells(figure: go.Figure, z: NDArray, shown: NDArray, words: Sequence[str], place: tuple[int, int]) -> None:
    """One sheet, positions × features, of the cube."""
    scale = [stop for value, colour in CELLS for stop in ((value / 4, colour), ((value + 1) / 4, colour))]
    says = np.array([_("has its own"), _("padding"), _("shares them"), _("the chosen number")])[z]
    figure.add_heatmap(z=z, x=shown, y=np.arange(len(z)), zmin=-0.5, zmax=3.5, colorscale=scale, showscale=False, xgap=1, ygap=1, customdata=says,
                       hovertemplate=_("position %{y}, feature %{x}") + ": %{customdata}<extra></extra>", row=place[0], col=place[1])  # fmt: skip
    ticks = [*(theme.plain(theme.shorten(word, 4)) for word in words), *[""] * (len(z) - len(words))]
    figure.update_yaxes(autorange="reversed", tickmode="array", tickvals=list(range(len(z))), ticktext=ticks, showgrid=False, row=place[0], col=place[1])
    figure.update_xaxes(showgrid=False, showticklabels=place[0] == 2, dtick=3, row=place[0], col=place[1])


def company(labels: Sequence[str], layer: tuple[NDArray, NDArray], batch: tuple[NDArray, NDArray]) -> go.Figure:
    """One feature of the first sentence after LayerNorm and after BatchNorm: (alone, with others in the batch), f32[S] each."""
    figure = go.Figure(layout=theme.layout(_("One feature of the first sentence, normalised alone and in the batch"), 300))
    at = np.arange(len(labels))
    for name, colour, (alone, together) in ((_("LayerNorm"), WITH, layer), (_("BatchNorm"), WITHOUT, batch)):
        figure.add_scatter(x=at, y=alone, name=_("{norm}, alone").format(norm=name), mode="lines", line=dict(color=colour, width=2), hovertemplate="%{y:.4f}")
        figure.add_scatter(x=at, y=together, name=_("{norm}, in the batch").format(norm=name), mode="markers", hovertemplate="%{y:.4f}",
                           marker=dict(color=colour, size=9, symbol="circle-open", line=dict(width=2)))  # fmt: skip
    figure.update_xaxes(**theme.ticks(tuple(labels)), showgrid=False)
    figure.update_yaxes(title=dict(text=_("normalised value")), zeroline=True)
    figure.update_layout(hovermode="x unified", legend=dict(orientation="h", x=0, y=1.02, yanchor="bottom"))
    return figure


def embedding_scale(labels: Sequence[str], norms: Mapping[str, NDArray], cosines: Mapping[str, NDArray]) -> go.Figure:
    """Lengths of each word's vectors above, and below the cosine between the word and its sum with the position. Both: name → f64[S]."""
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.56, 0.44], vertical_spacing=0.1)
    figure.update_layout(theme.layout(_("Words against positions"), 430))
    at = np.arange(len(labels))
    for (name, values), colour in zip(norms.items(), ("#9aa0ab", WITH, "#b87800", "#15803d"), strict=True):
        figure.add_bar(x=at, y=values, name=name, marker_color=colour, hovertemplate="%{y:.3f}", row=1, col=1)
    for (name, values), colour in zip(cosines.items(), (WITHOUT, WITH), strict=True):
        figure.add_scatter(x=at, y=values, name=name, mode="lines+markers", line=dict(color=colour, dash="dot"), hovertemplate="%{y:.3f}", row=2, col=1)
    figure.update_yaxes(title=dict(text=_("length")), row=1, col=1)
    least = min(0.0, *(float(values.min()) for values in cosines.values()))
    figure.update_yaxes(title=dict(text=_("cosine with the word")), range=[least - 0.1, 1.08], row=2, col=1)
    figure.update_xaxes(**theme.ticks(tuple(labels)), showgrid=False)
    figure.update_layout(hovermode="x unified", legend=dict(orientation="h", x=0, y=1.02, yanchor="bottom"))
    return figure
