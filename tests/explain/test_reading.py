"""The encoder stepped by hand equals torch.nn.LSTM, in both directions."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tests.models.tiny import tiny
from torch import nn

from viz_core.explain.reading import encoder_trace, unroll
from viz_core.trace import InputError


@pytest.mark.parametrize("backward", [False, True])
def test_unrolled_states_are_those_of_torch(backward):
    torch.manual_seed(0)
    layer = nn.LSTM(5, 7, bidirectional=True)
    inputs = torch.randn(11, 5)
    expected = layer(inputs)[0].detach()[:, 7:].flip(0) if backward else layer(inputs)[0].detach()[:, :7]
    np.testing.assert_allclose(unroll(layer, inputs, backward).hidden.numpy(), expected.numpy(), atol=1e-5)


def test_a_layer_of_one_direction_has_no_backward_one():
    with pytest.raises(InputError, match="one direction"):
        unroll(nn.LSTM(2, 3), torch.zeros(4, 2), backward=True)


@pytest.mark.parametrize("backward", [False, True])
def test_the_trace_of_an_encoder_holds_its_real_states(backward):
    stepper = tiny()
    trace = encoder_trace(stepper, "cat", backward)
    half = stepper.module.config.hidden // 2
    states = stepper.start([stepper.encode("cat")]).memory.states[0].numpy()
    expected = states[::-1, half:] if backward else states[:, :half]
    np.testing.assert_allclose(trace.series("hidden state"), expected, atol=1e-5)
    assert [step.label for step in trace.steps] == (list("tac") if backward else list("cat"))


def test_a_cell_is_what_was_kept_plus_what_was_written():
    trace = encoder_trace(tiny(), "cat")
    np.testing.assert_allclose(trace.series("cell"), trace.series("kept") + trace.series("written"), atol=1e-6)
    np.testing.assert_allclose(trace.series("kept")[1:], trace.series("forget gate")[1:] * trace.series("cell")[:-1], atol=1e-6)
