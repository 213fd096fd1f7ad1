"""One LSTM step against torch's own cell and against numbers worked out by hand."""

import math

import torch

from viz_core.layers.lstm import lstm_step, rnn_step


def test_equals_torch_cell():
    torch.manual_seed(0)
    cell = torch.nn.LSTMCell(5, 7)
    x, h, c = torch.randn(3, 5), torch.randn(3, 7), torch.randn(3, 7)
    gates = x @ cell.weight_ih.T + h @ cell.weight_hh.T + cell.bias_ih + cell.bias_hh
    step = lstm_step(gates, c)
    hidden, memory = cell(x, (h, c))
    torch.testing.assert_close(step.hidden, hidden)
    torch.testing.assert_close(step.cell, memory)


def test_by_hand():
    # input gate shut, forget gate open: the cell is carried through unchanged
    gates = torch.tensor([-100.0, 100.0, 3.0, 0.0])
    step = lstm_step(gates, torch.tensor([0.5]))
    assert step.cell.item() == 0.5
    assert math.isclose(step.hidden.item(), 0.5 * math.tanh(0.5), rel_tol=1e-6)


def test_plain_rnn_is_tanh():
    assert math.isclose(rnn_step(torch.tensor([0.3])).item(), math.tanh(0.3), rel_tol=1e-6)
