"""The machine against a straightforward implementation, and what its forms promise."""

from __future__ import annotations

import pytest
import torch

from tests.models.ntm_reference import Reference
from viz_core.models.ntm import CONTENT, FEED_FORWARD, NTM, Config

SMALL = {"cells": 12, "width": 6, "hidden": 10}


def machine(**options: object) -> NTM:
    torch.manual_seed(1)
    return NTM(Config(9, 8, **{**SMALL, **options})).eval()


@pytest.mark.parametrize("options", [{}, {"reads": 2, "writes": 2}, {"shifts": 2}])
@torch.inference_mode()
def test_equals_the_straightforward_implementation(options):
    module, symbols = machine(**options), torch.rand(3, 7, 9)
    torch.testing.assert_close(module(symbols), Reference(module)(symbols), atol=1e-5, rtol=0)


@torch.inference_mode()
def test_no_weight_knows_the_number_of_cells():
    """While no head has come around, more cells change nothing but how far the content weighting spreads: here it is shut out."""
    module, symbols = machine(), torch.rand(2, 4, 9)
    with torch.no_grad():
        sizes = module.config.sizes
        for head in range(module.config.heads):
            module.interface.bias[head * sum(sizes) + sizes[0] + 1] = -40.0  # g = 0
    torch.testing.assert_close(module(symbols, cells=12), module(symbols, cells=50), atol=1e-5, rtol=0)


@torch.inference_mode()
def test_a_tick_leaves_the_old_state_as_it_was():
    module = machine()
    state = module.start(2)
    before = [item.clone() for item in state]
    module.tick(torch.rand(2, 9), state)
    for now, then in zip(state, before, strict=True):
        assert torch.equal(now, then)


@torch.inference_mode()
def test_the_simple_form_writes_and_reads_with_one_weighting():
    tick = machine(addressing=CONTENT).tick(torch.rand(2, 9), machine(addressing=CONTENT).start(2))
    assert tick.stages.sharpened.shape == (2, 1, 12) and tick.heads.gate is None
    expected = torch.bmm(tick.stages.sharpened, tick.after.memory)
    torch.testing.assert_close(tick.after.reads, expected)
    ratio = tick.stages.content.max(-1).values / tick.stages.content.min(-1).values
    assert (ratio <= torch.e**2).all(), "similarities lie between −1 and 1"


@torch.inference_mode()
def test_a_feed_forward_controller_keeps_no_state():
    module = machine(controller=FEED_FORWARD)
    state = module.start(1)
    first = module.tick(torch.ones(1, 9), state)
    again = module.tick(torch.ones(1, 9), state._replace(hidden=torch.randn(1, 10)))
    assert first.lstm is None and torch.equal(first.logits, again.logits)


def test_every_parameter_learns():
    module = machine(reads=2, writes=2)
    module(torch.rand(2, 5, 9)).square().sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in module.parameters())
