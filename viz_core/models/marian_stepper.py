"""Steps a Marian student (`marian_ssru`): states as values, attention of every layer and head kept for whoever looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, NamedTuple

import torch
from torch import Tensor

from viz_core.inputs.pretrained_tokens import PretrainedTokens
from viz_core.layers.edits import Edit, check_edits
from viz_core.models.candidates import candidates
from viz_core.models.marian_quantities import decoder_quantities, encoder_quantities
from viz_core.models.marian_ssru import NOTHING, DecoderStep, MarianSSRU, Memory, row_weights
from viz_core.models.occlusion import follow
from viz_core.models.path_steps import PathNumbers, path_steps
from viz_core.models.pretrained_occlusion import MarianOcclusion
from viz_core.models.protocol import Identity, Source
from viz_core.models.transformer_edits import Sums, Weigher, chosen_rows, shown
from viz_core.trace import AttentionMap, Axis, Dense, Quantity, Step
from viz_core.trace.errors import InputError

END, UNKNOWN = 0, 1  # Marian's order: </s>, <unk>
MAX_PIECES = 256  # the students were trained on sentences


class MarianState(NamedTuple):
    """Between two steps: N sources × B hypotheses. cells (N, B, layer, D); previous: y_{t−1}, (N, B); index: t; looked:
    weights of the steps so far, where an intervention asks for their mean."""

    sources: tuple[Source, ...]
    memory: Memory
    cells: Tensor
    previous: Tensor
    index: int
    looked: Sums = {}


@dataclass(frozen=True, eq=False)
class MarianPrediction:
    """One step before a choice. log_probs: log p(y_t | y_<t, x), f32[N, B, V]; edits: what the attention went through; sums:
    the state's `looked` with this step."""

    state: MarianState
    step: DecoderStep
    log_probs: Tensor
    edits: tuple[Edit, ...] = ()
    sums: Sums = field(default_factory=dict)

    def heads(self, layer: int) -> Tensor:
        """Cross-attention weights of one decoder layer, f32[N, B, head, S]."""
        memory, queries = self.state.memory, self.step.layers[layer].queries
        weigh = Weigher(self.edits, self.state.index, queries.shape[2], self.state.looked).at("cross", layer)
        return row_weights(queries, memory.keys[layer], memory.mask, weigh).transpose(1, 2)

    @cached_property
    def weights(self) -> Tensor:
        """The row that a beam node keeps, f32[N, B, S]: the last layer's, averaged over the heads that were not taken out."""
        with torch.inference_mode():
            total = self.heads(len(self.step.layers) - 1).sum(2)
            return total / total.sum(-1, keepdim=True)


@dataclass(frozen=True, eq=False)
class MarianStepper:
    """A translation student ready to be stepped. tokenizer: of transformers, ends every text with </s>.

    edits: interventions on its attention (sites `encoder` and `cross`, the query of `cross` is the decoder step).
    """

    module: MarianSSRU
    tokenizer: Any
    identity: Identity = Identity()
    edits: tuple[Edit, ...] = ()

    unit = "token"
    begin = NOTHING
    end = END

    @cached_property
    def tokens(self) -> PretrainedTokens:
        return PretrainedTokens(self.tokenizer, self.module.config.pieces)

    @property
    def labels(self) -> Sequence[str]:
        return self.tokens.labels

    @property
    def device(self) -> torch.device:
        return self.module.bias.device

    @property
    def occlusion(self) -> MarianOcclusion:
        """How it reads a source with positions removed, for the trust tests."""
        return MarianOcclusion(self)

    def intervened(self, edits: Sequence[object]) -> MarianStepper:
        """The same model under these edits; InputError for anything that is no intervention on attention."""
        return replace(self, edits=check_edits(edits))

    def encode(self, text: str) -> Source:
        """Typed text as pieces with their places in the text, </s> last; InputError when there is nothing to translate."""
        if isinstance(text, str) and text.strip() and not any(sign.isalnum() for sign in text):
            raise InputError(f"the text {text[:40]!r} has no letter and no digit; type a sentence to translate")
        read = self.tokens.encode(text, limit=MAX_PIECES)
        unknown = tuple(i for i, piece in enumerate(read.ids) if piece == UNKNOWN)
        return Source(text, read.axis, read.ids, unknown)

    def encode_units(self, units: Sequence[str], text: str = "") -> Source:
        """Words as one text."""
        return self.encode(text or " ".join(units))

    def text(self, choices: Sequence[int]) -> str:
        return self.tokens.text([choice for choice in choices if choice != END])

    def choices(self, text: str) -> list[int]:
        found = list(self.tokens.encode(text).ids)
        if UNKNOWN in found:
            piece = self.tokens.encode(text).axis.labels[found.index(UNKNOWN)]
            raise InputError(f"{piece[:40]!r} cannot be written by this model; use letters that it knows")
        return found

    def limit(self, source: Source) -> int:
        return min(3 * len(source.axis) + 10, 2 * MAX_PIECES)

    def log_probs(self, logits: Tensor) -> Tensor:
        """log-softmax of logits f32[…, V]; the unknown piece is never an output. In place: the tensor is the caller's own."""
        logits = logits.float()
        logits[..., UNKNOWN] = -torch.inf
        return logits.log_softmax(-1)

    def read(self, sources: Sequence[Source]) -> tuple[Tensor, Tensor]:
        """Piece ids (N, S), padded, and which of them are real (N, S)."""
        rows = [torch.tensor(source.ids, device=self.device) for source in sources]
        ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
        lengths = torch.tensor([len(row) for row in rows], device=self.device)
        return ids, torch.arange(ids.shape[1], device=self.device) < lengths[:, None]

    @torch.inference_mode()
    def plain_log_probs(self, source: Source, choices: Sequence[int]) -> Tensor:
        if self.edits:  # an edit names the query by its step
            return follow(self, self.start([source]), choices)[0]
        previous = torch.tensor([[NOTHING, *choices[:-1]]], device=self.device)
        log_probs = self.log_probs(self.module.logits(self.module(*self.read([source]), previous)))[0]
        return log_probs.gather(1, torch.tensor(choices, device=self.device)[:, None])[:, 0]

    @torch.inference_mode()
    def start(self, sources: Sequence[Source]) -> MarianState:
        memory = self.module.encode(*self.read(sources), Weigher(self.edits) if self.edits else None)
        previous = torch.full((len(sources), 1), NOTHING, device=self.device)
        return MarianState(tuple(sources), memory, self.module.begin(memory), previous, 0)

    @torch.inference_mode()
    def predict(self, state: MarianState) -> MarianPrediction:
        weigher = Weigher(self.edits, state.index, state.previous.shape[1], state.looked) if self.edits else None
        step = self.module.decode(state.memory, state.cells, state.previous, state.index, weigher)
        log_probs = self.log_probs(self.module.logits(step.layers[-1].output))
        return MarianPrediction(state, step, log_probs, self.edits, weigher.sums if weigher else {})

    @torch.inference_mode()
    def commit(self, prediction: MarianPrediction, rows: Tensor, choices: Tensor) -> MarianState:
        state = prediction.state
        cells = torch.stack([layer.cell for layer in prediction.step.layers], dim=2)  # (N, B, layer, D)
        cells = cells.gather(1, rows[..., None, None].expand(-1, -1, *cells.shape[2:]))
        return MarianState(state.sources, state.memory, cells, choices, state.index + 1, chosen_rows(prediction.sums, rows))

    def step(self, state: MarianState, choice: int) -> tuple[MarianState, Step]:
        prediction = self.predict(state)
        rows = torch.zeros((1, 1), dtype=torch.long, device=self.device)
        return self.commit(prediction, rows, rows + choice), self.record(prediction, choice)

    def record(self, prediction: MarianPrediction, choice: int, source: int = 0, hypothesis: int = 0) -> Step:
        return self.records([prediction], [choice], [hypothesis], source)[0]

    def records(
        self, predictions: Sequence[MarianPrediction], choices: Sequence[int], hypotheses: Sequence[int], source: int = 0
    ) -> list[Step]:
        """The records of a whole path: hypothesis hypotheses[t] of predictions[t] chose choices[t]."""
        details = [
            partial(decoder_quantities, prediction, self.labels, choice, source, hypothesis)
            for prediction, choice, hypothesis in zip(predictions, choices, hypotheses, strict=True)
        ]
        labels = [self.labels[choice] for choice in choices]
        numbers = partial(self.numbers, predictions, choices, hypotheses, source)
        return path_steps(predictions[0].state.index, labels, choices, details, numbers)

    @torch.inference_mode()
    def numbers(
        self, predictions: Sequence[MarianPrediction], choices: Sequence[int], hypotheses: Sequence[int], source: int
    ) -> PathNumbers:
        """Log-probabilities, candidates and attention of a path. The encoder's maps belong to the first step of a run."""
        path = list(zip(predictions, hypotheses, strict=True))
        found, log_probs = candidates(torch.stack([p.log_probs[source, h] for p, h in path]), choices, self.labels)
        keys = predictions[0].state.sources[source].axis
        maps: list[tuple[AttentionMap, ...]] = []
        for (prediction, hypothesis), choice in zip(path, choices, strict=True):
            query = Axis("token", (self.labels[choice],))
            rows = [prediction.heads(layer)[source, hypothesis, :, None, : len(keys)] for layer in range(len(prediction.step.layers))]
            first = (self.encoder_map(prediction.state, source),) if prediction.state.index == 0 else ()
            maps.append((*first, named_map("cross", query, keys, torch.stack(rows))))
        return PathNumbers(log_probs, found, maps)

    def encoder_map(self, state: MarianState, source: int = 0) -> AttentionMap:
        """Self-attention of the encoder, all layers and heads."""
        keys, memory = state.sources[source].axis, state.memory
        weigher, size = Weigher(self.edits), len(keys)
        weights = [
            row_weights(*own, memory.mask, weigher.at("encoder", layer, memory.mask))[source, :, :size, :size]
            for layer, own in enumerate(memory.own)
        ]
        return named_map("encoder", keys, keys, torch.stack(weights))

    @torch.inference_mode()
    def introduce(self, state: MarianState, source: int = 0) -> tuple[Quantity, ...]:
        return encoder_quantities(state, source)


def named_map(site: str, queries: Axis, keys: Axis, weights: Tensor) -> AttentionMap:
    """f32[layer, head, query, key] as a map whose layers and heads are counted from 0; a head taken out attends to nothing."""
    layers, heads = (tuple(str(i) for i in range(count)) for count in weights.shape[:2])
    values = shown(weights).float().cpu().numpy()
    values.flags.writeable = False  # so that the map shares it
    return AttentionMap(site, queries, keys, Dense(values), layers, heads)
