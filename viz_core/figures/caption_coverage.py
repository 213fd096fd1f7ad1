"""How much each patch was looked at over a whole caption, Σ_t α_ti, and what the doubly stochastic regulariser says of it.

Xu et al. 2015, §4.2.1 and eq. 14. Axes: T words (the end is one), L patches.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from viz_core.figures import theme
from viz_core.figures.words import _
from viz_core.trace import InputError, Trace

SCALE = [(0.0, "rgba(217,115,13,0)"), (0.1, "rgba(217,115,13,0.35)"), (0.4, "rgba(200,70,20,0.75)"), (1.0, "rgba(110,10,30,0.95)")]
FADED = 0.45  # the picture below the map
COLOURS, DASHES = ("#3563c0", theme.ACCENT, "#0d9488", "#7c3aed"), ("solid", "dash", "dot", "dashdot")
LEAST = 1e-4  # where the logarithmic axis ends


@dataclass(frozen=True, eq=False)
class Coverage:
    """looked: Σ_t α_ti of every patch, f64[rows, cols]; words: T."""

    looked: NDArray
    words: int

    @property
    def mean(self) -> float:
        """T / L: every α_t sums to 1, so that this is the same for all models that say T words."""
        return self.words / self.looked.size

    @property
    def penalty(self) -> float:
        """Σ_i (1 − Σ_t α_ti)² (Xu et al. 2015, eq. 14)."""
        return float(np.square(1 - self.looked).sum())

    @property
    def least(self) -> float:
        """The smallest penalty that T words can have: L (1 − T/L)², with every patch looked at equally."""
        return float(self.looked.size * (1 - self.mean) ** 2)

    @property
    def variance(self) -> float:
        """Of Σ_t α_ti over the patches: 0 when every patch is looked at equally. penalty = least + L · variance."""
        return float(self.looked.var())


def coverage(trace: Trace) -> Coverage:
    """Of the attention of a trace over the patches of its picture, the mean over layers and heads.

    Raises InputError for a trace whose steps do not look at patches.
    """
    axis = trace.source_axis
    if axis.kind != "patch" or "cross" not in trace.sites:
        raise InputError("this trace has no attention to the patches of a picture; run a captioning model with attention")
    found = trace.attention("cross")
    places = [(layer, head) for layer in range(len(found.layers)) for head in range(len(found.heads))]
    looked = np.mean([np.nan_to_num(found.map(*place)).sum(0, dtype=np.float64) for place in places], axis=0)
    rows, cols = (int(axis.geometry[name]) for name in ("rows", "cols"))  # type: ignore[call-overload]
    return Coverage(looked[-rows * cols :].reshape(rows, cols), len(trace))


def coverage_maps(found: Mapping[str, Coverage], image: str = "") -> go.Figure:
    """The maps beside each other over the picture on one absolute scale from 0. found: by name; image: data URI."""
    figure = make_subplots(rows=1, cols=len(found), subplot_titles=[theme.plain(name).replace(", ", ",<br>", 1) for name in found], horizontal_spacing=0.04)
    figure.update_annotations(yanchor="top")  # two lines within the figure, above the maps
    top = max(float(item.looked.max()) for item in found.values())
    bar = dict(thickness=12, outlinewidth=0, title=dict(text="Σ<sub>t</sub> α<sub>ti</sub>"))
    figure.update_layout(theme.layout(_("How much each patch was looked at over the whole caption"), 420))
    figure.update_layout(coloraxis=dict(colorscale=SCALE, cmin=0, cmax=top, colorbar=bar))
    for column, item in enumerate(found.values(), start=1):
        rows, cols = item.looked.shape
        if image:
            place = dict(x=-0.5, y=-0.5, sizex=cols, sizey=rows, xanchor="left", yanchor="top", row=1, col=column)
            figure.add_layout_image(source=image, sizing="stretch", layer="below", opacity=FADED, **place)
        figure.add_heatmap(
            z=item.looked, coloraxis="coloraxis", xgap=0, ygap=0, row=1, col=column,
            hovertemplate=_("row {row}, column {col}: {value}").format(row="%{y}", col="%{x}", value="%{z:.4f}") + "<extra></extra>",
        )  # fmt: skip
        figure.update_xaxes(visible=False, range=[-0.5, cols - 0.5], constrain="domain", row=1, col=column)
        anchor = "x" if column == 1 else f"x{column}"
        figure.update_yaxes(visible=False, range=[rows - 0.5, -0.5], scaleanchor=anchor, constrain="domain", constraintoward="top", domain=[0, 0.89], row=1, col=column)
    return figure


def coverage_curves(found: Mapping[str, Coverage]) -> go.Figure:
    """Σ_t α_ti of every patch, the most looked at first, on a logarithmic axis, and T / L where all would be equal."""
    figure = go.Figure(layout=theme.layout(_("The same numbers, patches in order"), 340))
    for (name, item), colour, dash in zip(found.items(), COLOURS, DASHES, strict=False):
        values = np.sort(item.looked.ravel())[::-1]
        figure.add_scatter(
            x=np.arange(1, values.size + 1), y=np.maximum(values, LEAST), mode="lines", name=theme.plain(name), line=dict(color=colour, dash=dash, width=2.5),
            customdata=values, hovertemplate="%{x}: %{customdata:.4f}<extra></extra>",
        )  # fmt: skip
    first = next(iter(found.values()))
    figure.add_hline(y=first.mean, line=dict(color=theme.MASKED, dash="dot"), annotation=dict(text=_("all equal: T / L = {mean}").format(mean=f"{first.mean:.3f}"), xanchor="right"))
    figure.update_xaxes(title=dict(text=_("patches, the most looked at first")))
    figure.update_yaxes(type="log", title=dict(text="Σ<sub>t</sub> α<sub>ti</sub>"), dtick=1, tickformat="~g")
    return figure.update_layout(legend=dict(orientation="h", x=0, y=1.02, yanchor="bottom"))
