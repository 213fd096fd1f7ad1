"""Score functions and the weighted sum of attention, each returning what it computed on the way.

Axes: N sources, B hypotheses (decoder states) of a source, S source positions, H state size, A score size.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def dot_scores(states: Tensor, memory: Tensor) -> Tensor:
    """e_ij = s_iᵀ h_j (Luong et al. 2015, eq. 8, dot). states (N, B, H), memory (N, S, H) → (N, B, S)."""
    return states @ memory.transpose(-1, -2)


def additive_scores(projected_states: Tensor, projected_memory: Tensor, v: Tensor) -> Tensor:
    """e_ij = vᵀ tanh(W s_i + U h_j) (Bahdanau et al. 2015, A.1.2; Luong's concat).

    projected_states (N, B, A), projected_memory (N, S, A), v (A) → (N, B, S).
    """
    return torch.tanh(projected_states[:, :, None] + projected_memory[:, None]) @ v


def scaled_scores(query: Tensor, key: Tensor, mask: Tensor | None = None) -> Tensor:
    """q kᵀ / √d (Vaswani et al. 2017, eq. 1), (..., Q, d) and (..., K, d) → (..., Q, K); −inf where the mask is False."""
    scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])
    return scores if mask is None else scores.masked_fill(~mask, -torch.inf)  # −inf, not −1e9: exact zeros, safe in half precision


def attention_weights(scores: Tensor, mask: Tensor | None) -> Tensor:
    """α = softmax(e) over the last axis; mask is True where a key may be seen. A fully masked row is NaN."""
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return scores.float().softmax(dim=-1)


def attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Scaled dot-product attention (Vaswani et al. 2017, eq. 1). Returns the output and the weights.

    query (..., Q, d), key (..., K, d), value (..., K, v); mask True where visible, broadcastable to (..., Q, K).
    """
    weights = attention_weights(scaled_scores(query, key, mask), None)  # (..., Q, K)
    return weights.to(value.dtype) @ value, weights
