"""The one vocabulary of interventions on attention, and what each does to scores and weights.

Tensors are (..., head, query, key). An edit names its place by site ("encoder", "decoder", "cross"), layer and head;
`None` means every one. Query numbers count from the start of the sequence, so that a step with a key–value cache passes
the number of its first row as `first_query`; key numbers likewise (`first_key`, for caches that forget old keys).
Our own recurrent models use layer 0, head 0, site "cross", and the decoder step as the query.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from viz_core.trace.errors import InputError

HOWS = ("zero", "mean", "uniform")
SUM_TOLERANCE = 1e-3


@dataclass(frozen=True)
class AblateHead:
    """Take one head out (Michel et al. 2019, §2.3).

    how: "zero" its output is 0; "mean" its output is its mean over the queries of the call and, where a sequence is read
    step by step, over those before it; "uniform" its weights are equal over the keys that each query may see. batch: only
    this item of a batch (None: all), so that many ablations can share one forward pass.
    """

    layer: int
    head: int
    how: str = "zero"
    site: str | None = None
    batch: int | None = None

    def __post_init__(self) -> None:
        _position("layer of AblateHead", self.layer)
        _position("head of AblateHead", self.head)
        _optional("batch of AblateHead", self.batch)
        if self.how not in HOWS:
            raise InputError(f"AblateHead cannot ablate by {self.how!r}; give how= one of {', '.join(map(repr, HOWS))}")


@dataclass(frozen=True)
class SetWeights:
    """Replace the weights of one query row by a distribution over all its keys."""

    layer: int
    head: int
    query: int
    weights: tuple[float, ...]
    site: str | None = None

    def __post_init__(self) -> None:
        for name in ("layer", "head", "query"):
            _position(f"{name} of SetWeights", getattr(self, name))
        row = tuple(float(weight) for weight in self.weights)
        object.__setattr__(self, "weights", row)
        total = math.fsum(row) if all(map(math.isfinite, row)) else math.nan
        if not row or min(row) < 0 or not abs(total - 1) <= SUM_TOLERANCE:
            raise InputError(
                f"the weights of SetWeights sum to {total:.4g} with smallest {min(row, default=math.nan):.4g}; "
                "give non-negative numbers that sum to 1, one for each key"
            )


@dataclass(frozen=True)
class Temperature:
    """Divide the scores by `value` before softmax: above 1 flattens the weights, below 1 sharpens them."""

    value: float
    layer: int | None = None
    head: int | None = None
    site: str | None = None

    def __post_init__(self) -> None:
        if not (isinstance(self.value, int | float) and math.isfinite(self.value) and self.value > 0):
            raise InputError(f"the temperature is {self.value!r}; give a finite number above 0 (1 changes nothing)")
        _optional("layer of Temperature", self.layer)
        _optional("head of Temperature", self.head)


@dataclass(frozen=True)
class BlockEdge:
    """Attention knock-out (Geva et al. 2023, §4): this query cannot see this key, its score is −inf before softmax."""

    query: int
    key: int
    layer: int | None = None
    head: int | None = None
    site: str | None = None

    def __post_init__(self) -> None:
        _position("query of BlockEdge", self.query)
        _position("key of BlockEdge", self.key)
        _optional("layer of BlockEdge", self.layer)
        _optional("head of BlockEdge", self.head)


Edit = AblateHead | SetWeights | Temperature | BlockEdge


def check_edits(edits: Iterable[object]) -> tuple[Edit, ...]:
    """The edits as a tuple; InputError for anything that is none of the four."""
    found = tuple(edits)
    for edit in found:
        if not isinstance(edit, Edit):
            raise InputError(
                f"{type(edit).__name__} is no intervention on attention; use AblateHead, SetWeights, Temperature or BlockEdge"
            )
    return found


def touching(edits: Iterable[Edit], site: str, layer: int, first_query: int = 0, queries: int | None = None) -> tuple[Edit, ...]:
    """The edits that change a call at this site and layer with rows first_query … first_query + queries − 1."""

    def meets(edit: Edit) -> bool:
        row = getattr(edit, "query", None)
        inside = row is None or queries is None or first_query <= row < first_query + queries
        return edit.site in (None, site) and edit.layer in (None, layer) and inside

    return tuple(edit for edit in edits if meets(edit))


def edited_heads(edits: Sequence[Edit], heads: int) -> list[int]:
    """The heads that the edits change, in order; InputError for a head that the call does not have."""
    found = {edit.head for edit in edits}
    for head in found - {None}:
        if head >= heads:
            raise InputError(f"there is no head {head} in a layer of {heads}; give a head in 0 … {heads - 1}")
    return list(range(heads)) if None in found else sorted(found)


def edit_scores(
    scores: Tensor, edits: Iterable[Edit], site: str, layer: int, first_query: int = 0, first_key: int = 0
) -> Tensor:
    """Scores (..., head, query, key) before softmax under Temperature, BlockEdge and uniform ablation; a new tensor."""
    queries, keys = scores.shape[-2:]
    for edit in touching(edits, site, layer, first_query, queries):
        heads = edited_heads([edit], scores.shape[-3])
        if isinstance(edit, Temperature):
            scores = put_heads(scores, heads, scores[..., heads, :, :] / edit.value)
        elif isinstance(edit, BlockEdge) and 0 <= edit.key - first_key < keys:
            scores = scores.clone()
            scores[..., heads, edit.query - first_query, edit.key - first_key] = -torch.inf
        elif isinstance(edit, AblateHead) and edit.how == "uniform":
            flat = scores[..., heads, :, :]
            scores = put_heads(scores, heads, torch.where(flat == -torch.inf, flat, 0.0), edit.batch)
    return scores


def edit_weights(weights: Tensor, edits: Iterable[Edit], site: str, layer: int, first_query: int = 0) -> Tensor:
    """Weights (..., head, query, key) after softmax under SetWeights and zero or mean ablation; a new tensor.

    A zeroed head has weights 0, and a mean head the same mean weights in every row: the output is linear in the
    weights, so that this is the mean of its outputs. Raises InputError when a set row has another number of keys.
    """
    queries, keys = weights.shape[-2:]
    for edit in touching(edits, site, layer, first_query, queries):
        heads = edited_heads([edit], weights.shape[-3])
        if isinstance(edit, SetWeights):
            row = torch.tensor(edit.weights, dtype=weights.dtype, device=weights.device)
            if len(row) != keys:
                raise InputError(f"SetWeights gives {len(row)} weights but the row has {keys} keys; give one for each key")
            weights = weights.clone()
            weights[..., heads, edit.query - first_query, :] = row
        elif isinstance(edit, AblateHead) and edit.how == "zero":
            weights = put_heads(weights, heads, torch.zeros_like(weights[..., heads, :, :]), edit.batch)
        elif isinstance(edit, AblateHead) and edit.how == "mean":
            rows = weights[..., heads, :, :]
            weights = put_heads(weights, heads, rows.nanmean(dim=-2, keepdim=True).expand_as(rows), edit.batch)
    return weights


def put_heads(whole: Tensor, heads: list[int], part: Tensor, batch: int | None = None) -> Tensor:
    """A copy of `whole` (..., head, query, key) with the given heads replaced by `part`, in one item of the batch or in all."""
    whole = whole.clone()
    if batch is None:
        whole[..., heads, :, :] = part
        return whole
    if whole.ndim < 4 or batch >= whole.shape[0]:
        raise InputError(f"there is no batch item {batch} in a call of {whole.shape[0] if whole.ndim > 3 else 1}")
    whole[batch][..., heads, :, :] = part[batch]
    return whole


def _position(what: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InputError(f"the {what} is {value!r}; give a whole number, 0 or more")


def _optional(what: str, value: object) -> None:
    if value is not None:
        _position(what, value)
