"""What softmax does to dot products of long vectors, with and without ÷ √d_k: `scaling` draws what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from viz_core.figures import theme
from viz_core.figures.words import _

COLOURS = {True: ("#3563c0", "rgba(53, 99, 192, 0.18)"), False: (theme.ACCENT, "rgba(217, 115, 13, 0.18)")}
LOWEST = 1e-6  # of the gradient's axis; below, nothing is learned in float32 either


def scaling(depths: Sequence[int], scaled: Mapping[str, NDArray], unscaled: Mapping[str, NDArray], keys: int, here: int | None = None) -> go.Figure:
    """Entropy, largest weight and gradient of softmax over d_k.

    scaled, unscaled: by measure, f32[depth, 3] (10 %, median, 90 % of the draws); keys: words that are scored; here: d_k of
    the numbers above, marked when it is within the range.
    """
    names = {"entropy": _("entropy of α (nats)"), "largest": _("largest weight α"), "gradient": _("gradient left ‖∂α/∂s‖")}
    figure = make_subplots(1, len(names), horizontal_spacing=0.075, subplot_titles=list(names.values()))
    figure.update_layout(theme.layout(_("Softmax of q·k over {n} keys, numbers of q and k drawn from N(0, 1)").format(n=keys), 340))
    for column, measure in enumerate(names, 1):
        for divided, values in ((True, scaled[measure]), (False, unscaled[measure])):
            _band(figure, depths, values, divided, column)
        figure.update_yaxes(gridcolor=theme.LINE, zeroline=False, rangemode="tozero", row=1, col=column)
        if here is not None and depths[0] <= here <= depths[-1]:
            figure.add_vline(here, line=dict(color=theme.MASKED, dash="dot"), row=1, col=column)
    figure.update_yaxes(type="log", range=[-6, 0.1], dtick=1, exponentformat="power", row=1, col=len(names))
    shown = [1, 4, 16, 64, 256]
    figure.update_xaxes(title=dict(text="d<sub>k</sub>"), type="log", tickvals=shown, ticktext=[str(n) for n in shown], gridcolor=theme.LINE, zeroline=False)
    figure.update_annotations(font=dict(size=13))
    return figure.update_layout(legend=dict(orientation="h", x=0, y=-0.28, yanchor="top"), margin=dict(t=60, l=45, r=10))


def _band(figure: go.Figure, depths: Sequence[int], values: NDArray, divided: bool, column: int) -> None:
    """The median as a line over the middle 80 % of the draws."""
    colour, light = COLOURS[divided]
    low, middle, high = (values[:, i].clip(LOWEST) for i in range(3))
    name = _("÷ √d_k").replace("d_k", "d<sub>k</sub>") if divided else _("not divided")
    place = dict(row=1, col=column)
    figure.add_scatter(x=[*depths, *reversed(depths)], y=[*high, *low[::-1]], fill="toself", fillcolor=light, line=dict(width=0), hoverinfo="skip", showlegend=False, **place)
    hover = "d<sub>k</sub> = %{x}: %{y:.3g}<extra>" + name + "</extra>"
    figure.add_scatter(
        x=list(depths), y=middle, mode="lines+markers", line=dict(color=colour), marker=dict(symbol="circle" if divided else "square", size=7),
        name=name, legendgroup=name, showlegend=column == 1, hovertemplate=hover, **place,
    )  # fmt: skip
