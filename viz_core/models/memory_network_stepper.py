"""Steps a `MemoryNetwork` hop by hop: at every hop but the last it chooses to go on (`…`), at the last an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from viz_core.inputs.story import check_story, check_words, shown, split_story
from viz_core.layers.edits import AblateHead, Edit, check_edits, edit_scores, edit_weights, touching
from viz_core.models.candidates import candidates
from viz_core.models.memory_network import NETWORK, Hop, Memory, MemoryNetwork, restored, softmax
from viz_core.models.memory_network_batch import Read, read
from viz_core.models.memory_network_occlusion import StoryOcclusion
from viz_core.models.memory_network_quantities import hop_quantities
from viz_core.models.protocol import Identity, Source
from viz_core.trace import Axis, InputError, Quantity, Step
from viz_core.trace.attention import dense

FAMILY = NETWORK
NEXT = "…"  # what it chooses at a hop that is not the last
SITE = "hop"


class StoryIds(NamedTuple):
    """What the network reads."""

    sentences: tuple[str, ...]
    question: str


class HopState(NamedTuple):
    """Between two hops. query: u, (N, B, D); index: hops made so far."""

    sources: tuple[Source, ...]
    memory: Memory
    query: Tensor
    index: int


class HopPrediction(NamedTuple):
    """One hop made, nothing chosen yet. answers: log p of every word if this hop were the last, (N, B, V); weights: (N, B, S)."""

    state: HopState
    hop: Hop
    answers: Tensor
    log_probs: Tensor
    weights: Tensor


@dataclass(frozen=True, eq=False)
class MemoryNetworkStepper:
    """The stepper of a memory network; nothing is fed back but the query."""

    module: MemoryNetwork
    identity: Identity = Identity()
    edits: tuple[Edit, ...] = ()

    unit = "hop"
    begin = 0  # nothing is fed back, so it means nothing
    end = -1  # every answer is an end

    @cached_property
    def labels(self) -> tuple[str, ...]:
        return (*self.module.vocabulary, NEXT)

    @cached_property
    def ends(self) -> frozenset[int]:
        return frozenset(range(len(self.module.vocabulary)))

    @property
    def hops(self) -> int:
        return self.module.config.hops

    @property
    def occlusion(self) -> StoryOcclusion:
        return StoryOcclusion(self)

    def intervened(self, edits: Sequence[Edit]) -> MemoryNetworkStepper:
        """The same network with edited attention: site `hop`, layer 0, head 0, the query is the hop's number from 0."""
        for edit in check_edits(edits):
            if getattr(edit, "query", 0) >= self.hops:
                raise InputError(f"there is no hop {edit.query} in a network of {self.hops}; give a hop in 0 … {self.hops - 1}")
            if isinstance(edit, AblateHead) and edit.how == "mean":
                raise InputError("a hop has one row of weights, so that its mean is itself; ablate it by 'zero' or 'uniform'")
        return replace(self, edits=(*self.edits, *edits))

    def encode(self, text: str) -> Source:
        sentences, question = split_story(text)
        return self._source(sentences, question, text)

    def encode_units(self, units: Sequence[str], text: str = "") -> Source:
        """Sentences, the question last."""
        sentences, question = check_story([" ".join(unit.split()) for unit in units])
        return self._source(sentences, question, text)

    def _source(self, sentences: tuple[str, ...], question: str, text: str) -> Source:
        check_words((*sentences, question), self.module.ids)
        most = self.module.config.memory
        if len(sentences) > most:
            raise InputError(f"the story has {len(sentences):,} sentences; this model's memory holds {most}, so shorten it")
        return Source(text or " ".join((*sentences, question)), Axis("sentence", sentences), StoryIds(sentences, question))

    def text(self, choices: Sequence[int]) -> str:
        return " ".join(self.labels[choice] for choice in choices if choice in self.ends)

    def choices(self, text: str) -> list[int]:
        """The answer at the last hop."""
        answer = text.strip().lower()
        if answer not in self.module.ids:
            raise InputError(f"{shown(text)} is no answer of this model; give one of its {len(self.ends)} words")
        return [*[self.labels.index(NEXT)] * (self.hops - 1), self.module.ids[answer]]

    def limit(self, source: Source) -> int:
        return self.hops

    def read(self, sources: Sequence[Source]) -> Read:
        return read(self.module, [source.ids.sentences for source in sources], [source.ids.question for source in sources])

    @torch.inference_mode()
    def plain_log_probs(self, source: Source, choices: Sequence[int]) -> Tensor:
        batch = self.read([source])
        log_probs = self.module(*batch)[0, 0].log_softmax(-1)
        return torch.stack([log_probs[c] if c in self.ends else torch.zeros_like(log_probs[0]) for c in choices])

    @torch.inference_mode()
    def start(self, sources: Sequence[Source]) -> HopState:
        batch = self.read(sources)
        return HopState(tuple(sources), batch.memory, batch.query, 0)

    @torch.inference_mode()
    def predict(self, state: HopState) -> HopPrediction:
        hop = self._hop(state)
        answers = self.module.answer(hop.query).log_softmax(-1)
        last = state.index == self.hops - 1
        closed = torch.full_like(answers, -torch.inf)
        going_on = torch.full_like(answers[..., :1], -torch.inf if last else 0.0)
        log_probs = torch.cat([answers if last else closed, going_on], dim=-1)
        nothing = hop.weights.sum(-1, keepdim=True) == 0
        return HopPrediction(state, hop, answers, log_probs, hop.weights.masked_fill(nothing, torch.nan))

    def _hop(self, state: HopState) -> Hop:
        hop = self.module.hop(state.memory, state.query, state.index)
        if not touching(self.edits, SITE, 0, state.index, 1):
            return hop
        scores = edit_scores(hop.scores[:, :, None, None], self.edits, SITE, 0, state.index)  # (N, B, head, query, S)
        weights = edit_weights(softmax(scores), self.edits, SITE, 0, state.index)[:, :, 0, 0]
        return self.module.hop(state.memory, state.query, state.index, weights=weights)

    @torch.inference_mode()
    def commit(self, prediction: HopPrediction, rows: Tensor, choices: Tensor) -> HopState:
        query = prediction.hop.query
        query = query.gather(1, rows[..., None].expand(-1, -1, query.shape[-1]))
        return prediction.state._replace(query=query, index=prediction.state.index + 1)

    def step(self, state: HopState, choice: int) -> tuple[HopState, Step]:
        prediction = self.predict(state)
        rows = torch.zeros((1, 1), dtype=torch.long, device=state.query.device)
        return self.commit(prediction, rows, rows + choice), self.record(prediction, choice)

    def record(self, prediction: HopPrediction, choice: int, source: int = 0, hypothesis: int = 0) -> Step:
        found, log_probs = candidates(prediction.log_probs[source, hypothesis][None], [choice], self.labels)
        index, axis = prediction.state.index, prediction.state.sources[source].axis
        label = f"hop {index + 1}"
        row = prediction.weights[source, hypothesis, : len(axis)].cpu().numpy()
        attention = dense(SITE, Axis("step", (label,)), axis, np.ascontiguousarray(row[None]))
        details = partial(hop_quantities, self.module, prediction, source, hypothesis)
        return Step(index, label, self.labels[choice], choice, log_probs[0], found[0], (attention,), details)

    def introduce(self, state: HopState, source: int = 0) -> tuple[Quantity, ...]:
        """Nothing: the question's vector is the query of the first hop."""
        return ()


def restore(metadata: Mapping[str, str], tensors: Mapping[str, Tensor]) -> MemoryNetworkStepper:
    """The stepper of a file, in evaluation mode."""
    return MemoryNetworkStepper(restored(metadata, tensors))
