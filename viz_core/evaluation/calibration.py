"""How far the probabilities that a classifier states are from how often it is right."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viz_core.trace.errors import ShapeError

BINS = 15


def expected_calibration_error(confidence: NDArray, right: NDArray, bins: int = BINS) -> float:
    """Σ_b n_b / n · |accuracy_b − mean confidence_b| over equally wide bins of confidence, 0–1 (Guo et al. 2017, eq. 3).

    confidence: f[N], the probability of what was said; right: bool[N]. Raises ShapeError for other shapes or none at all.
    """
    confidence, right = np.asarray(confidence, float), np.asarray(right, bool)
    if confidence.shape != right.shape or confidence.ndim != 1 or not len(right):
        raise ShapeError(f"confidences {confidence.shape} and outcomes {right.shape} must be one each for one picture or more")
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = np.bincount(place, right - confidence, bins)  # n_b · (accuracy_b − confidence_b)
    return float(np.abs(gaps).sum() / len(right))


def area_under_roc(positive: NDArray, negative: NDArray) -> float:
    """Probability that a positive scores above a negative, ties half (Fawcett 2006, §7), 0–1."""
    scores = np.concatenate([positive, negative])
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]  # equal scores share their mean rank
    n, m = len(positive), len(negative)
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * m))
