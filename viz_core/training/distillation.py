"""Word-level distillation (Hinton et al. 2015, §2; Kim & Rush 2016, §3.1): a model learns of every next word not only which one
was written, but how probable an ensemble thinks each of them. The ensemble's probabilities are the mean of its members'.

Axes: N pairs, T target positions, P of them real, K outputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from viz_core.inputs.vocabulary import BEGIN, PAD

KEPT = 12  # most probable outputs of a position that are taught; together they have nearly all of the probability


class Lesson(NamedTuple):
    """What an ensemble thinks at P positions. probabilities: f32 (P, K), they sum to 1; choices: int64 (P, K)."""

    probabilities: Tensor
    choices: Tensor


@torch.no_grad()
def lesson(teachers: Sequence[nn.Module], words: Tensor, parts: Tensor | None, target: Tensor) -> Lesson:
    """Of every real position, from the source and the target words before it. words, parts: the source as ids, see `WordIds`,
    int64 (N, S) and (N, S, ·); target: int64 (N, T), PAD after END. The teachers' ids must be the learner's."""
    previous, real = F.pad(target[:, :-1], (1, 0), value=BEGIN), target.ne(PAD)
    thought = torch.stack([teacher.logits(teacher(words, parts, previous)[real]).float().softmax(-1) for teacher in teachers]).mean(0)
    probabilities, choices = thought.topk(min(KEPT, thought.shape[-1]))
    return Lesson(probabilities / probabilities.sum(-1, keepdim=True), choices)


def corrected(known: Lesson, written: Tensor, trust: Tensor) -> Lesson:
    """A lesson with what was written, int64 (P,), as one more choice: the teachers' have `trust`, f32 (P,), of the probability."""
    probabilities = torch.cat((known.probabilities * trust[:, None], 1 - trust[:, None]), 1)
    return Lesson(probabilities, torch.cat((known.choices, written[:, None]), 1))


def taught(log_probs: Tensor, known: Lesson) -> Tensor:
    """Cross-entropy of log-probabilities f32 (P, V) against a lesson, nats, mean over positions."""
    return -(known.probabilities * log_probs.gather(1, known.choices)).sum(-1).mean()
