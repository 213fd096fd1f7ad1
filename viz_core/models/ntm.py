"""Neural Turing Machine: a controller beside a memory that it reads and writes with soft heads (Graves et al. 2014).

One tick: the controller sees the tape and what was read before, says where its heads go (addressing), the write heads erase
and add, the read heads read the new memory, and the output is made of both: h_t = f(x_t, r_{t−1}, h_{t−1}), y_t = σ(W [h_t; r_t]).
No parameter knows how many cells there are, so that a trained machine runs with any number of them.

Axes: B tapes, T ticks, R read and P write heads, H = R + P, N cells, W width, C controller size, S shifts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from viz_core.layers.addressing import Stages, address, content_weighting, cosine, read, write
from viz_core.layers.lstm import LSTMStep, lstm_step
from viz_core.models import ntm_quantities
from viz_core.trace import AttentionMap, Quantity

FULL, CONTENT = "full", "content"
LSTM, FEED_FORWARD = "lstm", "feed-forward"
EMPTY = 0.1  # what every number of the memory is at first: the same everywhere, so that no cell differs from another


@dataclass(frozen=True)
class Config:
    """inputs, outputs: channels of the tape; cells N and width W of the memory; reads, writes: heads; hidden: controller size C.

    controller: `lstm` or `feed-forward`. addressing: `full` (§3.3), or `content`: one head that both writes and reads where
    its key is most alike, with nothing but k, e and a. shifts: how far a head may move in one tick.
    """

    inputs: int
    outputs: int
    cells: int = 128
    width: int = 20
    reads: int = 1
    writes: int = 1
    hidden: int = 100
    controller: str = LSTM
    addressing: str = FULL
    shifts: int = 1

    @property
    def heads(self) -> int:
        """Weightings a tick: the simple form writes and reads with the same one."""
        return self.reads + self.writes if self.addressing == FULL else 1

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many numbers a head gets from the controller: k, β, g, s, γ; of the simple form only k."""
        return (self.width, 1, 1, 2 * self.shifts + 1, 1) if self.addressing == FULL else (self.width,)


class Memory(NamedTuple):
    """Between two ticks. memory (B, N, W); weightings (B, H, N), read heads first; reads (B, R, W); hidden, cell (B, C)."""

    memory: Tensor
    weightings: Tensor
    reads: Tensor
    hidden: Tensor
    cell: Tensor


class Heads(NamedTuple):
    """What the controller tells its heads. keys (B, H, W), strength, gate, exponent (B, H, 1), shift (B, H, S), erase and add
    (B, P, W). Of the simple form strength, gate, shift and exponent are None."""

    keys: Tensor
    strength: Tensor | None
    gate: Tensor | None
    shift: Tensor | None
    exponent: Tensor | None
    erase: Tensor
    add: Tensor


class Tick(NamedTuple):
    """All of one tick. lstm: None of a feed-forward controller; logits (B, O): of the output bits."""

    before: Memory
    after: Memory
    lstm: LSTMStep | None
    heads: Heads
    stages: Stages
    logits: Tensor


class NTM(nn.Module):
    """Controller, one linear map for all that the heads are told, one for the output."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        seen = config.inputs + config.reads * config.width
        if config.controller == LSTM:
            self.controller = nn.LSTMCell(seen, config.hidden)
        else:
            self.controller = nn.Linear(seen, config.hidden)
        self.interface = nn.Linear(config.hidden, config.heads * sum(config.sizes) + 2 * config.writes * config.width)
        self.output = nn.Linear(config.hidden + config.reads * config.width, config.outputs)

    def start(self, batch: int, cells: int | None = None) -> Memory:
        """Before the first tick: an even memory, every head on cell 0, r_0 = Σ_i w_0(i) M_0(i), a controller of zeros."""
        config, like = self.config, self.output.bias
        memory = like.new_full((batch, cells or config.cells, config.width), EMPTY)
        weightings = like.new_zeros(batch, config.heads, memory.shape[1])
        weightings[..., 0] = 1
        zeros = like.new_zeros(batch, config.hidden)
        return Memory(memory, weightings, read(memory, weightings[:, : config.reads]), zeros, zeros)

    def tick(self, symbols: Tensor, state: Memory) -> Tick:
        """One tick of B tapes. symbols: x_t, f32 (B, I)."""
        config = self.config
        seen = torch.cat([symbols, state.reads.flatten(1)], dim=1)
        lstm, hidden, cell = self._control(seen, state)
        heads = self._heads(self.interface(hidden))
        stages = self._address(heads, state)
        at = stages.sharpened
        memory = write(state.memory, at[:, -config.writes :], heads.erase, heads.add)
        reads = read(memory, at[:, : config.reads])
        logits = self.output(torch.cat([hidden, reads.flatten(1)], dim=1))
        return Tick(state, Memory(memory, at, reads, hidden, cell), lstm, heads, stages, logits)

    def forward(self, symbols: Tensor, cells: int | None = None) -> Tensor:
        """Tapes f32 (B, T, I) → logits at every tick, f32 (B, T, O)."""
        state, logits = self.start(len(symbols), cells), []
        for column in symbols.unbind(1):
            done = self.tick(column, state)
            state = done.after
            logits.append(done.logits)
        return torch.stack(logits, dim=1)

    def maps(self, tick: Tick, row: int, label: str) -> tuple[AttentionMap, ...]:
        """Where one tape's heads read and write."""
        return ntm_quantities.maps(self.config, tick, row, label)

    def quantities(self, symbols: Tensor, tick: Tick, row: int) -> tuple[Quantity, ...]:
        """All numbers of one tape's tick."""
        return ntm_quantities.quantities(self.config, symbols, tick, row)

    def _control(self, seen: Tensor, state: Memory) -> tuple[LSTMStep | None, Tensor, Tensor]:
        """h_t, and the gates and the cell of an LSTM."""
        net = self.controller
        if self.config.controller == FEED_FORWARD:
            return None, torch.tanh(net(seen)), state.cell
        preactivations = F.linear(seen, net.weight_ih, net.bias_ih) + F.linear(state.hidden, net.weight_hh, net.bias_hh)
        lstm = lstm_step(preactivations, state.cell)
        return lstm, lstm.hidden, lstm.cell

    def _heads(self, told: Tensor) -> Heads:
        """The controller's numbers, each brought into its range."""
        config = self.config
        addressing = config.heads * sum(config.sizes)
        parts = told[:, :addressing].unflatten(1, (config.heads, -1)).split(config.sizes, dim=-1)
        erase, add = told[:, addressing:].unflatten(1, (config.writes, 2, config.width)).unbind(2)
        keys, erase, add = torch.tanh(parts[0]), torch.sigmoid(erase), torch.tanh(add)
        if config.addressing == CONTENT:
            return Heads(keys, None, None, None, None, erase, add)
        _, strength, gate, shift, exponent = parts
        return Heads(keys, F.softplus(strength), torch.sigmoid(gate), shift.softmax(-1), 1 + F.softplus(exponent), erase, add)

    def _address(self, heads: Heads, state: Memory) -> Stages:
        if heads.gate is not None:
            return address(state.memory, state.weightings, heads.keys, heads.strength, heads.gate, heads.shift, heads.exponent)
        similarity = cosine(heads.keys, state.memory)
        content = content_weighting(similarity, similarity.new_ones(()))
        return Stages(similarity, content, content, content, content)
