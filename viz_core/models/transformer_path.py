"""`Path`: what a Transformer computed along one output, all its steps side by side.

A run keeps what entered the layers; queries, keys, scores and weights follow from it, and of many steps together they cost
hardly more than of one. Axes: T steps of the path, D width, H heads, d = D / H, K decoder positions, S source positions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor, nn

from viz_core.layers.attention import scaled_scores
from viz_core.models.transformer import Memory, MultiHead, Sublayer, Transformer
from viz_core.models.transformer_edits import Weigher, of_source
from viz_core.trace import Axis
from viz_core.trace.cut import token_axis

if TYPE_CHECKING:
    from viz_core.models.transformer_stepper import TransformerPrediction, TransformerStepper


Blocks = Sequence[tuple[MultiHead, Sublayer]]


class Attended(NamedTuple):
    """One attention sub-layer at R rows (steps, or source positions). entered: what came in, (R, D); normed: what queries are
    made from, (R, D); query (H, R, d); keys (H, K, d); scores: q kᵀ / √d before masks, (H, R, K); weights: α under the
    model's interventions, (R, H, K), 0 on keys that a step did not have."""

    block: MultiHead
    around: Sublayer
    entered: Tensor
    normed: Tensor
    query: Tensor
    keys: Tensor
    scores: Tensor
    weights: Tensor

    def own(self, layer: nn.Linear) -> Tensor:
        """Keys or values of its own rows, (H, R, d)."""
        return self.block.split(layer(self.normed)[None])[0]


@dataclass(frozen=True, eq=False)
class Path:
    """Steps first, first + 1, …: hypothesis hypotheses[t] of predictions[t] chose choices[t], for one source of the batch.

    Everything is made at first look and kept. Keys and values of the whole output come from the cache of the last step,
    or, of a run that did not keep it, from what entered the layers since step 0.
    """

    stepper: TransformerStepper
    predictions: Sequence[TransformerPrediction]
    choices: Sequence[int]
    hypotheses: Sequence[int]
    source: int = 0

    @property
    def module(self) -> Transformer:
        return self.stepper.module

    @property
    def first(self) -> int:
        return self.predictions[0].state.index

    @cached_property
    def keys(self) -> Axis:
        """The source's positions."""
        return self.predictions[0].state.sources[self.source].axis

    @cached_property
    def written(self) -> tuple[Axis, ...]:
        """The decoder's inputs at each step: BEGIN and the outputs before it."""
        last = self.predictions[-1].state.written[self.source, self.hypotheses[-1]].tolist()
        labels = tuple([str(self.stepper.labels[i]) for i in last])
        return tuple([token_axis(labels[: self.first + t + 1]) for t in range(len(self.predictions))])

    def entering(self, name: str) -> Tensor:
        """`inputs` or `crossing` of the steps, (layer, T, D)."""
        steps = [getattr(p.step, name) for p in self.predictions]
        rows = [step[i][self.source, h] for i in range(len(steps[0])) for step, h in zip(steps, self.hypotheses, strict=True)]
        return torch.stack(rows).unflatten(0, (-1, len(steps)))

    @cached_property
    def decoder(self) -> list[Attended]:
        """What the self-attention of each decoder layer computed."""
        blocks = [(layer.attention, layer.around_attention) for layer in self.module.decoder]
        past = self.predictions[-1].step.past
        keys = torch.stack([layer.keys[self._place] for layer in past]) if past else None
        return self._attend("decoder", blocks, self.entering("inputs"), keys)

    @cached_property
    def cross(self) -> list[Attended]:
        """What the cross-attention of each decoder layer computed."""
        blocks = [(layer.cross, layer.around_cross) for layer in self.module.decoder]
        memory = self.predictions[-1].state.memory.cross
        keys = torch.stack([layer.keys[self.source, :, : len(self.keys)] for layer in memory])
        return self._attend("cross", blocks, self.entering("crossing"), keys)

    @cached_property
    def encoder(self) -> list[Attended]:
        """What each encoder layer computed for this source."""
        return encoder_attended(self.stepper, self.predictions[0].state.memory, self.source, len(self.keys))

    def values(self, site: str, layer: int) -> Tensor:
        """Values (H, K or S, d) of a decoder layer's attention, without padding."""
        last = self.predictions[-1]
        if site == "cross":
            return last.state.memory.cross[layer].values[self.source, :, : len(self.keys)]
        if last.step.past:
            return last.step.past[layer].values[self._place]
        return self.decoder[layer].own(self.decoder[layer].block.value)

    @property
    def _place(self) -> int:
        """Of the last step's hypothesis in N · B."""
        return self.source * self.predictions[-1].state.previous.shape[1] + self.hypotheses[-1]

    @torch.inference_mode()
    def _attend(self, site: str, blocks: Blocks, entered: Tensor, keys: Tensor | None) -> list[Attended]:
        hidden = self._hidden if site == "decoder" else None
        found = attend_layers(blocks, entered, keys, hidden)
        if self.stepper.edits:
            found = [layer._replace(weights=self._weighed(site, i, layer, hidden)) for i, layer in enumerate(found)]
        return found

    @cached_property
    def _hidden(self) -> Tensor:
        """True where a step has no such key yet, (T, K)."""
        count = len(self.predictions)
        return torch.ones(count, self.first + count, dtype=torch.bool, device=self.stepper.device).triu(self.first + 1)

    def _weighed(self, site: str, layer: int, found: Attended, hidden: Tensor | None) -> Tensor:
        """α under interventions. They may depend on the steps before, so that every row is made by itself."""
        weights, scores = found.weights.clone(), found.scores
        for t, (prediction, hypothesis) in enumerate(zip(self.predictions, self.hypotheses, strict=True)):
            before = {place: total[self.source, hypothesis][None, None] for place, total in prediction.before.items()}
            weigh = Weigher(of_source(self.stepper.edits, self.source), self.first + t, 1, before).at(site, layer)
            if weigh is not None:
                count = self.first + t + 1 if hidden is not None else scores.shape[-1]
                weights[t, :, :count] = weigh(scores[None, :, t, None, :count])[0, :, 0]
        return weights


def attend_layers(blocks: Blocks, entered: Tensor, keys: Tensor | None = None, hidden: Tensor | None = None) -> list[Attended]:
    """All layers of one site side by side. entered: (layer, R, D); keys: (layer, H, K, d), None where a row's keys are the
    rows themselves; hidden: bool (R, K), True where a row may not look."""
    normed = [around.before(x) for (_, around), x in zip(blocks, entered, strict=True)]
    query = _split(torch.stack([block.query(y) for (block, _), y in zip(blocks, normed, strict=True)]), blocks[0][0].heads)
    if keys is None:
        keys = _split(torch.stack([block.key(y) for (block, _), y in zip(blocks, normed, strict=True)]), blocks[0][0].heads)
    scores = scaled_scores(query, keys)  # (layer, H, R, K)
    weights = (scores if hidden is None else scores.masked_fill(hidden, -torch.inf)).softmax(-1).transpose(1, 2)
    return [Attended(*blocks[i], entered[i], normed[i], query[i], keys[i], scores[i], weights[i]) for i in range(len(blocks))]


def _split(x: Tensor, heads: int) -> Tensor:
    """(layer, R, D) → (layer, H, R, d)."""
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


@torch.inference_mode()
def encoder_attended(stepper: TransformerStepper, memory: Memory, source: int, length: int) -> list[Attended]:
    """What the attention of each encoder layer computed for one source without its padding."""
    blocks = [(layer.attention, layer.around_attention) for layer in stepper.module.encoder]
    found = attend_layers(blocks, torch.stack([x[source, :length] for x in memory.inputs]))
    weigher = Weigher(of_source(stepper.edits, source))
    for i, layer in enumerate(found if stepper.edits else ()):
        if weigh := weigher.at("encoder", i):
            found[i] = layer._replace(weights=weigh(layer.scores[None])[0].transpose(0, 1))
    return found
