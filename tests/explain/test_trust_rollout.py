"""Rollout and relevance by hand."""

from __future__ import annotations

import numpy as np
import pytest

from viz_core.explain.rollout import cross_rollout, layer_maps, relevance, rollout
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


def test_an_encoder_decoder_by_hand():
    # E = ½I + ½FIRST = [[1, 0], [½, ½]]; the decoder's layers mix by M₁ = [[1, 0], [½, ½]] and M₂ = [[1, 0], [¼, ¾]].
    # layer 1: C = ½ SWAP E = [[¼, ¼], [½, 0]]; layer 2: M₂ C = [[¼, ¼], [7/16, 1/16]], then ½ of it + ½ I E
    # = [[⅝, ⅛], [15/32, 9/32]], each row of which sums to 1 − (½)² = ¾
    halves, same = np.array([[1.0, 0], [0.5, 0.5]]), np.eye(2)
    found = cross_rollout([FIRST[None]], [FIRST[None], halves[None]], [SWAP[None], same[None]])
    np.testing.assert_allclose(found, [[5 / 6, 1 / 6], [15 / 24, 9 / 24]])
    # without the decoder's self-attention only C ← ½ C + ½ A E: [[¼, ¼], [½, 0]] → [[⅝, ⅛], [½, ¼]]
    without = cross_rollout([FIRST[None]], None, [SWAP[None], same[None]])
    np.testing.assert_allclose(without, [[5 / 6, 1 / 6], [2 / 3, 1 / 3]])
    # without residuals a position only has what it looks at: what the last layer's cross-attention brings
    np.testing.assert_allclose(cross_rollout([FIRST[None]], [halves[None]], [SWAP[None]], residual=0.0), [[1, 0], [1, 0]])


def test_encoder_decoder_rollout_is_that_of_the_whole_graph():
    """The same as multiplying matrices over all source and target positions, one a sub-layer."""
    rng, (words, steps, layers) = np.random.default_rng(1), (4, 3, 2)
    encoder = [rng.dirichlet(np.ones(words), (2, words)) for _ in range(layers)]
    decoder = [np.tril(rng.random((2, steps, steps))) for _ in range(layers)]
    decoder = [heads / heads.sum(-1, keepdims=True) for heads in decoder]
    cross = [rng.dirichlet(np.ones(words), (2, steps)) for _ in range(layers)]
    source, target = slice(0, words), slice(words, words + steps)
    joint, keep = np.eye(words + steps), 0.3
    for heads in encoder:
        matrix = np.eye(words + steps)
        matrix[source, source] = keep * np.eye(words) + (1 - keep) * heads.mean(0)
        joint = matrix @ joint
    for own, across in zip(decoder, cross, strict=True):
        for columns, heads in ((target, own), (source, across)):
            matrix = np.eye(words + steps)
            matrix[target, target] *= keep
            matrix[target, columns] += (1 - keep) * heads.mean(0)
            joint = matrix @ joint
    np.testing.assert_allclose(joint[target, source].sum(-1), 1 - keep**layers)
    expected = joint[target, source] / (1 - keep**layers)
    np.testing.assert_allclose(cross_rollout(encoder, decoder, cross, residual=keep), expected)


def test_a_masked_row_of_cross_attention_brings_nothing_in():
    masked = np.array([[np.nan, np.nan], [0, 1.0]])
    # E = [[1, 0], [½, ½]]; layer 1: ½ [[1, 0], [1, 0]]; layer 2 leaves row 0 as it is, row 1: ½ [½, 0] + ½ [½, ½] = [½, ¼]
    found = cross_rollout([FIRST[None]], None, [FIRST[None], masked[None]], residual=0.5)
    np.testing.assert_allclose(found, [[1, 0], [2 / 3, 1 / 3]])
    np.testing.assert_allclose(cross_rollout([SWAP[None]], None, [masked[None]], residual=0.0), [[0, 0], [1, 0]])


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
    with pytest.raises(ShapeError, match="does not fit 2 decoder layers over 2 positions and a source of 2"):
        cross_rollout([SWAP[None]], [FIRST[None]] * 2, [SWAP[None]])
    with pytest.raises(ShapeError, match=r"cross-attention \(1, 3, 2\) does not fit"):
        cross_rollout([SWAP[None]], [FIRST[None]], [np.ones((1, 3, 2))])
    with pytest.raises(ShapeError, match="1 gradients do not fit the 2 layers"):
        relevance([SWAP[None], FIRST[None]], [SWAP[None]])
