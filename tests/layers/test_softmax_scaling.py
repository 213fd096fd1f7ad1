"""What softmax does without ÷ √d_k: the gradient against autograd, and the curves' known ends."""

from __future__ import annotations

import math

import numpy as np
import torch

from viz_core.layers.softmax_scaling import measure, softmax_gradient


def test_the_gradient_is_the_norm_of_autograds_jacobian() -> None:
    scores = torch.tensor([0.3, -1.2, 2.0, 0.0], dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(lambda s: s.softmax(-1), scores)
    torch.testing.assert_close(softmax_gradient(scores.softmax(-1)), jacobian.norm())


def test_the_gradient_of_a_nearly_certain_softmax_is_exact() -> None:
    tiny = 1e-20  # 1 − 1e-20 is 1 in float64: a formula with 1 − α would give 0
    found = softmax_gradient(torch.tensor([1.0, tiny], dtype=torch.float64))
    assert math.isclose(float(found), 2 * tiny, rel_tol=1e-6)


def test_scaled_scores_stay_and_others_collapse() -> None:
    found = measure(10, draws=200, depths=(1, 64, 512))
    assert np.array_equal(found.scaled["entropy"][0], found.unscaled["entropy"][0]), "√1 divides by 1"
    assert abs(found.scaled["entropy"][2, 1] - found.scaled["entropy"][1, 1]) < 0.1
    assert found.unscaled["largest"][2, 1] > 0.99 and found.scaled["largest"][2, 1] < 0.5
    assert found.unscaled["gradient"][2, 1] < 0.01 * found.scaled["gradient"][2, 1]
    assert all((np.diff(values, axis=1) >= 0).all() for values in (*found.scaled.values(), *found.unscaled.values())), "10 % ≤ median ≤ 90 %"
