"""Steps a Transformer encoder–decoder with a key–value cache: states as values, every layer's inputs kept for whoever looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import NamedTuple, Self

import torch
from torch import Tensor
from torch.nn import functional as F

from viz_core.layers.attention import scaled_scores
from viz_core.layers.edits import Edit
from viz_core.models.candidates import candidates
from viz_core.models.occlusion import follow
from viz_core.models.path_steps import path_steps
from viz_core.models.protocol import Source
from viz_core.models.transformer import DecoderStep, KeyValue, Memory, Transformer
from viz_core.models.transformer_edits import SITES, Sums, Weigher, checked, chosen_rows, shown
from viz_core.models.transformer_maps import step_maps
from viz_core.models.transformer_path import Path
from viz_core.models.transformer_quantities import PathQuantities, encoder_quantities
from viz_core.models.translator import Translator
from viz_core.models.translator_occlusion import TranslatorOcclusion
from viz_core.models.writer import Writer
from viz_core.trace import AttentionMap, Axis, Candidates, Quantity, Step


class TransformerState(NamedTuple):
    """Between two steps: N sources × B hypotheses. past: keys and values of each decoder layer, (N·B, H, t, d), None before
    the first step; written: BEGIN, y_0 … y_{t−1}, int64 (N, B, t + 1); looked: weights of the steps so far, where an
    intervention asks for their mean."""

    sources: tuple[Source, ...]
    memory: Memory
    past: tuple[KeyValue, ...] | None
    written: Tensor
    looked: Sums | None = None

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
    """What one step computed. step: see `DecoderStep`; log_probs: f32 (N, B, V); sums: see `Weigher`."""

    stepper: TransformerSteps
    state: TransformerState
    step: DecoderStep
    log_probs: Tensor
    sums: Sums

    @property
    def before(self) -> Sums:
        """The sums before this step."""
        return self.state.looked or {}

    @cached_property
    def weights(self) -> Tensor:
        """The row of a beam node: the cross-attention that aligns best (see `Config`), f32 (N, B, S)."""
        return self.stepper.rows([self])[0]

    @torch.inference_mode()
    def cross(self, layer: int) -> Tensor:
        """α of every head of a decoder layer's cross-attention, f32 (N, B, H, S)."""
        memory = self.state.memory
        query = self.stepper.module.decoder[layer].cross.split(self.step.across[layer])
        scores = scaled_scores(query, memory.cross[layer].keys, memory.mask[:, None, None])  # (N, H, B, S)
        weigh = self.stepper.weigher(self.state).at("cross", layer) if self.stepper.edits else None
        return (scores.softmax(-1) if weigh is None else weigh(scores)).transpose(1, 2)

    def slim(self) -> TransformerPrediction:
        """Without the cache of this step; the records of a whole run make keys and values again."""
        return TransformerPrediction(self.stepper, self.state._replace(past=None), self.step._replace(past=()), self.log_probs, self.sums)


class PathNumbers:
    """Log-probabilities, candidates and attention of a path's steps, each made when somebody looks at it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def attention(self) -> list[tuple[AttentionMap, ...]]:
        return step_maps(self.path)

    @cached_property
    def _chosen(self) -> tuple[list[Candidates], list[float]]:
        with torch.inference_mode():  # one `topk` for all steps
            return candidates(self.path.log_probs, self.path.choices, self.path.stepper.labels)

    @property
    def candidates(self) -> list[Candidates]:
        return self._chosen[0]

    @property
    def log_probs(self) -> list[float]:
        return self._chosen[1]


class TransformerSteps(Writer):
    """Stepping the decoder of a Transformer, whatever its memory is made of; how that is read is the subclass' own.

    sites: where it attends; edits: interventions on its attention, see `transformer_edits`; waits: see `Kept`.
    """

    module: Transformer
    edits: tuple[Edit, ...]
    sites = SITES
    waits = 32  # of 200 steps: 25 MB

    def intervened(self, edits: Sequence[Edit]) -> Self:
        """The same model under interventions, besides those it has; InputError for a place that it does not have."""
        return replace(self, edits=(*self.edits, *checked(edits, self.module.config, self.sites)))  # type: ignore[type-var]

    @property
    def alignment(self) -> dict[str, object]:
        """The map that its words align by: site, layer and head from 0 (None: the mean of the layer's heads)."""
        config = self.module.config
        return {"site": "cross", "layer": config.alignment_layer % config.layers, "head": config.alignment_head}

    @property
    def alignment_shifted(self) -> bool:
        """Whether words align better by the row of the step that reads them, see `Config`."""
        return self.module.config.alignment_shifted

    @cached_property
    def vocabulary(self) -> Axis:
        """The outputs to choose from."""
        return Axis("vocabulary", tuple(self.labels))

    def weigher(self, state: TransformerState) -> Weigher:
        """Softmax under this model's interventions at the step after `state`."""
        return Weigher(self.edits, state.index, state.written.shape[1], state.looked)

    @torch.inference_mode()
    def start(self, sources: Sequence[Source]) -> TransformerState:
        return self.opened(sources, self.memory(*self.ids(sources)))

    def opened(self, sources: Sequence[Source], memory: Memory) -> TransformerState:
        """The state before the first step from what the encoder left."""
        return TransformerState(tuple(sources), memory, None, torch.full((len(sources), 1, 1), self.begin, device=self.device))

    @torch.inference_mode()
    def predict(self, state: TransformerState) -> TransformerPrediction:
        weigher = self.weigher(state) if self.edits else None
        step = self.module.step(state.memory, state.past, state.previous, state.index, weigher)
        log_probs = self.log_probs(self.module.logits(step.states))
        return TransformerPrediction(self, state, step, log_probs, weigher.sums if weigher else {})

    @torch.inference_mode()
    def commit(self, prediction: TransformerPrediction, rows: Tensor, choices: Tensor) -> TransformerState:
        state, past, sums = prediction.state, prediction.step.past, prediction.sums
        before, written = state.previous.shape[1], state.written
        if rows.shape[1] != before or bool((rows != torch.arange(before, device=rows.device)).any()):
            chosen = (rows + before * torch.arange(len(rows), device=rows.device)[:, None]).flatten()  # places in N·B
            past = tuple(KeyValue(*(tensor.index_select(0, chosen) for tensor in layer)) for layer in past)
            written = written.flatten(0, 1).index_select(0, chosen).unflatten(0, rows.shape)
            sums = chosen_rows(sums, rows)
        return TransformerState(state.sources, state.memory, past, torch.cat([written, choices[..., None]], dim=-1), sums)

    @torch.inference_mode()
    def plain_log_probs(self, source: Source, choices: Sequence[int]) -> Tensor:
        if not self.edits:
            return super().plain_log_probs(source, choices)
        return follow(self, self.start([source]), choices)[0]  # a mean over the steps depends on the steps before

    @torch.inference_mode()
    def rows(self, predictions: Sequence[TransformerPrediction]) -> list[Tensor]:
        """`weights` of many steps of one run, together where there are no interventions, which may depend on the step."""
        config, memory = self.module.config, predictions[0].state.memory
        layer, head = config.alignment_layer % config.layers, config.alignment_head
        if self.edits:
            found = [shown(p.cross(layer)) for p in predictions]
            return [rows.nanmean(dim=2) if head is None else rows[:, :, head] for rows in found]
        heads = slice(None) if head is None else slice(head, head + 1)
        query = self.module.decoder[layer].cross.split(torch.cat([p.step.across[layer] for p in predictions], dim=1))  # (N, H, Σ B, d)
        scores = scaled_scores(query[:, heads], memory.cross[layer].keys[:, heads], memory.mask[:, None, None])
        return list(scores.softmax(-1).mean(1).split([p.state.written.shape[1] for p in predictions], dim=1))

    def logits_of(self, states: Tensor, log_probs: Tensor, choices: Tensor) -> Tensor:
        """The logits (T, V) behind log-probabilities that are known: both differ by log Σ exp, one number a row.

        states: what the tied matrix read, (T, D); choices: an output of each row that has a probability, int64 (T, 1)."""
        matrix, bias, chosen = self.module.target.weight, self.module.bias, choices[:, 0]
        total = (states * matrix[chosen]).sum(-1, keepdim=True) + bias[choices] - log_probs.gather(1, choices)
        logits, never = log_probs + total, list(self.never)
        logits[:, never] = F.linear(states, matrix[never], bias[never])  # of no output, so that it has no probability
        return logits

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
        path = Path(self, predictions, choices, hypotheses, source)
        tensors = PathQuantities(path)
        details = [partial(tensors.of, t) for t in range(len(predictions))]
        labels = [self.labels[choice] for choice in choices]
        return path_steps(path.first, labels, choices, details, partial(PathNumbers, path))


@dataclass(frozen=True, eq=False)
class TransformerStepper(TransformerSteps, Translator):
    """A trained Transformer ready to be stepped."""

    module: Transformer
    edits: tuple[Edit, ...] = ()

    @property
    def occlusion(self) -> TranslatorOcclusion:
        """How it reads a source with positions removed, for the trust tests."""
        return TranslatorOcclusion(self)

    def memory(self, words: Tensor, parts: Tensor | None) -> Memory:
        return self.module.encode(words, parts, Weigher(self.edits) if self.edits else None)

    def introduce(self, state: TransformerState, source: int = 0) -> tuple[Quantity, ...]:
        return encoder_quantities(state, self, source)
