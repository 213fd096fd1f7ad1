"""What if, for an encoder: how far edits move its tokens and the embedding of the whole sentence."""

from __future__ import annotations

from collections.abc import Iterable

import torch

from viz_core.explain.effect import Shift
from viz_core.explain.what_if import Sites, check_places, sites_from
from viz_core.layers.edits import Edit, check_edits
from viz_core.models.pretrained_encoder import PretrainedEncoder, Read
from viz_core.models.protocol import Source


def shift(encoder: PretrainedEncoder, source: str | Source, edits: Iterable[Edit] = ()) -> Shift:
    """What the edits change. The sentence embedding is the mean of the last hidden states (Reimers & Gurevych 2019, §3).

    A query with no key left that it may see reads nothing: the head's output is 0 there. Raises InputError for edits at a
    place that the model does not have.
    """
    edits = check_edits(edits)
    source = encoder.encode(source) if isinstance(source, str) else source
    before = encoder.read(source)
    check_places(edits, encoder_sites(before))
    after = encoder.intervened(edits).read(source)
    ends = before.states[-1].mean(0), after.states[-1].mean(0)
    change = 1 - torch.cosine_similarity(before.states[1:].double(), after.states[1:].double(), dim=-1)  # (layer, T)
    similarity = float(torch.cosine_similarity(*ends, dim=0).clamp(-1, 1))
    return Shift(edits, source.axis.labels, similarity, change.clamp(min=0).cpu().numpy())


def encoder_sites(read: Read) -> Sites:
    """Where an encoder attends."""
    return sites_from(read.calls)
