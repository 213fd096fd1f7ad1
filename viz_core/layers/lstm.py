"""One LSTM step with every gate returned (Hochreiter & Schmidhuber 1997; forget gate of Gers et al. 2000)."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class LSTMStep(NamedTuple):
    """All of one step, each f32[..., hidden]. cell = forget_gate · previous cell + input_gate · candidate."""

    input_gate: Tensor
    forget_gate: Tensor
    candidate: Tensor
    output_gate: Tensor
    cell: Tensor
    hidden: Tensor


def lstm_step(preactivations: Tensor, cell: Tensor) -> LSTMStep:
    """From W x + U h + b, f32[..., 4 · hidden] in torch's order (input, forget, candidate, output), and c_{t−1}."""
    i, f, g, o = preactivations.chunk(4, dim=-1)  # (..., H) each
    i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
    new_cell = f * cell + i * g
    return LSTMStep(i, f, g, o, new_cell, o * torch.tanh(new_cell))


def rnn_step(preactivations: Tensor) -> Tensor:
    """A plain (Elman) step: h_t = tanh(W x + U h + b)."""
    return torch.tanh(preactivations)
