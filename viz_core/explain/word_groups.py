"""Trust tests by words: tokens of one word are removed together, and a word's row is that of its tokens.

Weights to a word are summed over its tokens, weights from a word averaged (Clark et al. 2019, §4.1). log p of a word is
the sum over its tokens; of a state, which is one of several, the mean counts.
Axes: S source tokens that can be removed, W source words, T output tokens, R output words, B sets.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from viz_core.models.protocol import Source, Stepper
from viz_core.trace import Axis
from viz_core.trace.errors import InputError

Tokens = tuple[tuple[int, ...], ...]  # of every word: which tokens


@dataclass(frozen=True)
class Groups:
    """columns: the tokens of each source word, counted among the S; rows: those of each output word, counted among the T."""

    columns: Tokens
    rows: Tokens

    def spread(self, keep: NDArray) -> NDArray:
        """Kept words bool[B, W] as kept tokens bool[B, S]."""
        return np.repeat(keep, [len(tokens) for tokens in self.columns], axis=-1)

    def values(self, values: NDArray, quantity: str) -> NDArray:
        """Values of the output tokens f[B, T] as values of its words f[B, R]."""
        together = np.sum if quantity == "log_prob" else np.mean
        return np.stack([together(values[:, list(tokens)], axis=1) for tokens in self.rows], axis=1)

    def map(self, weights: NDArray) -> NDArray:
        """A map f[T, S] as f[R, W]."""
        return self.summed(weights, [1 / len(tokens) for tokens in self.rows])

    def summed(self, values: NDArray, shares: Sequence[float] | None = None) -> NDArray:
        """f[T, S] as f[R, W], summed over both; shares: what each row is multiplied with."""
        columns = np.stack([values[:, list(tokens)].sum(1) for tokens in self.columns], axis=1)
        rows = np.stack([columns[list(tokens)].sum(0) for tokens in self.rows])
        return rows if shares is None else rows * np.asarray(shares)[:, None]

    def tokens(self, rows: Iterable[int]) -> NDArray:
        """The output tokens of some of the output words."""
        return np.array([token for row in rows for token in self.rows[row]])


def single(positions: int, outputs: int) -> Groups:
    """Every token by itself."""
    return Groups(tuple((i,) for i in range(positions)), tuple((i,) for i in range(outputs)))


def groups_of(stepper: Stepper, source: Source, places: Sequence[int], choices: Sequence[int], encoder: bool) -> Groups:
    """Words of the source, and of the output where the model's tokens are pieces of words.

    encoder: the outputs are positions of the source. Raises InputError for a source whose words are not known.
    """
    words = source.axis.geometry.get("words")
    if words is None:
        raise InputError("this source is not cut into pieces of words; test it token by token")
    columns = together([words[place] for place in places])  # type: ignore[index]
    if encoder:
        return Groups(columns, together([words[choice] for choice in choices]))  # type: ignore[index]
    return Groups(columns, output_words(stepper, choices))


def output_words(stepper: Stepper, choices: Sequence[int]) -> Tokens:
    """The tokens of each word that a model wrote; every token by itself where it does not know."""
    tokens = getattr(stepper, "tokens", None)
    if not hasattr(tokens, "output_axis"):
        return together(range(len(choices)))
    return together(tokens.output_axis(list(choices)).geometry["words"])


def has_words(source: Source) -> bool:
    """Whether some word of a source has several tokens."""
    words = source.axis.geometry.get("words")
    return words is not None and len(set(words)) < len(words)  # type: ignore[arg-type, call-overload]


def together(words: Iterable[int]) -> Tokens:
    """Neighbours of one word, by their places."""
    return tuple(tuple(place for place, _ in group) for _, group in groupby(enumerate(words), key=lambda item: item[1]))


def label(labels: Iterable[str]) -> str:
    """A word's tokens as a person reads them."""
    whole = "".join(part.removeprefix("##") for part in labels)
    return whole.strip("▁Ġ ") or whole


def word_axis(axis: Axis, columns: Tokens) -> Axis:
    """One position a word."""
    return Axis(axis.kind, tuple(label(axis.labels[i] for i in tokens) for tokens in columns))
