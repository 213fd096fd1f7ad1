"""Self-attention with its numbers, against torch's own attention and by hand."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn
from torch.nn import functional

from viz_core.layers.self_attention import Projections, self_attention
from viz_core.trace.errors import InputError


def made(words: int = 5, width: int = 8, heads: int = 2, depth: int = 4) -> tuple[torch.Tensor, Projections]:
    generator = torch.Generator().manual_seed(0)

    def draw(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    biases = [draw(heads, depth) for _ in range(3)]
    return draw(words, width), Projections(*(draw(heads, width, depth) for _ in range(3)), draw(heads * depth, width), *biases)


@pytest.mark.parametrize("causal", [False, True])
def test_heads_are_torchs_scaled_dot_product_attention(causal: bool) -> None:
    x, projections = made()
    found = self_attention(x, projections, causal=causal)
    expected = functional.scaled_dot_product_attention(found.queries, found.keys, found.values, is_causal=causal)
    torch.testing.assert_close(found.heads, expected, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(found.scaled, found.scores / 2)
    assert bool((found.masked == -math.inf).any()) == causal


def test_the_output_is_torchs_multi_head_attention() -> None:
    x, p = made()
    module = nn.MultiheadAttention(8, 2, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        module.in_proj_weight.copy_(torch.cat([w.transpose(0, 1).flatten(1).T for w in (p.w_q, p.w_k, p.w_v)]))
        module.in_proj_bias.copy_(torch.cat([b.flatten() for b in (p.b_q, p.b_k, p.b_v)]))
        module.out_proj.weight.copy_(p.w_o.T)
        module.out_proj.bias.zero_()
        expected, weights = module(x[None], x[None], x[None], average_attn_weights=False)
    found = self_attention(x, p)
    torch.testing.assert_close(found.output, expected[0], rtol=1e-10, atol=1e-10)
    torch.testing.assert_close(found.weights, weights[0], rtol=1e-10, atol=1e-10)


def test_without_projections_query_key_and_value_are_the_embedding() -> None:
    x = torch.tensor([[1.0, 0.0], [0.0, 2.0]], dtype=torch.float64)
    found = self_attention(x, None, scaled=False)
    torch.testing.assert_close(found.scores[0], torch.tensor([[1.0, 0.0], [0.0, 4.0]], dtype=torch.float64))
    share = math.e / (math.e + 1)
    torch.testing.assert_close(found.output[0], torch.tensor([share, 2 * (1 - share)], dtype=torch.float64))


def test_other_similarities_by_hand() -> None:
    x = torch.tensor([[3.0, 4.0], [0.0, 2.0]], dtype=torch.float64)
    cosine = self_attention(x, None, "cosine", sharpness=2.0)
    torch.testing.assert_close(cosine.scaled[0], torch.tensor([[2.0, 1.6], [1.6, 2.0]], dtype=torch.float64))
    w_q, w_k, v = torch.tensor([[[1.0], [0.0]]]).double(), torch.tensor([[[0.0], [1.0]]]).double(), torch.tensor([[2.0]]).double()
    additive = self_attention(x, None, "additive", additive=(w_q, w_k, v))
    expected = [[2 * math.tanh(a + b) for b in (4, 2)] for a in (3, 0)]
    torch.testing.assert_close(additive.scaled[0], torch.tensor(expected, dtype=torch.float64))
    with pytest.raises(InputError, match="'sum' is unknown"):
        self_attention(x, None, "sum")
