"""Layers of a model that reads everything at once: told apart, or refused."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from viz_core.capture import record
from viz_core.models.layer_by_layer import layer_maps
from viz_core.trace import Axis, InputError

TOKENS = Axis("token", ("a", "b", "c"))


class Stack(nn.Module):
    """Two layers of self-attention with two heads."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(nn.MultiheadAttention(4, 2, batch_first=True) for _ in range(2))

    def forward(self, x):
        for layer in self.layers:
            x = layer(x, x, x, need_weights=False)[0]
        return x


def calls(tokens=3):
    torch.manual_seed(0)
    with record() as found, torch.inference_mode():
        Stack().eval()(torch.rand(1, tokens, 4))
    return found.calls


def test_each_layer_has_its_heads():
    maps = layer_maps(calls(), TOKENS, 2, "toy")
    assert [len(layer) for layer in maps] == [1, 1] and [len(layer[0].heads) for layer in maps] == [2, 2]
    assert maps[0][0].map(0, 1).sum(-1) == pytest.approx(1, abs=1e-5)


def test_attention_between_other_places_is_refused():
    with pytest.raises(InputError, match="4 × 4 for 3 tokens"):
        layer_maps(calls(tokens=4), TOKENS, 2, "toy")


def test_a_layer_without_attention_is_refused():
    with pytest.raises(InputError, match="toy has 3 hidden states but attention in 2 layers"):
        layer_maps(calls(), TOKENS, 3, "toy")
