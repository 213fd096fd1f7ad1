"""Gradients over time: against hand-made layers, and against one autograd call through the whole sequence."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tests.models.tiny import tiny
from torch import nn

from viz_core.explain.gradient_reach import encoder_reach, gradient_reach, model_reach
from viz_core.explain.reading import unroll
from viz_core.layers.lstm import lstm_step
from viz_core.models.reach import untrained


def fill(layer: nn.Module, **values: torch.Tensor) -> None:
    with torch.no_grad():
        for name, value in values.items():
            getattr(layer, name).copy_(value)


def test_a_linear_rnn_shrinks_by_its_factor_each_step():
    """With zero input and states tanh′ = 1, so ∂h_T/∂h_t = U^(T−t)."""
    layer = nn.RNN(2, 2)
    fill(layer, weight_ih_l0=torch.zeros(2, 2), weight_hh_l0=torch.diag(torch.tensor([0.5, 0.25])), bias_ih_l0=torch.zeros(2), bias_hh_l0=torch.zeros(2))
    np.testing.assert_allclose(gradient_reach(layer, torch.ones(5, 2)).hidden, [0.0625, 0.125, 0.25, 0.5, 1])


def test_a_cell_alone_shrinks_by_its_forget_gate():
    """Without recurrent weights ∂m_T/∂m_t = σ(b_f)^(T−t), whatever is written; σ(ln 3) = 3/4."""
    layer = nn.LSTM(1, 1)
    fill(layer, weight_ih_l0=torch.zeros(4, 1), weight_hh_l0=torch.zeros(4, 1), bias_hh_l0=torch.zeros(4), bias_ih_l0=torch.tensor([1, np.log(3), 2, 0]))
    found = gradient_reach(layer, torch.ones(4, 1))
    np.testing.assert_allclose(found.cell, [0.75**3, 0.75**2, 0.75, 1], rtol=1e-6)
    np.testing.assert_allclose(found.hidden, [0, 0, 0, 1], atol=1e-12)  # h does not look back at all


@pytest.mark.parametrize("backward", [False, True])
def test_equals_autograd_through_the_whole_sequence(backward):
    torch.manual_seed(1)
    layer = nn.LSTM(3, 4, bidirectional=True)
    inputs = torch.randn(6, 3)
    suffix = "_l0_reverse" if backward else "_l0"
    w, u, b, c = (getattr(layer, name + suffix).detach() for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    run, ordered = unroll(layer, inputs, backward), inputs.flip(0) if backward else inputs
    found = gradient_reach(layer, inputs, backward)
    for t in range(6):

        def rest(hidden, cell, t=t):
            for row in ordered[t + 1 :]:
                hidden, cell = lstm_step(w @ row + b + c + u @ hidden, cell)[5:3:-1]
            return hidden, cell

        (h_h, _), (_, m_m) = torch.autograd.functional.jacobian(rest, (run.hidden[t].clone(), run.cell[t].clone()))
        assert found.hidden[t] == pytest.approx(float(torch.linalg.matrix_norm(h_h, 2)), rel=1e-4)
        assert found.cell[t] == pytest.approx(float(torch.linalg.matrix_norm(m_m, 2)), rel=1e-4)


def test_models_are_measured_over_what_they_read():
    assert encoder_reach(tiny(), "cat").hidden.shape == (3,)
    plain = model_reach(untrained("rnn"), "CADFB?")
    assert plain.cell is None and plain.hidden.shape == (6,) and plain.hidden[-1] == 1
    gated = model_reach(untrained("lstm"), "CADFB?")
    assert gated.cell[0] > plain.hidden[0] > 0, "open forget gates carry more than an untrained plain RNN"
