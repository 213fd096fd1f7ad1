"""Charts of a vision model: how far its heads look, what its patch embedding looks for, and its classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from viz_core.figures import theme
from viz_core.figures.words import _

MOST_FILTERS = 96
COMPONENTS = 28


def distances(values: NDArray, layer: int | None = None) -> go.Figure:
    """Mean attention distance of every head, in patches, by layer: f32[L, H]. layer: drawn in the accent colour."""
    layers, heads = values.shape
    figure = go.Figure(layout=theme.layout(_("How far each head looks (mean distance in patches)"), 320))
    x, names = np.repeat(np.arange(layers), heads), [f"{i}.{j}" for i in range(layers) for j in range(heads)]
    colours = [theme.ACCENT if i == layer else "#3563c0" for i in x]
    figure.add_scatter(x=x, y=values.ravel(), mode="markers", marker=dict(size=9, color=colours, opacity=0.85), showlegend=False, customdata=names,
                       hovertemplate=_("layer and head {name}: {x} patches").format(name="%{customdata}", x="%{y:.2f}") + "<extra></extra>")  # fmt: skip
    figure.add_scatter(x=np.arange(layers), y=values.mean(1), mode="lines", line=dict(color=theme.MASKED, dash="dash"), name=_("mean of the layer"), hoverinfo="skip")
    figure.update_xaxes(title=dict(text=_("layer")), dtick=1, range=[-0.5, layers - 0.5])
    return figure.update_yaxes(title=dict(text=_("patches")), rangemode="tozero")


def classes(names: Sequence[str], probabilities: Sequence[float]) -> go.Figure:
    """The most probable classes, the best at the top; probabilities from 0 to 1."""
    figure = go.Figure(layout=theme.layout(_("What the model takes it for"), 90 + 34 * len(names)))
    figure.add_bar(
        y=[theme.plain(name) for name in names], x=list(probabilities), orientation="h", marker=dict(color="#3563c0"), showlegend=False,
        text=[f"{p:.1%}" for p in probabilities], textposition="outside", cliponaxis=False, hovertemplate="%{y}: %{x:.4f}<extra></extra>",
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed")
    return figure.update_xaxes(range=[0, 1.08], title=dict(text=_("probability")))


def filters(kernel: NDArray, most: int = MOST_FILTERS, gap: int = 1) -> NDArray[np.uint8]:
    """The filters of a patch embedding as one picture, u8[height, width, 3]: those with the largest norm first, each from its
    own darkest to its lightest number. kernel: f32[D, C, P, P], C 1 or 3."""
    order = np.argsort(-np.linalg.norm(kernel.reshape(len(kernel), -1), axis=1), kind="stable")[:most]
    return _mosaic([_scaled(kernel[i]) for i in order], gap)


def components(kernel: NDArray, most: int = COMPONENTS, gap: int = 1) -> NDArray[np.uint8]:
    """The principal components of all filters (Dosovitskiy et al. 2021, fig. 7 left): what the D filters are mixed from."""
    flat = kernel.reshape(len(kernel), -1).astype(np.float64)
    rows = np.linalg.svd(flat - flat.mean(0), full_matrices=False)[2][:most]
    return _mosaic([_scaled(row.reshape(kernel.shape[1:])) for row in rows], gap)


def _scaled(part: NDArray) -> NDArray[np.uint8]:
    low, high = float(part.min()), float(part.max())
    grey = np.rint((part - low) * (255 / ((high - low) or 1.0))).astype(np.uint8).transpose(1, 2, 0)
    return np.repeat(grey, 3, axis=2) if grey.shape[-1] == 1 else grey


def _mosaic(tiles: Sequence[NDArray[np.uint8]], gap: int) -> NDArray[np.uint8]:
    side = tiles[0].shape[0] + gap
    across = min(len(tiles), 16 if len(tiles) > 32 else 14)
    sheet = np.full((-(-len(tiles) // across) * side - gap, across * side - gap, 3), 255, np.uint8)
    for i, tile in enumerate(tiles):
        y, x = i // across * side, i % across * side
        sheet[y : y + side - gap, x : x + side - gap] = tile
    return sheet
