"""Stories as numbers, and random batches of them. Axes: N stories of a batch, S sentences, U different ones, V vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from viz_core.models.memory_network import MemoryNetwork
from viz_core.tasks.stories import Story

EMPTY = ""  # sentence number 0, which random noise puts between the others


class Batch(NamedTuple):
    """bags: (U, 2, V) of the different sentences; story: int64 (N, S), which of them stands where, the last sentences below
    each other; there: bool (N, S); questions: (N, 2, V); answers: int64 (N); linear: whether hops are without softmax."""

    bags: Tensor
    story: Tensor
    there: Tensor
    questions: Tensor
    answers: Tensor
    linear: bool


@dataclass(frozen=True, eq=False)
class Encoded:
    """All stories. sentences, asked: bags of the different sentences and questions, (·, 2, V); story: int64 (M, S), numbers
    of sentences, −1 where there is none, the last sentences below each other; questions, answers: int64 (M)."""

    sentences: Tensor
    asked: Tensor
    story: Tensor
    questions: Tensor
    answers: Tensor

    @classmethod
    def of(cls, stories: Sequence[Story], module: MemoryNetwork) -> Encoded:
        sentences = numbered([EMPTY, *(s for story in stories for s in story.sentences)])
        asked = numbered(story.question for story in stories)
        longest = max(len(story.sentences) for story in stories)
        rows = [[*[-1] * (longest - len(story.sentences)), *(sentences[s] for s in story.sentences)] for story in stories]
        return cls(
            torch.stack([module.bag(s) for s in sentences]),
            torch.stack([module.bag(q) for q in asked]),
            torch.tensor(rows),
            torch.tensor([asked[story.question] for story in stories]),
            torch.tensor([module.ids[story.answer] for story in stories]),
        )

    def draw(self, count: int, noise: float, linear: bool, memory: int, generator: torch.Generator) -> Batch:
        """`count` random stories. noise: empty sentences added for each sentence; what then no longer fits is left out."""
        chosen = torch.randint(len(self.story), (count,), generator=generator)
        story = with_empty(self.story[chosen], noise, memory, generator)
        occurring, index = torch.unique(story.clamp(min=0), return_inverse=True)
        return Batch(self.sentences[occurring], index, story >= 0, self.asked[self.questions[chosen]], self.answers[chosen], linear)


def with_empty(story: Tensor, noise: float, memory: int, generator: torch.Generator) -> Tensor:
    """Random noise (Sukhbaatar et al. 2015, §4.2): behind each sentence an empty one with probability `noise`.

    story: int64 (N, S), −1 where there is none; the result is (N, S′) with S′ ≤ memory, trimmed to the longest story.
    """
    there = story >= 0
    added = there & (torch.rand(story.shape, generator=generator) < noise)
    ages = torch.arange(story.shape[1]).flip(0) + added.long().flip(1).cumsum(1).flip(1)  # (N, S)
    size = min(memory, int(ages[there].max()) + 1)
    ages = ages.masked_fill(~there | (ages >= size), size)  # beyond the edge: cut off below
    out = torch.full((len(story), size + 1), -1).scatter(1, size - ages, story)[:, 1:]
    oldest = (out >= 0).long().argmax(1, keepdim=True)
    return out.masked_fill((out < 0) & (torch.arange(size) > oldest), 0)


def numbered(items: object) -> dict[str, int]:
    """Different items in order of first appearance → their number."""
    return {item: i for i, item in enumerate(dict.fromkeys(items))}  # type: ignore[call-overload]
