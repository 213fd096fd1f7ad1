"""Steps an LSTM encoder–decoder: states as values, every tensor of a step kept for whoever looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from viz_core.inputs.subwords import Subwords
from viz_core.inputs.symbols import Symbols
from viz_core.inputs.units import READERS
from viz_core.inputs.vocabulary import BEGIN, END, PAD, UNKNOWN
from viz_core.inputs.words import WordIds
from viz_core.models.protocol import Source
from viz_core.models.recurrent_quantities import decoder_quantities, encoder_quantities
from viz_core.models.recurrent_seq2seq import DecoderState, DecoderStep, Memory, RecurrentSeq2Seq
from viz_core.trace import AttentionMap, Axis, Candidates, Dense, Quantity, Step

TOP = 10  # candidates kept a step


class RecurrentState(NamedTuple):
    """Between two steps: N sources × B hypotheses. previous: y_{t−1}, (N, B); index: t."""

    sources: tuple[Source, ...]
    memory: Memory
    decoder: DecoderState
    previous: Tensor
    index: int


class RecurrentPrediction(NamedTuple):
    """One step before a choice: the state it came from, all it computed, log p(y_t | y_<t, x), f32[N, B, V]."""

    state: RecurrentState
    step: DecoderStep
    log_probs: Tensor
    weights: Tensor


@dataclass(frozen=True, eq=False)
class RecurrentStepper:
    """A trained encoder–decoder ready to be stepped. reader: how text becomes source units (`READERS`)."""

    module: RecurrentSeq2Seq
    source_ids: WordIds
    target: Subwords | Symbols
    reader: str

    unit = "token"
    begin = BEGIN
    end = END

    @property
    def labels(self) -> Sequence[str]:
        return self.target.symbols

    @property
    def device(self) -> torch.device:
        return self.module.bias.device

    def encode(self, text: str) -> Source:
        """Typed text as source positions; InputError names what cannot be read."""
        return self.encode_units(READERS[self.reader](text), text)

    def encode_units(self, units: Sequence[str], text: str = "") -> Source:
        """Units that are cut already (words of a corpus, letters) as a source."""
        labels = tuple(units)
        return Source(text or "".join(labels), Axis("token", labels), labels, self.source_ids.unknown(labels))

    def text(self, choices: Sequence[int]) -> str:
        return self.target.decode([c for c in choices if c != END])

    def choices(self, text: str) -> list[int]:
        return self.target.encode(text)

    def limit(self, source: Source) -> int:
        return min(3 * len(source.axis) + 10, 200)

    @torch.inference_mode()
    def start(self, sources: Sequence[Source]) -> RecurrentState:
        words, parts = self.source_ids.encode([source.ids for source in sources])
        memory = self.module.encode(words.to(self.device), None if parts is None else parts.to(self.device))
        previous = torch.full((len(sources), 1), BEGIN, device=self.device)
        return RecurrentState(tuple(sources), memory, self.module.begin(memory), previous, 0)

    @torch.inference_mode()
    def predict(self, state: RecurrentState) -> RecurrentPrediction:
        step = self.module.decode(state.memory, state.decoder, self.module.target(state.previous))
        logits = self.module.logits(step.attentional).float()
        logits[..., [PAD, UNKNOWN, BEGIN]] = -torch.inf  # never outputs; in place: the tensor is this call's own
        weights = step.weights
        if weights is None:  # no attention: no row, and a picture of none
            weights = torch.full((*state.previous.shape, state.memory.mask.shape[1]), torch.nan, device=self.device)
        return RecurrentPrediction(state, step, logits.log_softmax(-1), weights)

    @torch.inference_mode()
    def commit(self, prediction: RecurrentPrediction, rows: Tensor, choices: Tensor) -> RecurrentState:
        step, state = prediction.step, prediction.state
        values = (step.lstm.hidden, step.lstm.cell, step.attentional)
        if rows.shape[1] != 1 or step.attentional.shape[1] != 1:
            values = tuple(v.gather(1, rows[..., None].expand(-1, -1, v.shape[-1])) for v in values)
        return RecurrentState(state.sources, state.memory, DecoderState(*values), choices, state.index + 1)

    def step(self, state: RecurrentState, choice: int) -> tuple[RecurrentState, Step]:
        prediction = self.predict(state)
        rows = torch.zeros((1, 1), dtype=torch.long, device=self.device)
        return self.commit(prediction, rows, rows + choice), self.record(prediction, choice)

    def record(self, prediction: RecurrentPrediction, choice: int, source: int = 0, hypothesis: int = 0) -> Step:
        state, step = prediction.state, prediction.step
        row = prediction.log_probs[source, hypothesis]
        keys = state.sources[source].axis
        label = self.labels[choice]
        maps: tuple[AttentionMap, ...] = ()
        if step.weights is not None:
            weights = step.weights[source, hypothesis, : len(keys)].cpu().numpy()
            maps = (AttentionMap("cross", Axis("token", (label,)), keys, Dense(weights[None, None, None])),)
        return Step(
            index=state.index,
            label=label,
            emitted=label,
            choice=choice,
            log_prob=float(row[choice]),
            candidates=self.candidates(row, choice),
            attention=maps,
            details=lambda: decoder_quantities(prediction, self, choice, source, hypothesis),
        )

    def candidates(self, row: Tensor, choice: int) -> Candidates:
        """The most probable outputs, the chosen one always among them."""
        values, ids = (t.cpu().numpy() for t in row.topk(min(TOP, len(row))))
        if choice not in ids:
            values, ids = np.append(values[:-1], float(row[choice])), np.append(ids[:-1], choice)
        real = np.isfinite(values)
        return Candidates(tuple(self.labels[i] for i in ids[real]), ids[real], values[real])

    def introduce(self, state: RecurrentState, source: int = 0) -> tuple[Quantity, ...]:
        return encoder_quantities(state, self, source)
