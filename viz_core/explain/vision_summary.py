"""How far the heads of a vision transformer look, and which of its tokens hold no picture any more.

Axes: L layers, H heads, T tokens.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from viz_core.explain.vision_maps import ROWS_AT_ONCE, layers_of
from viz_core.trace import Axis, Trace
from viz_core.trace.errors import InputError

MOST_ROWS = 512  # query patches that distances are averaged over; of a larger grid that many, evenly spread
OUTLIER = 2.0  # a norm above this many times the median is no patch's like the others


@torch.no_grad()
def attention_distance(trace: Trace) -> NDArray:
    """Mean attention distance (Dosovitskiy et al. 2021, fig. 7 right) in patches, f32[L, H].

    Of every patch: Σ_j α_ij ‖place_i − place_j‖ over the patches j, their weights scaled to sum to 1; then the mean over the
    patches i (`MOST_ROWS` of them at most). What goes to the prefix has no distance and is left out.
    """
    first, places = _places(trace.source_axis)
    count = len(places)
    chosen = np.unique(np.linspace(first, first + count - 1, min(count, MOST_ROWS)).round().astype(int))
    rows = torch.from_numpy(chosen)
    far = torch.cdist(places[rows - first], places)  # (rows, patches)
    found = []
    for layer in layers_of(trace):
        parts = []
        for part, apart in zip(rows.split(ROWS_AT_ONCE), far.split(ROWS_AT_ONCE), strict=True):
            weights = layer.at(part)[..., first:]
            parts.append(((weights * apart).sum(-1) / weights.sum(-1).clamp(min=1e-30)).sum(-1))
        found.append(torch.stack(parts).sum(0) / len(chosen))
    return torch.stack(found).numpy()


def token_norms(trace: Trace) -> NDArray:
    """‖z‖₂ of every token after every layer, f32[L, T]."""
    return trace.series("hidden-state norm")


def artefacts(norms: NDArray, first: int, times: float = OUTLIER) -> NDArray:
    """Patches that the model uses as scratch paper: bool[T], true where the norm is above `times` the median of the patches
    after any layer of the later half (Darcet et al. 2024, §2.1: a small share of tokens whose norm is far above the others').

    norms: f32[L, T]; first: how many prefix tokens come before the patches (never true: that is what they are for).
    """
    if not times > 1:
        raise InputError(f"an outlier is {times} times the median; give a number above 1, such as {OUTLIER}")
    later = norms[len(norms) // 2 :]
    found = (later > times * np.median(later[:, first:], axis=1, keepdims=True)).any(0)
    found[:first] = False
    return found


def _places(axis: Axis) -> tuple[int, torch.Tensor]:
    """Number of prefix tokens, and f32[patches, 2] row and column of each patch."""
    if axis.kind != "patch" or "rows" not in axis.geometry:
        raise InputError(f"the positions of this trace are of kind {axis.kind!r}, not patches of a picture; give a trace of a vision model")
    rows, cols = (torch.arange(float(axis.geometry[name])) for name in ("rows", "cols"))  # type: ignore[arg-type]
    return int(axis.geometry["prefix"]), torch.cartesian_prod(rows, cols)  # type: ignore[call-overload]
