"""Importance of source positions from the gradient of an output's log-probability with respect to their embeddings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from viz_core.models.occlusion import Differentiable
from viz_core.models.protocol import Source


def embedding_gradients(model: Differentiable, source: Source, choices: Sequence[int]) -> tuple[NDArray, NDArray]:
    """The embeddings f32[S, D] and d log p(y_t | y_<t, x) / d embedding of every output, f32[T, S, D]."""
    embedded, gradients = model.gradients(source, choices)
    return embedded.float().cpu().numpy(), gradients.float().cpu().numpy()


def gradient_input(embedded: NDArray, gradients: NDArray) -> NDArray:
    """Gradient × input (Shrikumar et al. 2017, §2): Σ_d e_sd · ∂ log p / ∂e_sd, f32[..., S], signed.

    A first-order estimate of how much log p (nats) would fall if that embedding became 0.
    """
    return np.einsum("sd,...sd->...s", embedded, gradients)


def gradient_norm(gradients: NDArray) -> NDArray:
    """Saliency (Simonyan et al. 2014, §3; the norm over dimensions as Li et al. 2016): ‖∂ log p / ∂e_s‖₂, f32[..., S]."""
    return np.linalg.norm(gradients, axis=-1)
