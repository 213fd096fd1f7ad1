"""A plain LSTM on the same tapes: all that it remembers must fit into its states (Graves et al. 2014, §4.6, table 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from viz_core.layers.lstm import LSTMStep, lstm_step
from viz_core.models.recurrent_quantities import GATES
from viz_core.models.recurrent_quantities import LSTM as SOURCE
from viz_core.trace import AttentionMap, Quantity, numbered


@dataclass(frozen=True)
class Config:
    """inputs, outputs: channels of the tape; hidden: size of each of `layers` layers (the paper's: three of 256)."""

    inputs: int
    outputs: int
    hidden: int = 256
    layers: int = 3


class States(NamedTuple):
    """Between two ticks. hidden, cell: f32 (layer, B, H)."""

    hidden: Tensor
    cell: Tensor


class Tick(NamedTuple):
    """All of one tick. steps: one a layer; logits (B, O): of the output bits."""

    before: States
    after: States
    steps: tuple[LSTMStep, ...]
    logits: Tensor


class TapeLSTM(nn.Module):
    """Layers of LSTM, one linear output."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.recurrent = nn.LSTM(config.inputs, config.hidden, config.layers, batch_first=True)
        self.output = nn.Linear(config.hidden, config.outputs)

    def start(self, batch: int) -> States:
        zeros = self.output.bias.new_zeros(self.config.layers, batch, self.config.hidden)
        return States(zeros, zeros)

    def tick(self, symbols: Tensor, state: States) -> Tick:
        """One tick of B tapes. symbols: x_t, f32 (B, I)."""
        net, below, steps = self.recurrent, symbols, []
        for layer in range(self.config.layers):
            w_ih, w_hh, b_ih, b_hh = (getattr(net, f"{name}_l{layer}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
            preactivations = F.linear(below, w_ih, b_ih) + F.linear(state.hidden[layer], w_hh, b_hh)
            steps.append(lstm_step(preactivations, state.cell[layer]))
            below = steps[-1].hidden
        after = States(torch.stack([step.hidden for step in steps]), torch.stack([step.cell for step in steps]))
        return Tick(state, after, tuple(steps), self.output(below))

    def forward(self, symbols: Tensor) -> Tensor:
        """Tapes f32 (B, T, I) → logits at every tick, f32 (B, T, O)."""
        return self.output(self.recurrent(symbols)[0])

    def maps(self, tick: Tick, row: int, label: str) -> tuple[AttentionMap, ...]:
        """It has no memory to attend to."""
        return ()

    def quantities(self, symbols: Tensor, tick: Tick, row: int) -> tuple[Quantity, ...]:
        """What it saw, each layer's gates and states, what it says."""
        out = [Quantity("tape", "x_t", (numbered("channel", symbols.shape[-1]),), symbols[row].cpu().numpy())]
        units = numbered("channel", self.config.hidden)
        for layer, step in enumerate(tick.steps, 1):
            for (name, symbol, equation), values in zip(GATES, step, strict=True):
                shown, letter = ("hidden state", "h_t") if name == "decoder state" else (name, symbol)
                out.append(Quantity(f"layer {layer}: {shown}", letter, (units,), values[row].cpu().numpy(), equation.replace("s_", "h_"), SOURCE))
        probabilities = tick.logits[row].sigmoid().cpu().numpy()
        out.append(Quantity("output", "y_t", (numbered("channel", self.config.outputs),), probabilities, r"y_t = \sigma(W h_t + b)"))
        return tuple(out)
