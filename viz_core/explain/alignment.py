"""Word alignment from attention: which source word each target word came from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from viz_core.inputs.subwords import word_of_piece, words
from viz_core.inputs.vocabulary import SPECIALS, UNKNOWN
from viz_core.models.protocol import Source, Stepper
from viz_core.trace.errors import ShapeError

if TYPE_CHECKING:
    from viz_core.models.transformer_stepper import TransformerStepper


def forced_weights(stepper: Stepper, sources: Sequence[Source], references: Sequence[Sequence[int]]) -> list[NDArray]:
    """Attention rows while the reference is forced (teacher forcing), f32[target position, source position] a pair.

    references: ids of each reference, `end` included. All pairs run as one batch. NaN for a model without attention.
    """
    return _forced(stepper, sources, references, lambda prediction: prediction.weights[:, 0])


def forced_cross(stepper: TransformerStepper, sources: Sequence[Source], references: Sequence[Sequence[int]]) -> list[NDArray]:
    """The same of every layer and head of a Transformer's cross-attention, f32[target position, layer, head, source position]."""
    layers = range(stepper.module.config.layers)
    return _forced(stepper, sources, references, lambda prediction: torch.stack([prediction.cross(i)[:, 0] for i in layers], 1))


def _forced(
    stepper: Stepper, sources: Sequence[Source], references: Sequence[Sequence[int]], look: Callable[[Any], torch.Tensor]
) -> list[NDArray]:
    """What `look` sees of each step's prediction, f32[pair, …, source position], as one array [target position, …] a pair."""
    longest = max(map(len, references), default=0)
    if not longest:
        return []
    padded = torch.tensor([[*r, *[stepper.end] * (longest - len(r))] for r in references])
    state, rows = stepper.start(sources), []
    for t in range(longest):
        prediction = stepper.predict(state)
        rows.append(look(prediction).float().cpu())
        choices = padded[:, t : t + 1].to(prediction.log_probs.device)
        state = stepper.commit(prediction, torch.zeros_like(choices), choices)
    stacked = torch.stack(rows, 1).numpy()  # (N, T, …, S)
    return [stacked[i, : len(r), ..., : len(s.axis)] for i, (r, s) in enumerate(zip(references, sources, strict=True))]


def shifted(rows: NDArray) -> NDArray:
    """Each output's row at the step that reads it, one after the step that writes it (Chen et al. 2020, §3); the last stays.

    A decoder's state at the step that reads a word stands for that word, so that Transformers often align better there.
    """
    return np.concatenate([rows[1:], rows[-1:]])


def to_words(weights: NDArray, pieces: Sequence[str], text: str) -> NDArray:
    """Rows of pieces averaged to rows of target words: f32[piece, …, source] → f32[word, …, source]; specials left out.

    pieces: symbols of an encoding of `text`; `<unk>` stands for one character. Raises ShapeError unless there is one
    row a piece and every word of `text` (`inputs.subwords.words`) has a piece.
    """
    # A stand-in of the length it has in the text: word_of_piece counts characters and skips specials.
    spelled = ["?" if piece == SPECIALS[UNKNOWN] else piece for piece in pieces]
    owner = np.array(word_of_piece(spelled, text), int)
    count = len(words(text))
    if len(owner) != len(weights) or set(range(count)) - set(owner.tolist()):
        raise ShapeError(
            f"{len(weights)} rows and {len(pieces)} pieces do not fit the {count} words of {text[:60]!r}; expected one row a "
            "piece and at least one piece a word; pass the pieces of this text's own encoding"
        )
    return np.stack([weights[owner == word].mean(axis=0) for word in range(count)])
