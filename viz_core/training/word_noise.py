"""Noise on the words that a decoder has written, so that it looks at the source rather than guesses from them.

Blank noising and a unigram noising within kinds of words (Xie et al. 2017, "Data noising as smoothing in neural network language
models", §3.1): what is left tells how far the sentence is, not what usually stands beside what.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from viz_core.inputs.vocabulary import PAD


@dataclass(frozen=True)
class WordNoise:
    """groups: ids that stand in one another's place; exchanged, hidden: share of the words that another one of their group, or
    nothing, takes the place of."""

    size: int  # of the vocabulary
    groups: Sequence[Sequence[int]]
    exchanged: float
    hidden: float

    def __call__(self, previous: Tensor) -> Tensor:
        """previous: begin, y_1 …, int64 (N, T) → the same with noise; the first stays as it is."""
        out = previous.clone()
        out[:, 1:] = torch.where(self._chance(previous[:, 1:]) < self.exchanged, self._another(previous[:, 1:]), previous[:, 1:])
        out[:, 1:][self._chance(previous[:, 1:]) < self.hidden] = PAD
        return out

    def _another(self, words: Tensor) -> Tensor:
        """Any word of the same group for each word."""
        table, counts = (each.to(words.device) for each in self._tables)
        drawn = (self._chance(words) * counts[words]).long()
        return table[words].gather(-1, drawn[..., None])[..., 0]

    @cached_property
    def _tables(self) -> tuple[Tensor, Tensor]:
        """Of each id, the ids of its group (itself where it has none), and how many they are."""
        table = torch.arange(self.size)[:, None].repeat(1, max(map(len, self.groups), default=1))
        counts = torch.ones(self.size)
        for group in filter(None, self.groups):
            table[list(group), : len(group)] = torch.tensor(group)
            counts[list(group)] = float(len(group))
        return table, counts

    @staticmethod
    def _chance(words: Tensor) -> Tensor:
        return torch.rand(words.shape, device=words.device)
