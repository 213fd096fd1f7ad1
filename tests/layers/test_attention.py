"""Score functions and the weighted sum, by hand and against torch."""

import math

import torch
from torch.nn import functional as F

from viz_core.layers.attention import additive_scores, attend, attention_weights, dot_scores


def test_dot_scores_by_hand():
    states, memory = torch.tensor([[[1.0, 2.0]]]), torch.tensor([[[3.0, 4.0], [0.0, -1.0]]])
    assert dot_scores(states, memory).tolist() == [[[11.0, -2.0]]]


def test_additive_scores_by_hand():
    states, memory, v = torch.tensor([[[0.5]]]), torch.tensor([[[0.5], [-0.5]]]), torch.tensor([2.0])
    expected = [2 * math.tanh(1.0), 0.0]
    torch.testing.assert_close(additive_scores(states, memory, v)[0, 0], torch.tensor(expected))


def test_weights_by_hand_and_masked_row_is_nan():
    scores = torch.tensor([[0.0, math.log(3.0), 5.0], [1.0, 1.0, 1.0]])
    mask = torch.tensor([[True, True, False], [False, False, False]])
    weights = attention_weights(scores, mask)
    torch.testing.assert_close(weights[0], torch.tensor([0.25, 0.75, 0.0]))
    assert weights[1].isnan().all()


def test_attend_equals_torch():
    torch.manual_seed(0)
    q, k, v = torch.randn(2, 3, 4, 8), torch.randn(2, 3, 6, 8), torch.randn(2, 3, 6, 5)
    mask = torch.rand(4, 6) > 0.3
    mask[:, 0] = True
    output, weights = attend(q, k, v, mask)
    torch.testing.assert_close(output, F.scaled_dot_product_attention(q, k, v, attn_mask=mask))
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 3, 4))
    assert (weights.masked_select(~mask) == 0).all()
