"""Rollout and relevance by hand."""

from __future__ import annotations

import numpy as np
import pytest

from viz_core.explain.rollout import layer_maps, relevance, rollout
from viz_core.trace import AttentionMap, Axis, Dense
from viz_core.trace.errors import InputError, ShapeError

SWAP, FIRST = np.array([[0.0, 1], [1, 0]]), np.array([[1.0, 0], [1, 0]])


def test_two_layers_by_hand():
    # Ā₁ = ½I + ½SWAP, Ā₂ = ½I + ½FIRST; the result is Ā₂ Ā₁
    np.testing.assert_allclose(rollout([SWAP[None], FIRST[None]]), [[0.5, 0.5], [0.5, 0.5]])
    np.testing.assert_allclose(rollout([FIRST[None], SWAP[None]]), [[0.75, 0.25], [0.75, 0.25]])
    np.testing.assert_allclose(rollout([SWAP[None], FIRST[None]], residual=0.0), [[0, 1], [0, 1]])
    np.testing.assert_allclose(rollout([SWAP[None], FIRST[None]], residual=1.0), np.eye(2))


def test_heads_are_fused_and_rows_sum_to_one():
    heads = np.stack([SWAP, FIRST])
    np.testing.assert_allclose(rollout([heads], residual=0.0), [[0.5, 0.5], [1, 0]])
    np.testing.assert_allclose(rollout([heads], residual=0.0, fusion="max"), [[0.5, 0.5], [1, 0]])
    # the smallest of both heads is 0 everywhere in the first row: only its residual is left
    np.testing.assert_allclose(rollout([heads], residual=0.0, fusion="min"), [[1, 0], [1, 0]])
    rng = np.random.default_rng(0)
    random = [rng.dirichlet(np.ones(5), (3, 5)) for _ in range(4)]
    for fusion in ("mean", "max", "min"):
        np.testing.assert_allclose(rollout(random, fusion=fusion).sum(-1), 1)


def test_a_masked_row_passes_only_itself_on():
    masked = np.array([[np.nan, np.nan], [1, 0]])
    np.testing.assert_allclose(rollout([masked[None]]), [[1, 0], [0.5, 0.5]])


def test_relevance_keeps_only_positive_gradients():
    gradients = np.array([[0.0, 2], [-1, 0]])
    np.testing.assert_allclose(relevance([SWAP[None]], [gradients[None]]), [[1, 2], [0, 1]])
    np.testing.assert_allclose(relevance([SWAP[None], FIRST[None]], [gradients[None], np.ones((1, 2, 2))]), [[2, 4], [1, 3]])


def test_layers_of_a_map():
    values = np.stack([np.stack([SWAP, FIRST]), np.stack([FIRST, FIRST])]).astype(np.float32)
    axis = Axis("token", ("a", "b"))
    found = AttentionMap("encoder", axis, axis, Dense(values), ("0", "1"), ("0", "1"))
    np.testing.assert_allclose(layer_maps(found, 0), values[0])


def test_what_cannot_be_rolled_out_is_said():
    with pytest.raises(ShapeError, match=r"square maps .* found \(1, 2, 3\)"):
        rollout([np.ones((1, 2, 3))])
    with pytest.raises(ShapeError, match="found none"):
        rollout([])
    with pytest.raises(InputError, match="fusion 'sum'"):
        rollout([SWAP[None]], fusion="sum")
    with pytest.raises(ShapeError, match="1 gradients do not fit the 2 layers"):
        relevance([SWAP[None], FIRST[None]], [SWAP[None]])
