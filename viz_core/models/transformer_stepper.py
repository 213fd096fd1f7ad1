"""Steps a Transformer encoder–decoder with a key–value cache: states as values, every layer's inputs kept for whoever looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

import torch
from torch import Tensor

from viz_core.inputs.vocabulary import BEGIN
from viz_core.models.candidates import candidates
from viz_core.models.path_steps import PathNumbers, path_steps
from viz_core.models.protocol import Source
from viz_core.models.transformer import DecoderStep, KeyValue, Memory, Transformer
from viz_core.models.transformer_maps import cross_weights, step_maps
from viz_core.models.transformer_quantities import encoder_quantities, step_quantities
from viz_core.models.translator import Translator
from viz_core.models.translator_occlusion import TranslatorOcclusion
from viz_core.trace import Quantity, Step


class TransformerState(NamedTuple):
    """Between two steps: N sources × B hypotheses. past: keys and values of each decoder layer, (N·B, H, t, d), None before
    the first step; written: BEGIN, y_0 … y_{t−1}, int64 (N, B, t + 1)."""

    sources: tuple[Source, ...]
    memory: Memory
    past: tuple[KeyValue, ...] | None
    written: Tensor

    @property
    def previous(self) -> Tensor:
        """y_{t−1}, (N, B)."""
        return self.written[..., -1]

    @property
    def index(self) -> int:
        """t, 0-based."""
        return self.written.shape[-1] - 1


@dataclass(frozen=True)
class TransformerPrediction:
    """What one step computed. step: see `DecoderStep`; log_probs: f32 (N, B, V)."""

    module: Transformer
    state: TransformerState
    step: DecoderStep
    log_probs: Tensor

    @cached_property
    def weights(self) -> Tensor:
        """The row of a beam node: cross-attention of the layer that aligns best, mean over its heads, f32 (N, B, S)."""
        layer = self.module.config.alignment_layer
        return cross_weights(self.module, self.state.memory, layer, self.step.crossing[layer]).mean(dim=1)


@dataclass(frozen=True, eq=False)
class TransformerStepper(Translator):
    """A trained Transformer ready to be stepped."""

    module: Transformer

    @property
    def occlusion(self) -> TranslatorOcclusion:
        """How it reads a source with positions removed, for the trust tests."""
        return TranslatorOcclusion(self)

    @torch.inference_mode()
    def start(self, sources: Sequence[Source]) -> TransformerState:
        return self.opened(sources, self.module.encode(*self.ids(sources)))

    def opened(self, sources: Sequence[Source], memory: Memory) -> TransformerState:
        """The state before the first step from what the encoder left."""
        return TransformerState(tuple(sources), memory, None, torch.full((len(sources), 1, 1), BEGIN, device=self.device))

    @torch.inference_mode()
    def predict(self, state: TransformerState) -> TransformerPrediction:
        step = self.module.step(state.memory, state.past, state.previous, state.index)
        return TransformerPrediction(self.module, state, step, self.log_probs(self.module.logits(step.states)))

    @torch.inference_mode()
    def commit(self, prediction: TransformerPrediction, rows: Tensor, choices: Tensor) -> TransformerState:
        state, past = prediction.state, prediction.step.past
        before, written = state.previous.shape[1], state.written
        if rows.shape[1] != before or bool((rows != torch.arange(before, device=rows.device)).any()):
            chosen = (rows + before * torch.arange(len(rows), device=rows.device)[:, None]).flatten()  # places in N·B
            past = tuple(KeyValue(*(tensor.index_select(0, chosen) for tensor in layer)) for layer in past)
            written = written.flatten(0, 1).index_select(0, chosen).unflatten(0, rows.shape)
        return TransformerState(state.sources, state.memory, past, torch.cat([written, choices[..., None]], dim=-1))

    def step(self, state: TransformerState, choice: int) -> tuple[TransformerState, Step]:
        prediction = self.predict(state)
        rows = torch.zeros((1, 1), dtype=torch.long, device=self.device)
        return self.commit(prediction, rows, rows + choice), self.record(prediction, choice)

    def record(self, prediction: TransformerPrediction, choice: int, source: int = 0, hypothesis: int = 0) -> Step:
        return self.records([prediction], [choice], [hypothesis], source)[0]

    def records(
        self, predictions: Sequence[TransformerPrediction], choices: Sequence[int], hypotheses: Sequence[int], source: int = 0
    ) -> list[Step]:
        """The records of a whole path: hypothesis hypotheses[t] of predictions[t] chose choices[t]."""
        labels = [self.labels[choice] for choice in choices]
        path = list(zip(predictions, choices, hypotheses, strict=True))
        details = [partial(step_quantities, prediction, self, choice, source, h) for prediction, choice, h in path]
        numbers = partial(self.numbers, predictions, choices, hypotheses, source)
        return path_steps(predictions[0].state.index, labels, choices, details, numbers)

    @torch.inference_mode()
    def numbers(
        self, predictions: Sequence[TransformerPrediction], choices: Sequence[int], hypotheses: Sequence[int], source: int
    ) -> PathNumbers:
        """Log-probabilities, candidates and attention of a path; one `topk` for all its steps."""
        path = list(zip(predictions, hypotheses, strict=True))
        found, log_probs = candidates(torch.stack([p.log_probs[source, h] for p, h in path]), choices, self.labels)
        return PathNumbers(log_probs, found, step_maps(path, choices, self, source))

    def introduce(self, state: TransformerState, source: int = 0) -> tuple[Quantity, ...]:
        return encoder_quantities(state, self, source)
