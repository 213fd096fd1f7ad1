"""Stories and questions as the tensors that a memory network reads. Axes: N questions, S sentences, V vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from viz_core.models.memory_network import Memory, MemoryNetwork


class Read(NamedTuple):
    """A batch before the first hop. query: u, (N, 1, D)."""

    memory: Memory
    query: Tensor


def read(module: MemoryNetwork, stories: Sequence[Sequence[str]], questions: Sequence[str], keep: Tensor | None = None,
         moved_up: bool = True) -> Read:  # fmt: skip
    """Reads stories of any lengths. keep: bool (N, S), which sentences are there; the others are taken out, and where
    `moved_up`, sentences before them count as so much younger. Every different sentence is embedded once."""
    device = module.embedding.device
    known = {sentence: i for i, sentence in enumerate(dict.fromkeys(s for story in stories for s in story))}
    longest = max((len(story) for story in stories), default=0)
    index = torch.tensor([[*(known[s] for s in story), *[0] * (longest - len(story))] for story in stories], dtype=torch.long)
    lengths = torch.tensor([len(story) for story in stories])
    there = torch.arange(longest) < lengths[:, None]
    seen = there if keep is None else there & keep
    bags = torch.stack([module.bag(s) for s in known]) if known else torch.zeros(1, 2, len(module.vocabulary))
    asked = torch.stack([module.bag(question) for question in questions])
    memory = module.memory(bags.to(device), ages(seen if moved_up else there).to(device), seen.to(device), index.to(device))
    return Read(memory, module.ask(asked.to(device)))


def ages(there: Tensor) -> Tensor:
    """How many sentences come after each, int64 (N, S); sentences that are not there do not count."""
    return there.long().flip(-1).cumsum(-1).flip(-1) - there.long()
