"""Where the rows of a recorded call come from: computed from queries and keys, stored, or edited.

Axes: B batch items, H heads, R query rows (a block), K keys.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

import torch
from torch import Tensor

from viz_core.capture.errors import CaptureError
from viz_core.capture.past import Past, averaged, summed
from viz_core.layers.edits import AblateHead, Edit, edit_scores, edit_weights

BLOCK = 2**22  # weights held at once while rows are gone through: 16 MiB, which malloc reuses (from 32 MiB on it does not)


class Rows(Protocol):
    """The rows of one attention call, exact in float32, made when they are asked for."""

    shape: tuple[int, int, int, int]  # (batch, head, query, key)
    causal: bool  # True: row i sees keys 0 … i only, so that later ones need not be computed

    def scores(self, items: Sequence[int], heads: Sequence[int], start: int, stop: int, keys: int | None = None) -> Tensor:
        """Scores before softmax f32[B, H, R, keys]; −inf where a key is masked. `keys`: the first ones only."""

    def weights(self, items: Sequence[int], heads: Sequence[int], start: int, stop: int, keys: int | None = None) -> Tensor:
        """Weights f32[B, H, R, keys]; a fully masked row is NaN."""


def masked_below(dtype: torch.dtype) -> float:
    """A score at or under this is a mask, not a score: models write −inf or the smallest number of their dtype."""
    return torch.finfo(dtype).min / 2


class Held:
    """A tensor that several calls look at, and torch's count of in-place changes when it was taken."""

    def __init__(self, tensor: Tensor) -> None:
        self.take(tensor)

    def take(self, tensor: Tensor) -> None:
        self.tensor, self._version = tensor, _version(tensor)

    @property
    def changed(self) -> bool:
        return _version(self.tensor) != self._version


@dataclass(frozen=True, eq=False)
class ScaledDot:
    """softmax(scale · q kᵀ + mask) (Vaswani et al. 2017, eq. 1), q and k kept by reference: memory linear in length.

    queries (B, H, Q, d); the first `count` of the held keys (B, H / groups, K, d); mask bool (True: visible) or added,
    broadcastable to (B, H, Q, K); causal: row i sees keys 0 … i.
    """

    queries: Tensor
    held: Held
    count: int
    mask: Tensor | None
    scale: float
    causal: bool
    name: str = ""

    @classmethod
    def of(cls, queries: Tensor, keys: Tensor, mask: Tensor | None, scale: float, causal: bool, name: str = "") -> ScaledDot:
        return cls(queries, Held(keys), keys.shape[2], mask, scale, causal, name)

    @property
    def keys(self) -> Tensor:
        """(B, H / groups, K, d)."""
        return self.held.tensor[:, :, : self.count]

    @property
    def shape(self) -> tuple[int, int, int, int]:
        batch, heads, count, _ = self.queries.shape
        return batch, heads, count, self.count

    def scores(self, items: Sequence[int], heads: Sequence[int], start: int, stop: int, keys: int | None = None) -> Tensor:
        return self.masked(self.products(items, heads, start, stop, keys), items, heads, start, stop)

    def weights(self, items: Sequence[int], heads: Sequence[int], start: int, stop: int, keys: int | None = None) -> Tensor:
        return self.scores(items, heads, start, stop, keys).softmax(dim=-1)

    def products(self, items: Sequence[int], heads: Sequence[int], start: int, stop: int, keys: int | None = None) -> Tensor:
        """scale · q kᵀ, f32[B, H, R, keys]."""
        if self.held.changed:
            raise CaptureError(
                f"the keys of {self.name!r} were overwritten in place after they were recorded; ask for the weights "
                "inside the record block, or turn in-place caches off"
            )
        groups = self.queries.shape[1] // self.keys.shape[1]
        queries = _pick(self.queries, items, heads)[:, :, start:stop].float()
        kept = self.keys[:, :, :keys]
        if groups == 1:
            return (queries * self.scale) @ _pick(kept, items, heads).float().mT
        if len(heads) == self.queries.shape[1]:  # all heads: one product a group, the keys not repeated
            batch, count, rows, depth = queries.shape
            packed = (queries * self.scale).reshape(batch, count // groups, groups * rows, depth)
            return (packed @ _pick(kept, items, range(kept.shape[1])).float().mT).view(batch, count, rows, -1)
        return (queries * self.scale) @ _pick(kept, items, [head // groups for head in heads]).float().mT

    def masked(self, scores: Tensor, items: Sequence[int], heads: Sequence[int], start: int, stop: int) -> Tensor:
        """The scores with the mask and the causal triangle applied, in place."""
        count = scores.shape[-1]
        if self.mask is not None:
            mask = _pick(self.mask, items, heads, shared=True)[..., :count]
            mask = mask[:, :, start:stop] if mask.shape[2] > 1 else mask
            if mask.dtype == torch.bool:
                scores.masked_fill_(~mask, -torch.inf)
            else:
                scores.add_(torch.where(mask <= masked_below(self.mask.dtype), -torch.inf, mask.float()))
        if self.causal and start + 1 < count:
            triangle = torch.ones(stop - start, count - start, dtype=torch.bool, device=scores.device).triu_(1)
            scores[..., start:].masked_fill_(triangle, -torch.inf)
        return scores


@dataclass(frozen=True, eq=False)
class Stored:
    """Weights that the model made itself: values (B, H, Q, K), `masked` bool (B, H, Q) where every key was masked."""

    values: Tensor
    masked: Tensor | None = None
    causal: bool = False

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return tuple(self.values.shape)  # type: ignore[return-value]

    def scores(self, items: Sequence[int], heads: Sequence[int], start: int, stop: int, keys: int | None = None) -> Tensor:
        return self.weights(items, heads, start, stop, keys).log()

    def weights(self, items: Sequence[int], heads: Sequence[int], start: int, stop: int, keys: int | None = None) -> Tensor:
        rows = _pick(self.values, items, heads)[:, :, start:stop, :keys].float()
        if self.masked is None:
            return rows.clone()
        return rows.masked_fill(_pick(self.masked, items, heads)[:, :, start:stop, None], torch.nan)


@dataclass(frozen=True, eq=False)
class Edited:
    """The rows of another call under interventions."""

    base: Rows
    edits: tuple[Edit, ...]
    site: str
    layer: int
    first_query: int
    first_key: int
    before: Past | None = None  # rows of the queries before the first one, where a mean is over those too
    causal: bool = False  # a set row may put weight anywhere
    _sums: dict = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return self.base.shape

    def scores(self, items: Sequence[int], heads: Sequence[int], start: int, stop: int, keys: int | None = None) -> Tensor:
        return self.weights(items, heads, start, stop, keys).log()

    def weights(self, items: Sequence[int], heads: Sequence[int], start: int, stop: int, keys: int | None = None) -> Tensor:
        rows = self._without_means(items, heads, start, stop)
        for b, item in enumerate(items):
            for h, head in enumerate(heads):
                if any(edit.batch in (None, item) for edit in self._mean_edits(head)):
                    rows[b, h] = self._mean(item, head)
        return rows[..., :keys]

    def _mean_edits(self, head: int) -> list[AblateHead]:
        return [edit for edit in averaged(self.edits) if edit.head == head]

    def _without_means(self, items: Sequence[int], heads: Sequence[int], start: int, stop: int) -> Tensor:
        means = averaged(self.edits)
        edits = _for_part([edit for edit in self.edits if edit not in means], items, heads)
        first = self.first_query + start
        scores = edit_scores(self.base.scores(items, heads, start, stop), edits, self.site, self.layer, first, self.first_key)
        return edit_weights(scores.softmax(dim=-1), edits, self.site, self.layer, first)

    def _mean(self, item: int, head: int) -> Tensor:
        """The mean row f32[K] of one head."""
        total, count = self._sum(item, head)
        return total / count  # 0 / 0 is NaN: no row sees a key

    def _sum(self, item: int, head: int) -> tuple[Tensor, Tensor]:
        """Σ of one head's rows so far, f32[K], and how many they are; fully masked rows do not count."""
        if (item, head) not in self._sums:
            total, count = torch.zeros(()), torch.zeros(())
            if self.before is not None:
                total, count = self.before.of(item, head, self.shape[3])
            for start, stop in blocks(self.shape[2], self.shape[3]):
                rows = self._without_means([item], [head], start, stop)[0, 0]
                rows = rows[~rows.isnan().any(dim=-1)]
                total, count = total.to(rows.device) + rows.sum(dim=0), count + len(rows)
            self._sums[item, head] = total, count
        return self._sums[item, head]

    def past(self) -> Past:
        """What a later call needs to know of these rows, and of those before."""
        with quiet():
            sums = {edit.head: [self._sum(item, edit.head) for item in range(self.shape[0])] for edit in averaged(self.edits)}
        return summed(sums, self.first_query + self.shape[2])


def blocks(count: int, width: int) -> list[tuple[int, int]]:
    """Row ranges (start, stop) of at most `BLOCK` weights, `width` weights a row."""
    step = max(1, BLOCK // max(width, 1))
    return [(start, min(start + step, count)) for start in range(0, count, step)]


def _for_part(edits: Sequence[Edit], items: Sequence[int], heads: Sequence[int]) -> list[Edit]:
    """The edits of the chosen batch items and heads, renumbered to their place among them."""
    found = []
    for edit in edits:
        places = {"head": heads, "batch": items}
        wanted = {name: getattr(edit, name, None) for name in places}
        if all(number is None or number in places[name] for name, number in wanted.items()):
            inside = {name: list(places[name]).index(number) for name, number in wanted.items() if number is not None}
            found.append(replace(edit, **inside))
    return found


def _pick(tensor: Tensor, items: Sequence[int], heads: Sequence[int], shared: bool = False) -> Tensor:
    """tensor[items, heads] without a copy where they are all or one; shared: an axis of size 1 stands for every index."""
    for axis, wanted in ((0, items), (1, heads)):
        size = tensor.shape[axis]
        if (shared and size == 1) or (len(wanted) == size and all(i == index for i, index in enumerate(wanted))):
            continue
        if len(wanted) == 1:
            tensor = tensor.narrow(axis, wanted[0], 1)
        else:
            tensor = tensor.index_select(axis, torch.as_tensor(list(wanted), device=tensor.device))
    return tensor


def _version(tensor: Tensor) -> int | None:
    """Torch's count of in-place changes; None for inference tensors, which keep none."""
    return None if tensor.is_inference() else tensor._version


@contextmanager
def quiet() -> Iterator[None]:
    """Our own arithmetic: without gradients, and unseen by any recording that runs."""
    with torch.no_grad(), torch._C.DisableTorchFunction():
        yield


def default_scale(depth: int) -> float:
    return 1 / math.sqrt(depth)
