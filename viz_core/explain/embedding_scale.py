"""Why embeddings are multiplied by √d (Vaswani et al. 2017, §3.4): lengths of embeddings and positions of a sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from viz_core.layers.positional import sinusoids
from viz_core.models.protocol import Source
from viz_core.models.transformer_stepper import TransformerStepper


@dataclass(frozen=True, eq=False)
class EmbeddingScale:
    """One entry a word: Euclidean norms of E w, of factor · E w, of the position, of their sum, and the cosine between the
    embedded word and the sum. factor: what the embeddings were multiplied by; size: the width d."""

    labels: tuple[str, ...]
    size: int
    factor: float
    embedding: NDArray
    scaled: NDArray
    position: NDArray
    total: NDArray
    cosine: NDArray


@torch.inference_mode()
def embedding_scale(stepper: TransformerStepper, source: Source, factor: float | None = None) -> EmbeddingScale:
    """The lengths for the words of a source; factor: √d when None."""
    module = stepper.module
    rows = module.source(*stepper.ids([source]))[0].double()
    size = rows.shape[-1]
    factor = math.sqrt(size) if factor is None else factor
    place = sinusoids(len(rows), size).to(rows)
    total = factor * rows + place
    cosine = torch.cosine_similarity(rows, total, dim=-1)
    norms = (np.linalg.norm(part.cpu().numpy(), axis=-1) for part in (rows, factor * rows, place, total))
    return EmbeddingScale(source.axis.labels, size, factor, *norms, cosine.cpu().numpy())
