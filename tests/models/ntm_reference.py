"""A Neural Turing Machine written the straightforward way, head by head and tape by tape, after Graves et al. 2014, §3.

Every head has its own layers and its own similarity, the shift is a convolution of one tape after the other, and nothing is
batched over heads: the way public step-by-step implementations are written. It shares its weights with an `NTM`, so that it
serves as an oracle for the numbers and as the other side of the benchmark.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from viz_core.models.ntm import EMPTY, NTM


class ReferenceHead(nn.Module):
    """One head: the layers of its parameters, and its addressing."""

    def __init__(self, machine: NTM, index: int) -> None:
        super().__init__()
        sizes = machine.config.sizes
        start = index * sum(sizes)
        self.layers = nn.ModuleList()
        for size in sizes:
            self.layers.append(slice_of(machine.interface, start, size))
            start += size

    def forward(self, hidden: Tensor, memory: Tensor, last: Tensor) -> Tensor:
        """Weighting f32 (B, N) of one tick."""
        key, strength, gate, shift, exponent = (layer(hidden) for layer in self.layers)
        key, strength, gate = torch.tanh(key), F.softplus(strength), torch.sigmoid(gate)
        shift, exponent = F.softmax(shift, dim=1), 1 + F.softplus(exponent)
        similarity = F.cosine_similarity(memory + 1e-16, key.unsqueeze(1) + 1e-16, dim=-1)
        content = F.softmax(strength * similarity, dim=1)
        gated = gate * content + (1 - gate) * last
        shifted = torch.stack([convolved(gated[b], shift[b]) for b in range(len(gated))])
        sharp = shifted**exponent
        return sharp / (sharp.sum(dim=1, keepdim=True) + 1e-16)


class Reference(nn.Module):
    """The same machine as an `NTM` with an LSTM controller and full addressing."""

    def __init__(self, machine: NTM) -> None:
        super().__init__()
        config = self.config = machine.config
        self.controller, self.output = layer_of(machine.controller), machine.output
        self.heads = nn.ModuleList(ReferenceHead(machine, i) for i in range(config.heads))
        start = config.heads * sum(config.sizes)
        self.erasers, self.adders = nn.ModuleList(), nn.ModuleList()
        for _write in range(config.writes):
            self.erasers.append(slice_of(machine.interface, start, config.width))
            self.adders.append(slice_of(machine.interface, start + config.width, config.width))
            start += 2 * config.width

    def forward(self, symbols: Tensor) -> Tensor:
        """Tapes f32 (B, T, I) → logits at every tick, f32 (B, T, O)."""
        config, batch = self.config, len(symbols)
        memory = torch.full((batch, config.cells, config.width), EMPTY)
        first = torch.zeros(batch, config.cells)
        first[:, 0] = 1
        weightings = [first] * config.heads
        reads = [memory[:, 0]] * config.reads
        state = (torch.zeros(1, batch, config.hidden), torch.zeros(1, batch, config.hidden))
        outputs = []
        for t in range(symbols.shape[1]):
            seen = torch.cat([symbols[:, t], *reads], dim=1)
            hidden, state = self.controller(seen.unsqueeze(0), state)  # one tick of a sequence
            hidden = hidden.squeeze(0)
            weightings = [head(hidden, memory, last) for head, last in zip(self.heads, weightings, strict=True)]
            memory = self.write(memory, weightings[config.reads :], hidden)
            reads = [torch.matmul(w.unsqueeze(1), memory).squeeze(1) for w in weightings[: config.reads]]
            outputs.append(self.output(torch.cat([hidden, *reads], dim=1)))
        return torch.stack(outputs, dim=1)

    def write(self, memory: Tensor, weightings: list[Tensor], hidden: Tensor) -> Tensor:
        """All heads erase, then all add."""
        for weighting, layer in zip(weightings, self.erasers, strict=True):
            memory = memory * (1 - torch.matmul(weighting.unsqueeze(-1), torch.sigmoid(layer(hidden)).unsqueeze(1)))
        for weighting, layer in zip(weightings, self.adders, strict=True):
            memory = memory + torch.matmul(weighting.unsqueeze(-1), torch.tanh(layer(hidden)).unsqueeze(1))
        return memory


def convolved(weighting: Tensor, shift: Tensor) -> Tensor:
    """Circular convolution of one tape's weighting (N) with its shift (S), cell by shift as eq. 8 says."""
    reach = len(shift) // 2
    around = torch.cat([weighting[-reach:], weighting, weighting[:reach]])
    return F.conv1d(around.view(1, 1, -1), shift.flip(0).view(1, 1, -1)).view(-1)


def layer_of(cell: nn.LSTMCell) -> nn.LSTM:
    """The LSTM layer with a cell's weights."""
    layer = nn.LSTM(cell.input_size, cell.hidden_size)
    layer.load_state_dict({f"{name}_l0": value for name, value in cell.state_dict().items()})
    return layer


def slice_of(layer: nn.Linear, start: int, size: int) -> nn.Linear:
    """A layer of its own from some outputs of a larger one."""
    own = nn.Linear(layer.in_features, size)
    with torch.no_grad():
        own.weight.copy_(layer.weight[start : start + size])
        own.bias.copy_(layer.bias[start : start + size])
    return own
