"""Steps an LSTM encoder–decoder: states as values, every tensor of a step kept for whoever looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor

from viz_core.inputs.vocabulary import BEGIN
from viz_core.layers.edits import Edit, check_edits
from viz_core.models.attentive_steps import AttentiveSteps
from viz_core.models.protocol import Source
from viz_core.models.recurrent_edits import shown, takes_means, weigher
from viz_core.models.recurrent_occlusion import RecurrentOcclusion
from viz_core.models.recurrent_quantities import decoder_quantities, encoder_quantities
from viz_core.models.recurrent_seq2seq import DecoderState, DecoderStep, Memory, RecurrentSeq2Seq
from viz_core.models.translator import Translator
from viz_core.trace import Quantity
from viz_core.trace.errors import InputError


class RecurrentState(NamedTuple):
    """Between two steps: N sources × B hypotheses. previous: y_{t−1}, (N, B); index: t. looked: Σ_{i<t} α_i, (N, B, S), kept
    only where an intervention asks for it."""

    sources: tuple[Source, ...]
    memory: Memory
    decoder: DecoderState
    previous: Tensor
    index: int
    looked: Tensor | None = None


class RecurrentPrediction(NamedTuple):
    """One step before a choice: the state it came from, all it computed, log p(y_t | y_<t, x), f32[N, B, V]."""

    state: RecurrentState
    step: DecoderStep
    log_probs: Tensor
    weights: Tensor


@dataclass(frozen=True, eq=False)
class RecurrentStepper(AttentiveSteps, Translator):
    """A trained LSTM encoder–decoder ready to be stepped. edits: interventions on its attention, see `recurrent_edits`."""

    module: RecurrentSeq2Seq
    edits: tuple[Edit, ...] = ()

    def intervened(self, edits: Sequence[Edit]) -> RecurrentStepper:
        """The same model under interventions, besides those it has; InputError for a variant without attention."""
        if edits and self.module.config.score == "none":
            raise InputError(f"the model {self.identity.name} has no attention to intervene on; use one with attention, or ForceToken")
        return replace(self, edits=(*self.edits, *check_edits(edits)))

    @property
    def occlusion(self) -> RecurrentOcclusion:
        """How it reads a source with positions removed, for the trust tests."""
        return RecurrentOcclusion(self)

    @torch.inference_mode()
    def start(self, sources: Sequence[Source]) -> RecurrentState:
        return self.opened(sources, self.module.encode(*self.ids(sources)))

    def opened(self, sources: Sequence[Source], memory: Memory) -> RecurrentState:
        """The state before the first step from what the encoder left."""
        previous = torch.full((len(sources), 1), BEGIN, device=self.device)
        return RecurrentState(tuple(sources), memory, self.module.begin(memory), previous, 0)

    @torch.inference_mode()
    def predict(self, state: RecurrentState) -> RecurrentPrediction:
        weigh = {"weigh": weigher(self.edits, state.index, state.looked)} if self.edits else {}
        step = self.module.decode(state.memory, state.decoder, self.module.target(state.previous), **weigh)
        weights = shown(step.weights) if self.edits else step.weights
        if weights is None:  # no attention: no row, and a picture of none
            weights = torch.full((*state.previous.shape, state.memory.mask.shape[1]), torch.nan, device=self.device)
        return RecurrentPrediction(state, step, self.log_probs(self.module.logits(step.attentional)), weights)

    @torch.inference_mode()
    def commit(self, prediction: RecurrentPrediction, rows: Tensor, choices: Tensor) -> RecurrentState:
        step, state = prediction.step, prediction.state
        values = (step.lstm.hidden, step.lstm.cell, step.attentional)
        if rows.shape[1] != 1 or step.attentional.shape[1] != 1:
            values = tuple(v.gather(1, rows[..., None].expand(-1, -1, v.shape[-1])) for v in values)
        looked = None
        if takes_means(self.edits):
            looked = step.weights * (state.index + 1)  # its weights are the mean of all so far
            looked = looked.gather(1, rows[..., None].expand(-1, -1, looked.shape[-1]))
        return RecurrentState(state.sources, state.memory, DecoderState(*values), choices, state.index + 1, looked)

    def plain_log_probs(self, source: Source, choices: Sequence[int]) -> Tensor:
        if not self.edits:
            return super().plain_log_probs(source, choices)
        state, found = self.start([source]), []
        for choice in choices:  # what is intervened on at one step may depend on the steps before
            prediction = self.predict(state)
            found.append(prediction.log_probs[0, 0, choice])
            state = self.commit(prediction, torch.zeros_like(state.previous), torch.full_like(state.previous, choice))
        return torch.stack(found)

    def details(self, prediction: RecurrentPrediction, choice: int, source: int, hypothesis: int) -> tuple[Quantity, ...]:  # type: ignore[override]
        return decoder_quantities(prediction, self, choice, source, hypothesis)

    def introduce(self, state: RecurrentState, source: int = 0) -> tuple[Quantity, ...]:
        return encoder_quantities(state, self, source)
