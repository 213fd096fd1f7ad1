"""Interventions on the attention of an LSTM decoder: layer 0, head 0, site "cross", the query is the decoder step."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from viz_core.layers.edits import AblateHead, Edit, edit_scores, edit_weights, touching

SITE = "cross"


def takes_means(edits: Sequence[Edit]) -> bool:
    """Whether a step needs the weights of the steps before it."""
    return any(isinstance(edit, AblateHead) and edit.how == "mean" for edit in touching(edits, SITE, 0))


def weigher(edits: Sequence[Edit], index: int, before: Tensor | None) -> Callable[[Tensor, Tensor], Tensor]:
    """From scores f32[N, B, S] and mask to weights under the edits, at decoder step `index`.

    before: sum of the weights of the steps before, where an edit asks for the mean over the queries (None at the first):
    later queries are not known yet, so that the mean is over those so far.
    """
    own = tuple(edit for edit in edits if not takes_means([edit]))

    def weigh(scores: Tensor, mask: Tensor) -> Tensor:
        scores = scores.masked_fill(~mask, -torch.inf)[:, :, None, None]  # (N, B, head, query, S)
        weights = edit_scores(scores, own, SITE, 0, index).float().softmax(-1)
        weights = edit_weights(weights, own, SITE, 0, index)[:, :, 0, 0]
        return weights if before is None else (before + weights) / (index + 1)

    return weigh


def shown(weights: Tensor) -> Tensor:
    """Rows of zeros, of a head that was taken out, as NaN: they attend to nothing."""
    return weights.masked_fill(weights.sum(-1, keepdim=True) == 0, torch.nan)
