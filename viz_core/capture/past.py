"""What `AblateHead(how="mean")` needs of the queries before, when a sequence is read in steps with a key–value cache.

A step has one query: its mean over the queries of the call would be itself, and the ablation no ablation. So the sums of
the rows before are kept, and the mean is over all queries of the sequence so far.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from viz_core.layers.edits import AblateHead, Edit


@dataclass(frozen=True, eq=False)
class Past:
    """The rows of the averaged heads of one attention module up to now.

    queries: how many there were; totals: head → Σ of its rows, f32[batch, key]; counts: head → rows that were not fully
    masked, f32[batch].
    """

    queries: int
    totals: Mapping[int, Tensor]
    counts: Mapping[int, Tensor]

    def of(self, item: int, head: int, keys: int) -> tuple[Tensor, Tensor]:
        """Sum f32[keys] and number of rows of one head of one item; keys that came later had no weight."""
        total = self.totals[head][item]
        return F.pad(total, (0, keys - len(total))), self.counts[head][item]

    def take(self, rows: Tensor) -> Past:
        """The sums of a batch whose item i is item rows[i] of this one."""
        totals, counts = ({head: part.index_select(0, rows) for head, part in parts.items()} for parts in (self.totals, self.counts))
        return Past(self.queries, totals, counts)

    @property
    def batch(self) -> int:
        return len(next(iter(self.counts.values())))


Place = tuple[str, str, int]  # qualified name of the module, site, layer
Pasts = Mapping[Place, Past]


def taken(past: Pasts, rows: Tensor) -> dict[Place, Past]:
    """All sums for a batch whose item i is item rows[i] of theirs."""
    return {place: found.take(rows) for place, found in past.items()}


def averaged(edits: Iterable[Edit]) -> list[AblateHead]:
    """The edits that need other rows than their own."""
    return [edit for edit in edits if isinstance(edit, AblateHead) and edit.how == "mean"]


def summed(parts: Mapping[int, list[tuple[Tensor, Tensor]]], queries: int) -> Past:
    """head → (sum, number of rows) of every item, as one `Past`."""
    totals, counts = ({head: torch.stack([pair[i] for pair in pairs]) for head, pairs in parts.items()} for i in (0, 1))
    return Past(queries, totals, counts)
