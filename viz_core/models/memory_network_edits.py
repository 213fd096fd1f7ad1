"""What if a story were told otherwise: a sentence taken out, moved, or given another weight at a hop."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from viz_core.layers.edits import SetWeights
from viz_core.models.protocol import Source
from viz_core.trace.errors import InputError


def without(source: Source, sentence: int) -> tuple[str, ...]:
    """Sentences and question when one sentence is not told; InputError for the only one."""
    story, question = checked(source, sentence)
    if len(story) == 1:
        raise InputError("the story has one sentence only, and nothing is left without it; write another one first")
    return (*story[:sentence], *story[sentence + 1 :], question)


def moved(source: Source, sentence: int, place: int) -> tuple[str, ...]:
    """Sentences and question when a sentence is told at another place (0 the first)."""
    story, question = checked(source, sentence)
    checked(source, place)
    rest = [*story[:sentence], *story[sentence + 1 :]]
    return (*rest[:place], story[sentence], *rest[place:], question)


def weighted(row: NDArray, hop: int, sentence: int, weight: float) -> SetWeights:
    """A hop's row p, f[S], with one sentence's weight set; the others share the rest as they did (equally if they had none)."""
    if not 0 <= weight <= 1:
        raise InputError(f"the weight is {weight}; give a number from 0 to 1")
    row = np.nan_to_num(np.asarray(row, float))
    rest = np.delete(row, sentence)
    if len(rest) == 0 and weight != 1:
        raise InputError(f"the story has one sentence only, so its weight is 1 and cannot be {weight:g}; write another one first")
    rest = rest if rest.sum() > 0 else np.ones_like(rest)
    shares = rest / rest.sum() * (1 - weight) if len(rest) else rest
    return SetWeights(0, 0, hop, tuple(np.insert(shares, sentence, weight).tolist()), "hop")


def checked(source: Source, sentence: int) -> tuple[Sequence[str], str]:
    """Story and question; InputError for a sentence that is not there."""
    story, question = source.ids
    if not 0 <= sentence < len(story):
        raise InputError(f"there is no sentence {sentence + 1} in a story of {len(story)}; give 1 … {len(story)}")
    return story, question
