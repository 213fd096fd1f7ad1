"""Multi-head self-attention with every number on the way (Vaswani et al. 2017, §3.2), and four ways to score a query and a key.

Axes: T words, D width of an embedding (d_model), H heads, K width of a head (d_k = d_v).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from viz_core.layers.attention import additive_scores, attention_weights
from viz_core.trace.errors import InputError

SCORES = ("dot", "additive", "cosine")


class Projections(NamedTuple):
    """w_q, w_k, w_v (H, D, K); w_o (H·K, D); biases b_q, b_k, b_v (H, K) or None."""

    w_q: Tensor
    w_k: Tensor
    w_v: Tensor
    w_o: Tensor
    b_q: Tensor | None = None
    b_k: Tensor | None = None
    b_v: Tensor | None = None


class Inside(NamedTuple):
    """What was computed, in order. queries, keys, values, heads (H, T, K); scores, scaled, masked, weights (H, T, T);
    concat (T, H·K); output (T, D), or the only head itself where there are no projections."""

    queries: Tensor
    keys: Tensor
    values: Tensor
    scores: Tensor
    scaled: Tensor
    masked: Tensor
    weights: Tensor
    heads: Tensor
    concat: Tensor
    output: Tensor


def self_attention(
    x: Tensor, projections: Projections | None, score: str = "dot", scaled: bool = True, causal: bool = False,
    additive: tuple[Tensor, Tensor, Tensor] | None = None, sharpness: float = 1.0,
) -> Inside:  # fmt: skip
    """Self-attention over x (T, D).

    projections: None for q = k = v = x (one head). score: `dot` (÷ √d_k when scaled), `additive` with its parameters
    (W_q (H, K, A), W_k (H, K, A), v (H, A)), or `cosine` times sharpness (β of Graves et al. 2014, eq. 5). causal: a word
    sees itself and those before it.
    """
    q, k, v = (x[None],) * 3 if projections is None else _projected(x, projections)
    scores = _scores(q, k, score, additive)
    factor = {"dot": 1 / math.sqrt(q.shape[-1]) if scaled else 1.0, "additive": 1.0, "cosine": sharpness}[score]
    after = scores * factor
    seen = torch.ones(x.shape[0], x.shape[0], dtype=torch.bool, device=x.device)
    masked = after.masked_fill(~seen.tril(), -torch.inf) if causal else after
    weights = attention_weights(masked, None).to(v.dtype) if v.dtype != torch.float64 else masked.softmax(-1)
    heads = weights @ v
    concat = heads.transpose(0, 1).flatten(1)
    output = concat if projections is None else concat @ projections.w_o
    return Inside(q, k, v, scores, after, masked, weights, heads, concat, output)


def _projected(x: Tensor, p: Projections) -> tuple[Tensor, Tensor, Tensor]:
    """q, k, v (H, T, K)."""
    pairs = ((p.w_q, p.b_q), (p.w_k, p.b_k), (p.w_v, p.b_v))
    q, k, v = (x @ weight + (0 if bias is None else bias[:, None]) for weight, bias in pairs)
    return q, k, v


def _scores(q: Tensor, k: Tensor, score: str, additive: tuple[Tensor, Tensor, Tensor] | None) -> Tensor:
    """(H, T, T)."""
    if score == "dot":
        return q @ k.transpose(-1, -2)
    if score == "cosine":
        return torch.cosine_similarity(q[:, :, None], k[:, None], dim=-1)
    if score == "additive" and additive is not None:
        w_q, w_k, v = additive
        return torch.stack([additive_scores((q[h] @ w_q[h])[None], (k[h] @ w_k[h])[None], v[h])[0] for h in range(len(q))])
    raise InputError(f"the score {score!r} is unknown or lacks its parameters; use one of {', '.join(SCORES)}")
