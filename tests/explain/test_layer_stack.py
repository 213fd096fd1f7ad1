"""Passes that begin at a layer: equal to whole passes, on twins that leave the model alone."""

from __future__ import annotations

import pytest
import torch
from tests.explain import small_models
from torch import nn

from viz_core.explain import packed_linear
from viz_core.explain.layer_stack import Passes, layers_of, twin
from viz_core.layers.edits import AblateHead


def encoder_passes() -> tuple[nn.Module, Passes, torch.Tensor]:
    encoder = small_models.bert()
    given = encoder.inputs(encoder.encode("the cat sat"))
    module = encoder.module
    with torch.inference_mode():
        passes = Passes(module, layers_of(module), lambda other, _rows: other(**given).last_hidden_state)
        return module, passes, module(**given).last_hidden_state


def test_layers_are_the_outermost_list() -> None:
    assert layers_of(small_models.bert().module) == [f"encoder.layer.{i}" for i in range(3)]
    names = layers_of(small_models.t5().module)
    assert names == ["encoder.block.0", "encoder.block.1", "decoder.block.0", "decoder.block.1"]


@torch.inference_mode()
def test_a_resumed_pass_is_the_whole_pass() -> None:
    _module, passes, expected = encoder_passes()
    assert passes.resumable and torch.equal(passes.first, expected)
    for name in passes.order:
        found = passes.resume(name, 3)
        assert found.shape == (3, *expected.shape[1:])
        torch.testing.assert_close(found, expected.expand_as(found), atol=2e-6, rtol=1e-5)


@torch.inference_mode()
def test_only_the_edited_row_changes() -> None:
    _module, passes, expected = encoder_passes()
    found = passes.resume("encoder.layer.1", 3, [AblateHead(1, 2, "zero", "encoder", batch=1)])
    same = [torch.allclose(row, expected[0], atol=1e-5) for row in found]
    assert same == [True, False, True]


def test_each_layer_knows_its_calls() -> None:
    _module, passes, _expected = encoder_passes()
    assert {name: [(c.site, c.layer) for c in calls] for name, calls in passes.calls.items()} == {
        f"encoder.layer.{i}": [("encoder", i)] for i in range(3)
    }


def test_a_twin_shares_parameters_and_only_its_forward_is_another() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.Linear(2, 2), nn.ReLU()))
    other = twin(model, {"1.0": lambda _layer, x: x * 0 - 1, "1": lambda layer, x: type(layer).forward(layer, x) + 5})
    x = torch.ones(1, 2)
    assert torch.equal(other(x), torch.full((1, 2), 5.0)), "ReLU(−1) + 5"
    assert other[0] is model[0] and other[1][0].weight is model[1][0].weight
    assert not torch.equal(model(x), other(x)) and "forward" not in model[1][0].__dict__


def test_packed_layers_compute_the_same() -> None:
    from transformers.pytorch_utils import Conv1D

    torch.manual_seed(0)
    model = nn.ModuleList([nn.Linear(24, 40), nn.Linear(24, 40, bias=False), Conv1D(40, 24), nn.LayerNorm(24), nn.Linear(24, 8).bfloat16()])
    found = packed_linear.packed(model)
    assert set(found) == ({"0", "1", "2"} if torch.backends.mkldnn.is_available() else set())
    x = torch.randn(2, 5, 24)
    with torch.inference_mode():
        for name, forward in found.items():
            torch.testing.assert_close(forward(model[int(name)], x), model[int(name)](x), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("change", ["size", "hook", "absent"])
def test_what_cannot_be_packed_stays_as_it_is(monkeypatch, change: str) -> None:
    model = nn.Sequential(nn.Linear(4, 4))
    if change == "size":
        monkeypatch.setattr(packed_linear, "MOST_BYTES", 10)
    elif change == "hook":
        model[0].register_forward_hook(lambda *_: None)
    else:
        monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    assert packed_linear.packed(model) == {}
