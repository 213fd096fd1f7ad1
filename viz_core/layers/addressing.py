"""Where the heads of a Neural Turing Machine look, and what they do there (Graves, Wayne & Danihelka 2014, §3).

Axes: B tapes, H heads, N cells, W width of a cell, S = 2r + 1 shifts from −r to +r. A weighting is a distribution over cells.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

EPSILON = 1e-8  # keeps cosines of empty cells and powers of weights of 0 finite


class Stages(NamedTuple):
    """One addressing, stage by stage, each f32[B, H, N]; all but the similarity sum to 1 over the cells."""

    similarity: Tensor
    content: Tensor
    gated: Tensor
    shifted: Tensor
    sharpened: Tensor


def cosine(keys: Tensor, memory: Tensor) -> Tensor:
    """K[k, M(i)] = k · M(i) / (‖k‖ ‖M(i)‖) (eq. 6). keys (B, H, W), memory (B, N, W) → (B, H, N), in −1 … 1."""
    lengths = keys.norm(dim=-1)[..., None] * memory.norm(dim=-1)[:, None]  # (B, H, N)
    return torch.bmm(keys, memory.transpose(1, 2)) / (lengths + EPSILON)


def content_weighting(similarity: Tensor, strength: Tensor) -> Tensor:
    """w^c = softmax(β K) over the cells (eq. 5). strength β ≥ 0, (B, H, 1): 0 gives every cell the same weight."""
    return (strength * similarity).softmax(dim=-1)


def interpolate(content: Tensor, previous: Tensor, gate: Tensor) -> Tensor:
    """w^g = g w^c + (1 − g) w_{t−1} (eq. 7). gate g in 0 … 1, (B, H, 1): 0 forgets the content, 1 the last weighting."""
    return torch.lerp(previous, content, gate)


def rotate(gated: Tensor, shift: Tensor) -> Tensor:
    """w̃(i) = Σ_j w^g(j) s(i − j), indices modulo N (eq. 8). shift (B, H, S) is a distribution over −r … +r.

    A shift of +1 moves the weight from cell i to cell i + 1, and from the last cell to the first.
    """
    cells, reach = gated.shape[-1], shift.shape[-1] // 2
    around = torch.cat([gated[..., cells - reach :], gated, gated[..., :reach]], dim=-1)  # (B, H, N + 2r)
    shares = shift.unsqueeze(-2).unbind(-1)  # S of (B, H, 1); a few fused sums are faster than one batched product
    shifted = around[..., 2 * reach :] * shares[0]  # moved by −r
    for place, share in enumerate(shares[1:], 1):
        start = 2 * reach - place
        shifted = torch.addcmul(shifted, around[..., start : start + cells], share)
    return shifted


def sharpen(shifted: Tensor, exponent: Tensor) -> Tensor:
    """w(i) = w̃(i)^γ / Σ_j w̃(j)^γ (eq. 9). exponent γ ≥ 1, (B, H, 1): 1 changes nothing."""
    return ((shifted + EPSILON).log() * exponent).softmax(dim=-1)  # w̃^γ = exp(γ log w̃); softmax also divides by the sum


def address(
    memory: Tensor, previous: Tensor, keys: Tensor, strength: Tensor, gate: Tensor, shift: Tensor, exponent: Tensor
) -> Stages:
    """The four stages of §3.3 for all heads at once: content → gate → shift → sharpen."""
    similarity = cosine(keys, memory)
    content = content_weighting(similarity, strength)
    gated = interpolate(content, previous, gate)
    shifted = rotate(gated, shift)
    return Stages(similarity, content, gated, shifted, sharpen(shifted, exponent))


def read(memory: Tensor, weightings: Tensor) -> Tensor:
    """r = Σ_i w(i) M(i) (eq. 2). memory (B, N, W), weightings (B, H, N) → (B, H, W)."""
    return torch.bmm(weightings, memory)


def write(memory: Tensor, weightings: Tensor, erase: Tensor, add: Tensor) -> Tensor:
    """M(i) ← M(i) Π_h (1 − w_h(i) e_h) + Σ_h w_h(i) a_h (eqs 3 and 4): every head erases, then every head adds.

    memory (B, N, W), weightings (B, H, N), erase in 0 … 1 and add (B, H, W) → the new memory; the old one stays as it is.
    """
    for head in range(weightings.shape[1]):
        memory = torch.addcmul(memory, memory, weightings[:, head, :, None] * erase[:, head, None], value=-1)  # (B, N, W)
    return torch.baddbmm(memory, weightings.transpose(1, 2), add)
