"""Why scores are divided by √d_k (Vaswani et al. 2017, §3.2.1, footnote 4): what softmax does to dot products of longer and longer vectors."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

DEPTHS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
BAND = (0.1, 0.5, 0.9)  # quantiles over the draws
MEASURES = ("entropy", "largest", "gradient")


class Scaling(NamedTuple):
    """Quantiles over the draws, f32[depth, 3] (10 %, median, 90 %) by measure, for scores divided by √d_k and as they are."""

    depths: tuple[int, ...]
    scaled: dict[str, NDArray]
    unscaled: dict[str, NDArray]


def measure(keys: int, draws: int = 400, seed: int = 0, depths: tuple[int, ...] = DEPTHS) -> Scaling:
    """Softmax of q·k over `keys` keys whose numbers, like those of q, are drawn from N(0, 1), at every depth.

    A score then has variance d_k: without the division by its standard deviation √d_k softmax nears 0 and 1 as vectors grow.
    """
    generator = torch.Generator().manual_seed(seed)
    found: tuple[list, list] = ([], [])
    for depth in depths:
        q = torch.randn(draws, 1, depth, generator=generator)
        k = torch.randn(draws, keys, depth, generator=generator)
        scores = (q * k).sum(-1)  # (draws, keys)
        for place, values in zip(found, (scores / depth**0.5, scores), strict=True):
            place.append(_measures(values))
    scaled, unscaled = ({name: np.stack([row[name] for row in rows]) for name in MEASURES} for rows in found)
    return Scaling(depths, scaled, unscaled)


def softmax_gradient(weights: Tensor) -> Tensor:
    """‖∂α/∂e‖_F of softmax, from α alone: ∂α_i/∂e_j = α_i (δ_ij − α_j). weights (…, n) → (…)."""
    others = 1 - torch.eye(weights.shape[-1], dtype=weights.dtype, device=weights.device)  # sums without a term, not 1 − it: exact near 0
    rest, squares = weights @ others, weights.square()
    return (squares * (rest.square() + squares @ others)).sum(-1).sqrt()


def _measures(scores: Tensor) -> dict[str, NDArray]:
    """Entropy in nats, largest weight, gradient that is left; the quantiles of each."""
    weights = scores.double().softmax(-1)
    entropy = -torch.xlogy(weights, weights).sum(-1)
    values = {"entropy": entropy, "largest": weights.amax(-1), "gradient": softmax_gradient(weights)}
    band = torch.tensor(BAND, dtype=torch.float64)
    return {name: torch.quantile(found, band).float().numpy() for name, found in values.items()}
