"""Interventions on the attention of a Transformer: sites "encoder", "decoder" and "cross", layers and heads from 0.

A query of the encoder is a source position; of the decoder and of its cross-attention it is the decoder step.
Axes: N sources, B hypotheses of each, H heads, Q queries, K keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional as F

from viz_core.layers.edits import AblateHead, Edit, check_edits, edit_scores, edit_weights, put_heads, touching
from viz_core.trace.errors import InputError

if TYPE_CHECKING:
    from viz_core.models.transformer import Config

SITES = ("encoder", "decoder", "cross")
Weigh = Callable[[Tensor], Tensor]  # masked scores (·, H, Q, K) → weights of the same shape
Sums = Mapping[tuple[str, int], Tensor]  # (site, layer) → Σ of the weights of the steps so far, (N, B, H, 1, K)


class Weigher:
    """Softmax under interventions, for every place of one pass of the encoder or of one decoder step.

    first: number of the step; hypotheses: B (None in the encoder, whose queries are the positions of one sequence); before:
    `sums` of the step before. A mean over the queries of a decoder is over those so far, since later ones are not known
    yet; `sums` then holds what the next step needs.
    """

    def __init__(self, edits: Sequence[Edit], first: int = 0, hypotheses: int | None = None, before: Sums | None = None) -> None:
        self.edits, self.first, self.hypotheses, self.before = tuple(edits), first, hypotheses, before or {}
        self.sums: dict[tuple[str, int], Tensor] = {}

    def at(self, site: str, layer: int, real: Tensor | None = None) -> Weigh | None:
        """What weighs the scores there; None where nothing is changed. real: bool (N, Q), queries that are no padding."""
        edits = touching(self.edits, site, layer, self.first, None if self.hypotheses is None else 1)
        if not edits:
            return None
        if self.hypotheses is None:
            return partial(self._whole, edits, site, layer, real)
        return partial(self._step, edits, site, layer)

    def _whole(self, edits: Sequence[Edit], site: str, layer: int, real: Tensor | None, scores: Tensor) -> Tensor:
        own, means = _parted(edits)
        weights = edit_weights(edit_scores(scores, own, site, layer).float().softmax(-1), own, site, layer)
        if not means:
            return weights
        counted = weights if real is None else weights.masked_fill(~real[:, None, :, None], torch.nan)  # no mean over padding
        averaged = edit_weights(counted, means, site, layer)
        return torch.where(averaged.isnan(), weights, averaged)

    def _step(self, edits: Sequence[Edit], site: str, layer: int, scores: Tensor) -> Tensor:
        """scores: (N·B, H, 1, K) of self-attention, (N, H, B, K) of cross-attention."""
        own, means = _parted(edits)
        beside = site == "cross"
        rows = scores.transpose(1, 2).unsqueeze(3) if beside else scores.unflatten(0, (-1, self.hypotheses))  # (N, B, H, 1, K)
        weights = edit_scores(rows, own, site, layer, self.first).float().softmax(-1)
        weights = edit_weights(weights, own, site, layer, self.first)
        if means:
            weights = self._averaged(means, site, layer, weights)
        return weights.squeeze(3).transpose(1, 2) if beside else weights.flatten(0, 1)

    def _averaged(self, means: Sequence[AblateHead], site: str, layer: int, weights: Tensor) -> Tensor:
        total, before = weights, self.before.get((site, layer))
        if before is not None:
            total = total + F.pad(before, (0, weights.shape[-1] - before.shape[-1]))  # the newest key had no weight before
        self.sums[site, layer] = total
        mean = total / (self.first + 1)
        for edit in means:
            weights = put_heads(weights, [edit.head], mean[..., [edit.head], :, :], edit.batch)
        return weights


def _parted(edits: Iterable[Edit]) -> tuple[tuple[Edit, ...], tuple[AblateHead, ...]]:
    """The edits of a row by itself, and those that need other rows."""
    means = tuple(edit for edit in edits if isinstance(edit, AblateHead) and edit.how == "mean")
    return tuple(edit for edit in edits if edit not in means), means


def of_source(edits: Iterable[Edit], source: int) -> tuple[Edit, ...]:
    """The edits that are for one source of a batch, as they are for it alone."""
    found = []
    for edit in edits:
        if not isinstance(edit, AblateHead) or edit.batch is None:
            found.append(edit)
        elif edit.batch == source:
            found.append(replace(edit, batch=None))
    return tuple(found)


def chosen_rows(sums: Sums, rows: Tensor) -> dict[tuple[str, int], Tensor]:
    """The sums whose hypothesis b of source n is hypothesis rows[n, b] of these."""
    index = rows[..., None, None, None]
    return {place: total.gather(1, index.expand(-1, -1, *total.shape[2:])) for place, total in sums.items()}


def shown(weights: Tensor) -> Tensor:
    """Rows of zeros, of a head that was taken out, as NaN: they attend to nothing."""
    return weights.masked_fill(weights.sum(-1, keepdim=True) == 0, torch.nan)


def checked(edits: Iterable[object], config: Config, sites: Sequence[str] = SITES) -> tuple[Edit, ...]:
    """The edits as a tuple; InputError for one at a site, layer or head that the model does not have."""
    found = check_edits(edits)
    for edit in found:
        what = type(edit).__name__
        if edit.site not in (None, *sites):
            raise InputError(f"{what} is for attention at {edit.site!r}, but this model attends at: {', '.join(sites)}")
        for name, count in (("layer", config.layers), ("head", config.heads)):
            value = getattr(edit, name)
            if value is not None and value >= count:
                raise InputError(f"{what} names {name} {value}, but there are only {count}; give a {name} from 0 to {count - 1}")
    return found
