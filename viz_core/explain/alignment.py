"""Word alignment from attention: which source word each target word came from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from viz_core.inputs.subwords import word_of_piece, words
from viz_core.models.protocol import Source, Stepper


def forced_weights(stepper: Stepper, sources: Sequence[Source], references: Sequence[Sequence[int]]) -> list[NDArray]:
    """Attention rows while the reference is forced (teacher forcing), f32[target position, source position] a pair.

    references: ids of each reference, `end` included. All pairs run as one batch.
    """
    longest = max(len(reference) for reference in references)
    padded = torch.tensor([[*r, *[stepper.end] * (longest - len(r))] for r in references])
    state, rows = stepper.start(sources), []
    for t in range(longest):
        prediction = stepper.predict(state)
        choices = padded[:, t : t + 1].to(prediction.log_probs.device)
        rows.append(prediction.weights[:, 0].cpu())
        state = stepper.commit(prediction, torch.zeros_like(choices), choices)
    stacked = torch.stack(rows, 1).numpy()  # (N, T, S)
    return [stacked[i, : len(r), : len(s.axis)] for i, (r, s) in enumerate(zip(references, sources, strict=True))]


def to_words(weights: NDArray, pieces: Sequence[str], text: str) -> NDArray:
    """Rows of pieces averaged to rows of target words: f32[piece, source] → f32[word, source]; specials left out."""
    owner = np.array(word_of_piece(pieces, text))
    return np.stack([weights[owner == word].mean(axis=0) for word in range(len(words(text)))])
