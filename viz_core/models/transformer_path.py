"""`Path`: what a Transformer computed along one output, all its steps side by side.

A run keeps what entered the layers and what their attention asked; scores and weights follow from it, and of many steps and
layers together they cost hardly more than of one. Axes: L layers, T steps of the path, D width, H heads, d = D / H, K decoder
positions, S source positions, N sources of the batch, B hypotheses of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor

from viz_core.layers.attention import scaled_scores
from viz_core.models.transformer import Memory, Transformer
from viz_core.models.transformer_edits import Weigher, of_source
from viz_core.trace import Axis
from viz_core.trace.cut import token_axis

if TYPE_CHECKING:
    from viz_core.models.transformer_stepper import TransformerPrediction, TransformerSteps, TransformerStepper


class Attended(NamedTuple):
    """The attention of every layer of one site at R rows (steps, or source positions). query (L, H, R, d); keys (L, H, K, d);
    scores: q kᵀ / √d before masks, (L, H, R, K); weights: α under the model's interventions, (L, H, R, K), 0 on keys that a step
    did not have."""

    query: Tensor
    keys: Tensor
    scores: Tensor
    weights: Tensor


@dataclass(frozen=True, eq=False)
class Path:
    """Steps first, first + 1, …: hypothesis hypotheses[t] of predictions[t] chose choices[t], for one source of the batch.

    Everything is made at first look and kept. Keys and values of the whole output come from the cache of the last step,
    or, of a run that did not keep it, from each step's own.
    """

    stepper: TransformerSteps
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
    def read(self) -> Tensor:
        """The decoder's inputs up to the last step: BEGIN and the outputs before it, int64 (first + T)."""
        return self.predictions[-1].state.written[self.source, self.hypotheses[-1]]

    @cached_property
    def written(self) -> tuple[Axis, ...]:
        """`read` at each step."""
        labels = tuple([str(self.stepper.labels[i]) for i in self.read.tolist()])
        return tuple([token_axis(labels[: self.first + t + 1]) for t in range(len(self.predictions))])

    def states(self) -> Tensor:
        """What the tied matrix reads at each step, (T, D)."""
        return self._taken([(p.step.states,) for p in self.predictions], 1)[self.source, 0]

    @cached_property
    def log_probs(self) -> Tensor:
        """Of every output at each step, f32 (T, V)."""
        return torch.stack([p.log_probs[self.source, h] for p, h in zip(self.predictions, self.hypotheses, strict=True)])

    def kept(self, *names: str) -> tuple[Tensor, ...]:
        """Some of a `DecoderStep`'s tensors (N, B, ·), all of one width: those of the steps, (L, T, ·) each."""
        layers = [[layer for name in names for layer in getattr(p.step, name)] for p in self.predictions]
        return self._taken(layers, 1)[self.source].chunk(len(names))

    @cached_property
    def decoder(self) -> Attended:
        """What the self-attention of each decoder layer computed."""
        hidden = _later(len(self.predictions), self.first, self.stepper.device)
        if not self.predictions[-1].step.past:
            return self._attended("decoder", *self._own("query", "keys"), hidden)
        return self._attended("decoder", *self._own("query"), self._past("keys"), hidden)

    @cached_property
    def cross(self) -> Attended:
        """What the cross-attention of each decoder layer computed."""
        query = self.kept("across")[0].unflatten(-1, (self.module.config.heads, -1)).transpose(1, 2)
        keys = _of_source([layer.keys for layer in self.memory.cross], self.source, len(self.keys))
        return self._attended("cross", query, keys)

    @cached_property
    def encoder(self) -> Attended:
        """What each encoder layer computed for this source."""
        return encoder_attended(self.stepper, self.memory, self.source, len(self.keys))

    @property
    def memory(self) -> Memory:
        return self.predictions[-1].state.memory

    def values(self, site: str) -> Tensor:
        """Values of every decoder layer's attention, without padding, (L, H, K or S, d)."""
        if site == "cross":
            return _of_source([layer.values for layer in self.memory.cross], self.source, len(self.keys))
        return self._past("values") if self.predictions[-1].step.past else self._own("values")[0]

    def _past(self, name: str) -> Tensor:
        """`keys` or `values` of the decoder's positions, from the cache of the last step, (L, H, K, d)."""
        last = self.predictions[-1]
        place = self.source * last.state.written.shape[1] + self.hypotheses[-1]  # in N · B
        return torch.stack([getattr(layer, name)[place] for layer in last.step.past])

    def _own(self, *names: str) -> tuple[Tensor, ...]:
        """`query`, `keys` or `values` that self-attention made of the newest position at each step, (L, H, T, d) each."""
        layers = [
            [asked.query if name == "query" else getattr(asked.own, name) for name in names for asked in p.step.asked]
            for p in self.predictions
        ]
        return self._taken(layers, 0)[..., 0, :].transpose(1, 2).chunk(len(names))

    def _taken(self, kept: Sequence[Sequence[Tensor]], dim: int) -> Tensor:
        """The path's hypotheses of what every step kept for each layer, kept[step][layer]: their dimension becomes (L, T).

        dim: where the hypotheses are, of all sources together (N·B) where it is 0.
        """
        shape = len(kept[0]), len(kept)
        whole = torch.cat([step[i] for i in range(shape[0]) for step in kept], dim)
        whole = whole.unflatten(dim, (shape[0], -1))
        if whole.shape[dim + 1] > shape[1]:
            whole = whole.index_select(dim + 1, self._places[dim])
        return whole

    @cached_property
    def _places(self) -> tuple[Tensor, Tensor]:
        """Of the path's hypotheses among those of all steps in a row: of all sources together, and of one source."""
        shapes = np.array([p.state.written.shape[:2] for p in self.predictions])  # (N, B) of each step
        sources, beams = shapes.T
        before = np.cumsum(beams) - beams
        hypotheses, device = np.asarray(self.hypotheses), self.stepper.device
        together = before * sources + self.source * beams + hypotheses
        return torch.from_numpy(together).to(device), torch.from_numpy(before + hypotheses).to(device)

    def _attended(self, site: str, query: Tensor, keys: Tensor, hidden: Tensor | None = None) -> Attended:
        found = _attended(query, keys, hidden)
        if self.stepper.edits:
            weights = [self._weighed(site, i, *found[-2:], hidden) for i in range(len(query))]
            found = found._replace(weights=torch.stack(weights))
        return found

    def _weighed(self, site: str, layer: int, scores: Tensor, weights: Tensor, hidden: Tensor | None) -> Tensor:
        """α of one layer under interventions. They may depend on the steps before, so that every row is made by itself."""
        scores, weights = scores[layer], weights[layer].clone()
        for t, (prediction, hypothesis) in enumerate(zip(self.predictions, self.hypotheses, strict=True)):
            before = {place: total[self.source, hypothesis][None, None] for place, total in prediction.before.items()}
            weigh = Weigher(of_source(self.stepper.edits, self.source), self.first + t, 1, before).at(site, layer)
            if weigh is not None:
                count = self.first + t + 1 if hidden is not None else scores.shape[-1]
                weights[:, t, :count] = weigh(scores[None, :, t, None, :count])[0, :, 0]
        return weights


def _attended(query: Tensor, keys: Tensor, hidden: Tensor | None = None) -> Attended:
    """Without interventions. hidden: bool (K, R), True where a row may not look."""
    scores = scaled_scores(keys, query)  # (L, H, K, R): softmax takes many rows at once where they are not the last dimension
    weights = (scores if hidden is None else scores.masked_fill(hidden, -torch.inf)).softmax(-2)
    return Attended(query, keys, scores.mT, weights.mT)


def _of_source(layers: Sequence[Tensor], source: int, length: int) -> Tensor:
    """Every layer's keys, values or queries (N, H, S, d) of one source without its padding, (L, H, length, d)."""
    return torch.stack(layers).select(1, source).narrow(2, 0, length)  # type: ignore[arg-type]


@lru_cache(maxsize=64)
def _later(steps: int, first: int, device: torch.device) -> Tensor:
    """True where a step has no such key yet, bool (first + steps, steps)."""
    return torch.ones(first + steps, steps, dtype=torch.bool, device=device).tril(-first - 1)


def encoder_attended(stepper: TransformerStepper, memory: Memory, source: int, length: int) -> Attended:
    """What the attention of each encoder layer computed for one source without its padding."""
    query, keys = (
        _of_source(layers, source, length) for layers in zip(*[(asked.query, asked.own.keys) for asked in memory.asked], strict=True)
    )
    found = _attended(query, keys)
    if not stepper.edits:
        return found
    weigher = Weigher(of_source(stepper.edits, source))
    weighs = [weigher.at("encoder", i) for i in range(len(query))]
    if any(weighs):
        rows = [weigh(scores[None])[0] if weigh else weights for weigh, scores, weights in zip(weighs, *found[-2:], strict=True)]
        found = found._replace(weights=torch.stack(rows))
    return found
