"""What ÷ √d_k does to the scores of a run (Vaswani et al. 2017, §3.2.1), from its records."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from viz_core.trace import Trace


@dataclass(frozen=True)
class ScoreScaling:
    """Over all steps and heads of one attention: d_k; standard deviation of the scores and of the scaled scores; mean of
    the largest weight as the softmax of either."""

    depth: int
    scores: float
    scaled: float
    largest_of_scores: float
    largest_of_scaled: float


def score_scaling(trace: Trace, record: str) -> ScoreScaling:
    """record: an attention of the decoder, such as "decoder 3 cross-attention"; InputError when the run has none."""
    depth = trace.steps[0].quantity(f"{record} · queries").values.shape[-1]
    numbers, largest = {}, {}
    for name in ("scores", "scaled scores"):
        rows = [step.quantity(f"{record} · {name}").values.astype(float) for step in trace.steps]  # (head, key) each
        numbers[name] = float(np.std(np.concatenate([row.ravel() for row in rows])))
        largest[name] = float(np.mean([_largest_weight(row) for row in rows]))
    return ScoreScaling(depth, numbers["scores"], numbers["scaled scores"], largest["scores"], largest["scaled scores"])


def _largest_weight(scores: np.ndarray) -> float:
    """Mean over the rows of the largest softmax weight: 1 / Σ exp(score − largest score)."""
    return float((1 / np.exp(scores - scores.max(-1, keepdims=True)).sum(-1)).mean())
