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


def all_layers(attention: AttentionMap) -> list[NDArray]:
    """`layer_maps` of every layer, the first one first."""
    return [layer_maps(attention, layer) for layer in range(len(attention.layers))]


def rollout(layers: Sequence[NDArray], residual: float = 0.5, fusion: str = "mean") -> NDArray:
    """Attention rollout (Abnar & Zuidema 2020, §3): the product of the layers' maps, each with its residual, f64[Q, K].

    layers: the first layer first, f[H, Q, K] each; the heads are fused by mean, max or min, the row is normalised to 1,
    and Ā = residual · I + (1 − residual) · A. Rows of the result sum to 1; a masked row passes only its residual on.
    Raises ShapeError for maps that are not square or differ, InputError for an unknown fusion or a residual outside 0–1.
    """
    _check(layers)
    _check_options(residual, fusion)
    joint = np.eye(layers[0].shape[-1])
    for heads in layers:
        joint = _mixing(heads, residual, fusion) @ joint
    return joint


def cross_rollout(
    encoder: Sequence[NDArray], decoder: Sequence[NDArray] | None, cross: Sequence[NDArray], residual: float = 0.5, fusion: str = "mean"
) -> NDArray:
    """Rollout through encoder and decoder: how much of what each target position holds comes from each source word, f64[T, S].

    The paths are those of Chefer et al. 2021b, §3.2 (self-attention mixes what a position has gathered, eqs 6 and 7;
    cross-attention brings in what the encoder has gathered, eq. 10), the numbers those of Abnar & Zuidema 2020 (residuals,
    no gradients). With E the encoder's `rollout` and C = 0 at first, for each decoder layer

        C ← (r I + (1 − r) A_self) C,   then   C ← r C + (1 − r) A_cross E,

    which is the rollout of the whole graph over source and target positions. What then comes from earlier outputs, r^L of
    every row, is left out and the rows are scaled to sum to 1.
    encoder: f[H, S, S] each; decoder: f[H, T, T] each, None where the decoder has no self-attention; cross: f[H, T, S]
    each. Errors as `rollout`; ShapeError for another number of layers, or maps that do not fit together.
    """
    back = rollout(encoder, residual, fusion)
    if decoder is not None:
        _check(decoder)
    wanted = (len(cross[0][0]) if decoder is None else len(decoder[0][0]), len(back))
    if any(np.shape(heads)[1:] != wanted for heads in cross) or (decoder is not None and len(decoder) != len(cross)):
        raise ShapeError(
            f"cross-attention {', '.join(str(np.shape(heads)) for heads in cross)} does not fit {len(decoder or cross)} decoder layers "
            f"over {wanted[0]} positions and a source of {wanted[1]}; give the maps of one run, a layer each"
        )
    gathered = np.zeros(wanted)
    for layer, heads in enumerate(cross):
        if decoder is not None:
            gathered = _mixing(decoder[layer], residual, fusion) @ gathered
        fused, masked = _fused(heads, fusion)
        gathered = np.where(masked, gathered, residual * gathered + (1 - residual) * fused @ back)
    total = gathered.sum(-1, keepdims=True)
    return gathered / np.where(total > 0, total, 1)


def _mixing(heads: NDArray, residual: float, fusion: str) -> NDArray:
    """Ā of one layer of self-attention, f64[Q, Q]."""
    fused, masked = _fused(heads, fusion)
    identity = np.eye(fused.shape[-1])
    return residual * identity + (1 - residual) * np.where(masked, identity, fused)


def _fused(heads: NDArray, fusion: str) -> tuple[NDArray, NDArray]:
    """All heads as one map whose rows sum to 1, f64[Q, K], and which rows have nothing to look at, bool[Q, 1]."""
    fused = np.nan_to_num(FUSIONS[fusion](np.asarray(heads, float)))
    total = fused.sum(-1, keepdims=True)
    return fused / np.where(total > 0, total, 1), total <= 0


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

    A decoder that reads the source itself: the rollout of its own maps, from the step's position. An encoder–decoder:
    `cross_rollout`; a decoder that remembers by other means than attention counts as one without self-attention.
    """
    count, maps = len(source), {name: trace.attention(name) for name in trace.sites}
    found = maps[site]
    rows = len(found.query_axis)
    if site == "cross" and "encoder" in maps and len(maps["encoder"].query_axis) == count == len(maps["encoder"].key_axis):
        whole = cross_rollout(all_layers(maps["encoder"]), _own(maps.get("decoder"), found), all_layers(found), residual)
    elif site == "cross" or len(found.layers) < 2 or rows != len(found.key_axis):
        return None
    else:
        whole = rollout(all_layers(found), residual)
    return whole[rows - len(trace) :, :count]


def _own(decoder: AttentionMap | None, cross: AttentionMap) -> list[NDArray] | None:
    """The decoder's self-attention beside its cross-attention; None where it has none for the same positions."""
    if decoder is None or len(decoder.layers) != len(cross.layers):
        return None
    count = len(cross.query_axis)
    return all_layers(decoder) if len(decoder.query_axis) == len(decoder.key_axis) == count else None


def _check_options(residual: float, fusion: str) -> None:
    if fusion not in FUSIONS or not 0 <= residual <= 1:
        raise InputError(f"fusion {fusion!r} with residual {residual} is unknown; use one of {', '.join(FUSIONS)} and a residual in 0 … 1")


def _check(layers: Sequence[NDArray]) -> None:
    shapes = {np.shape(heads)[1:] for heads in layers if np.ndim(heads) == 3}
    if len(shapes) != 1 or any(np.ndim(heads) != 3 for heads in layers) or len(set(*shapes)) != 1:
        found = ", ".join(str(np.shape(heads)) for heads in layers) or "none"
        raise ShapeError(f"rollout needs square maps (head, position, position) of one size; found {found}")
