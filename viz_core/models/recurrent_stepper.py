"""Steps an LSTM encoder–decoder: states as values, every tensor of a step kept for whoever looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor

from viz_core.inputs.subwords import Subwords
from viz_core.inputs.symbols import Symbols
from viz_core.inputs.units import READERS
from viz_core.inputs.vocabulary import BEGIN, END, PAD, UNKNOWN
from viz_core.inputs.words import WordIds
from viz_core.models.candidates import candidates
from viz_core.models.path_steps import PathNumbers, path_steps
from viz_core.models.protocol import Identity, Source
from viz_core.models.recurrent_quantities import decoder_quantities, encoder_quantities
from viz_core.models.recurrent_seq2seq import DecoderState, DecoderStep, Memory, RecurrentSeq2Seq
from viz_core.trace import AttentionMap, Axis, Dense, Quantity, Step


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
    identity: Identity = Identity()

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
    def plain_log_probs(self, source: Source, choices: Sequence[int]) -> Tensor:
        words, parts = self.source_ids.encode([source.ids])
        previous = torch.tensor([[BEGIN, *choices[:-1]]], device=self.device)
        outputs = self.module(words.to(self.device), None if parts is None else parts.to(self.device), previous)
        log_probs = self._log_probs(self.module.logits(outputs))[0]
        return log_probs.gather(1, torch.tensor(choices, device=self.device)[:, None])[:, 0]

    def _log_probs(self, logits: Tensor) -> Tensor:
        """Padding, unknown and begin are never outputs. In place: the tensor is the caller's own."""
        logits = logits.float()
        logits[..., [PAD, UNKNOWN, BEGIN]] = -torch.inf
        return logits.log_softmax(-1)

    @torch.inference_mode()
    def start(self, sources: Sequence[Source]) -> RecurrentState:
        words, parts = self.source_ids.encode([source.ids for source in sources])
        memory = self.module.encode(words.to(self.device), None if parts is None else parts.to(self.device))
        previous = torch.full((len(sources), 1), BEGIN, device=self.device)
        return RecurrentState(tuple(sources), memory, self.module.begin(memory), previous, 0)

    @torch.inference_mode()
    def predict(self, state: RecurrentState) -> RecurrentPrediction:
        step = self.module.decode(state.memory, state.decoder, self.module.target(state.previous))
        weights = step.weights
        if weights is None:  # no attention: no row, and a picture of none
            weights = torch.full((*state.previous.shape, state.memory.mask.shape[1]), torch.nan, device=self.device)
        return RecurrentPrediction(state, step, self._log_probs(self.module.logits(step.attentional)), weights)

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
        return self.records([prediction], [choice], [hypothesis], source)[0]

    def records(
        self, predictions: Sequence[RecurrentPrediction], choices: Sequence[int], hypotheses: Sequence[int], source: int = 0
    ) -> list[Step]:
        """The records of a whole path: hypothesis hypotheses[t] of predictions[t] chose choices[t]."""
        labels = [self.labels[choice] for choice in choices]
        details = [
            partial(decoder_quantities, prediction, self, choice, source, hypothesis)
            for prediction, choice, hypothesis in zip(predictions, choices, hypotheses, strict=True)
        ]
        numbers = partial(self.numbers, predictions, choices, hypotheses, source)
        return path_steps(predictions[0].state.index, labels, choices, details, numbers)

    @torch.inference_mode()
    def numbers(
        self, predictions: Sequence[RecurrentPrediction], choices: Sequence[int], hypotheses: Sequence[int], source: int
    ) -> PathNumbers:
        """Log-probabilities, candidates and attention of a path; one `topk` and one copy for all its steps."""
        path = list(zip(predictions, hypotheses, strict=True))
        found, log_probs = candidates(torch.stack([p.log_probs[source, h] for p, h in path]), choices, self.labels)
        if predictions[0].step.weights is None:
            return PathNumbers(log_probs, found, [()] * len(path))
        keys = predictions[0].state.sources[source].axis
        rows = torch.stack([p.weights[source, h, : len(keys)] for p, h in path]).float().cpu().numpy()
        rows.flags.writeable = False  # so that the maps share it
        maps = [
            (AttentionMap("cross", Axis("token", (self.labels[choice],)), keys, Dense(row[None, None, None])),)
            for choice, row in zip(choices, rows, strict=True)
        ]
        return PathNumbers(log_probs, found, maps)

    def introduce(self, state: RecurrentState, source: int = 0) -> tuple[Quantity, ...]:
        return encoder_quantities(state, self, source)
