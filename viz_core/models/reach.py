"""One recurrent layer that reads symbol by symbol and speaks after each: a plain RNN or an LSTM, otherwise the same.

h_t = RNN(x_t, h_{t−1}) or h_t, m_t = LSTM(x_t, h_{t−1}, m_{t−1}); p_t = softmax(W h_t + b). One set of parameters serves
every step. After the last unit the model reads one more, the stop, and says the end.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from viz_core.layers.lstm import LSTMStep, lstm_step, rnn_step
from viz_core.models.candidates import candidates
from viz_core.models.protocol import Identity, Source
from viz_core.models.reach_quantities import introduction, step_quantities
from viz_core.tasks import remember
from viz_core.trace import Axis, InputError, Quantity, Step

FAMILY = "reach"
CELLS = {"rnn": nn.RNN, "lstm": nn.LSTM}
STOP = "■"
INPUTS = (*remember.LETTERS, remember.ASK, STOP)
OUTPUTS = (*remember.LETTERS, remember.SILENT, STOP)


@dataclass(frozen=True)
class Config:
    """cell: a key of `CELLS`; embedding and hidden: vector sizes."""

    cell: str
    embedding: int = 16
    hidden: int = 64


class Reach(nn.Module):
    """Embedding, one recurrent layer, one output layer."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.embed = nn.Embedding(len(INPUTS), config.embedding)
        self.recurrent = CELLS[config.cell](config.embedding, config.hidden, batch_first=True)
        self.output = nn.Linear(config.hidden, len(OUTPUTS))
        if config.cell == "lstm":
            with torch.no_grad():  # start with open forget gates (Jozefowicz et al. 2015, §2.2)
                self.recurrent.bias_ih_l0[config.hidden : 2 * config.hidden].fill_(1.0)

    def forward(self, symbols: Tensor) -> Tensor:
        """int64 (N, T) → logits after each symbol, f32 (N, T, O)."""
        states, _ = self.recurrent(self.embed(symbols))
        return self.output(states)


class ReachState(NamedTuple):
    """Between two steps. hidden, cell: (N, B, H), cell of zeros for the RNN; index: t, symbols read so far."""

    sources: tuple[Source, ...]
    hidden: Tensor
    cell: Tensor
    index: int


class ReachPrediction(NamedTuple):
    """One symbol read, nothing said yet. read: int64 (N, B) ids of x_t; lstm: None for the RNN; weights: NaN, none here."""

    state: ReachState
    read: Tensor
    embedded: Tensor
    lstm: LSTMStep | None
    hidden: Tensor
    log_probs: Tensor
    weights: Tensor


@dataclass(frozen=True, eq=False)
class ReachStepper:
    """Steps a `Reach`: one symbol read and one output said a step. What it says is not fed back."""

    module: Reach
    identity: Identity = Identity()

    unit = "token"
    begin = len(OUTPUTS) - 1  # nothing is fed back, so it means nothing
    end = len(OUTPUTS) - 1
    labels = OUTPUTS

    def encode(self, text: str) -> Source:
        return self.encode_units(remember.read(text), text)

    def encode_units(self, units: Sequence[str], text: str = "") -> Source:
        known = remember.read("".join(units))
        return Source(text or "".join(known), Axis("token", known), known)

    def text(self, choices: Sequence[int]) -> str:
        """What it said, silence left out."""
        silent = OUTPUTS.index(remember.SILENT)
        return "".join(OUTPUTS[choice] for choice in choices if choice not in (silent, self.end))

    def choices(self, text: str) -> list[int]:
        """One output a character, `·` for silence, the end added."""
        for character in text:
            if character not in OUTPUTS[:-1]:
                raise InputError(f"{character!r} is not an output of this model; write one of {' '.join(OUTPUTS[:-1])} for every symbol read")
        return [*(OUTPUTS.index(character) for character in text), self.end]

    def limit(self, source: Source) -> int:
        return len(source.axis) + 1

    @torch.inference_mode()
    def plain_log_probs(self, source: Source, choices: Sequence[int]) -> Tensor:
        symbols = [INPUTS.index(unit) for unit in (*source.ids, STOP)][: len(choices)]
        log_probs = self.module(torch.tensor([symbols], device=self.module.output.bias.device))[0].log_softmax(-1)
        return log_probs[range(len(choices)), list(choices)]

    def start(self, sources: Sequence[Source]) -> ReachState:
        zeros = torch.zeros(len(sources), 1, self.module.config.hidden, device=self.module.output.bias.device)
        return ReachState(tuple(sources), zeros, zeros, 0)

    @torch.inference_mode()
    def predict(self, state: ReachState) -> ReachPrediction:
        layer, t = self.module.recurrent, state.index
        units = [source.ids[t] if t < len(source.ids) else STOP for source in state.sources]
        read = torch.tensor([INPUTS.index(unit) for unit in units], device=state.hidden.device)
        read = read[:, None].expand(-1, state.hidden.shape[1])
        embedded = self.module.embed(read)
        preactivations = F.linear(embedded, layer.weight_ih_l0, layer.bias_ih_l0) + F.linear(
            state.hidden, layer.weight_hh_l0, layer.bias_hh_l0
        )
        lstm = lstm_step(preactivations, state.cell) if self.module.config.cell == "lstm" else None
        hidden = lstm.hidden if lstm else rnn_step(preactivations)
        longest = max(len(source.axis) for source in state.sources)
        weights = torch.full((*read.shape, longest), torch.nan)
        return ReachPrediction(state, read, embedded, lstm, hidden, self.module.output(hidden).log_softmax(-1), weights)

    @torch.inference_mode()
    def commit(self, prediction: ReachPrediction, rows: Tensor, choices: Tensor) -> ReachState:
        cell = prediction.lstm.cell if prediction.lstm else prediction.state.cell
        hidden, cell = (v.gather(1, rows[..., None].expand(-1, -1, v.shape[-1])) for v in (prediction.hidden, cell))
        return ReachState(prediction.state.sources, hidden, cell, prediction.state.index + 1)

    def step(self, state: ReachState, choice: int) -> tuple[ReachState, Step]:
        prediction = self.predict(state)
        rows = torch.zeros((1, 1), dtype=torch.long, device=state.hidden.device)
        return self.commit(prediction, rows, rows + choice), self.record(prediction, choice)

    def record(self, prediction: ReachPrediction, choice: int, source: int = 0, hypothesis: int = 0) -> Step:
        found, log_probs = candidates(prediction.log_probs[source, hypothesis][None], [choice], OUTPUTS)
        unit = INPUTS[int(prediction.read[source, hypothesis])]
        details = partial(step_quantities, prediction, source, hypothesis)
        return Step(prediction.state.index, unit, OUTPUTS[choice], choice, log_probs[0], found[0], (), details)

    def introduce(self, state: ReachState, source: int = 0) -> tuple[Quantity, ...]:
        return introduction(self.module, state.sources[source])


def untrained(cell: str, seed: int = 0) -> ReachStepper:
    """A model as it was before training (another seed than the trained one's may be asked for)."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return ReachStepper(Reach(Config(cell)).eval().requires_grad_(False), Identity(f"untrained {cell}", FAMILY))


def store(stepper: ReachStepper) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors (f32, they are small) and metadata for a safetensors file."""
    tensors = {name: value.detach().cpu().contiguous() for name, value in stepper.module.state_dict().items()}
    return tensors, {"family": FAMILY, "config": json.dumps(asdict(stepper.module.config))}


def restore(metadata: Mapping[str, str], tensors: Mapping[str, Tensor]) -> ReachStepper:
    """The stepper of a file, in evaluation mode."""
    module = Reach(Config(**json.loads(metadata["config"])))
    module.load_state_dict({name: value.float() for name, value in tensors.items()})
    return ReachStepper(module.eval().requires_grad_(False))
