"""Attention followed through several layers: rollout, and relevance where gradients are at hand.

Axes: L layers, H heads, Q = K positions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from viz_core.trace import AttentionMap, Axis, Trace
from viz_core.trace.errors import InputError, ShapeError

FUSIONS: dict[str, Callable[[NDArray], NDArray]] = {
    "mean": lambda heads: heads.mean(0),
    "max": lambda heads: heads.max(0),
    "min": lambda heads: heads.min(0),
}


def layer_maps(attention: AttentionMap, layer: int) -> NDArray:
    """All heads of one layer, f32[H, Q, K]."""
    return np.stack([attention.map(layer, head) for head in range(len(attention.heads))])


def rollout(layers: Sequence[NDArray], residual: float = 0.5, fusion: str = "mean") -> NDArray:
    """Attention rollout (Abnar & Zuidema 2020, §3): the product of the layers' maps, each with its residual, f64[Q, K].

    layers: the first layer first, f[H, Q, K] each; the heads are fused by mean, max or min, the row is normalised to 1,
    and Ā = residual · I + (1 − residual) · A. Rows of the result sum to 1; a masked row passes only its residual on.
    Raises ShapeError for maps that are not square or differ, InputError for an unknown fusion or a residual outside 0–1.
    """
    _check(layers)
    if fusion not in FUSIONS or not 0 <= residual <= 1:
        raise InputError(f"fusion {fusion!r} with residual {residual} is unknown; use one of {', '.join(FUSIONS)} and a residual in 0 … 1")
    identity = np.eye(layers[0].shape[-1])
    joint = identity
    for heads in layers:
        fused = np.nan_to_num(FUSIONS[fusion](np.asarray(heads, float)))
        total = fused.sum(-1, keepdims=True)
        fused = np.where(total > 0, fused / np.where(total > 0, total, 1), identity)
        joint = (residual * identity + (1 - residual) * fused) @ joint
    return joint


def relevance(layers: Sequence[NDArray], gradients: Sequence[NDArray]) -> NDArray:
    """Gradient-weighted rollout (Chefer et al. 2021b, eq. 5–6): R ← R + mean_h max(0, ∇A ⊙ A) R from R = I, f64[Q, K].

    gradients: of the explained output with respect to each layer's weights, f[H, Q, K] each. Rows do not sum to 1.
    """
    _check(layers)
    if [np.shape(g) for g in gradients] != [np.shape(a) for a in layers]:
        raise ShapeError(f"{len(gradients)} gradients do not fit the {len(layers)} layers; give one of the same shape for each")
    joint = np.eye(layers[0].shape[-1])
    for heads, gradient in zip(layers, gradients, strict=True):
        weighted = np.nan_to_num(np.asarray(heads, float) * np.asarray(gradient, float))
        joint = joint + weighted.clip(min=0).mean(0) @ joint
    return joint


def rollout_rows(trace: Trace, site: str, source: Axis, residual: float = 0.5) -> NDArray | None:
    """Every step's rollout over the source's positions, f64[T, S]; None where there is one layer only, or no map to roll.

    A decoder that reads the source itself: the rollout of its own maps, from the step's position. An encoder–decoder: the
    step's cross-attention (mean of layers and heads) carried back through the rollout of the encoder.
    """
    count, maps = len(source), {name: trace.attention(name) for name in trace.sites}
    found = maps[site]
    if site == "cross" and "encoder" in maps and len(maps["encoder"].query_axis) == count == len(maps["encoder"].key_axis):
        encoder = maps["encoder"]
        back = rollout([layer_maps(encoder, i) for i in range(len(encoder.layers))], residual)
        return np.mean([layer_maps(found, i).mean(0) for i in range(len(found.layers))], axis=0) @ back
    rows = len(found.query_axis)
    if site == "cross" or len(found.layers) < 2 or rows != len(found.key_axis):
        return None
    whole = rollout([layer_maps(found, i) for i in range(len(found.layers))], residual)
    return whole[rows - len(trace) :, :count]


def _check(layers: Sequence[NDArray]) -> None:
    shapes = {np.shape(heads)[1:] for heads in layers if np.ndim(heads) == 3}
    if len(shapes) != 1 or any(np.ndim(heads) != 3 for heads in layers) or len(set(*shapes)) != 1:
        found = ", ".join(str(np.shape(heads)) for heads in layers) or "none"
        raise ShapeError(f"rollout needs square maps (head, position, position) of one size; found {found}")
