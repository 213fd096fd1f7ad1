"""Words that are not counted against a caption's, because training never shows what they would say.

A fifth of all combinations is kept from training. There, a noun that is never red teaches "not red" with every picture of it,
and a model learns what is missing from the pictures along with what is in them; asked for the new combination it takes another
word. So a word whose combination no caption of training has is left out of the sum below the softmax, wherever it would stand
for it: what was never shown is neither right nor wrong. Where no colour is said a thing has its own; there every colour is wrong
and counts, or a star, which is never painted yellow, would be called a yellow star. A bias that is known is taken out of the
loss, as in Clark et al. 2019 ("Don't take the easy way out", §3: a product of experts), here an expert that knows which
combinations occur.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor


@dataclass(frozen=True)
class Kinds:
    """What words stand for, by id: a number of things, a colour, or nouns (more than one where they are written alike)."""

    size: int  # of the vocabulary
    numbers: Mapping[int, int]
    colours: Mapping[int, int]
    nouns: Mapping[int, Sequence[int]]


class Phrase(NamedTuple):
    """A noun with what is said of it. start, end: its places among the words, the noun last; colour: None where none is said."""

    start: int
    end: int
    nouns: Sequence[int]
    number: int
    colour: int | None


def phrases(kinds: Kinds, ids: Sequence[int]) -> list[Phrase]:
    """The noun phrases of a caption in both of our languages: a number, then perhaps a colour, then the noun."""
    found, start, number, colour = [], 0, 1, None
    for place, word in enumerate(ids):
        if word in kinds.numbers:
            start, number, colour = place, kinds.numbers[word], None
        elif word in kinds.colours:
            colour = kinds.colours[word]
        elif word in kinds.nouns:
            found.append(Phrase(start, place, kinds.nouns[word], number, colour))
            start, number, colour = place + 1, 1, None
    return found


class Unshown:
    """Made from the captions of training (ids each); called with some of them, it says which words are left out where.

    Nouns that no caption combines with anything are counted like any others. Axes: M nouns, V words.
    """

    def __init__(self, kinds: Kinds, captions: Iterable[Sequence[int]]) -> None:
        self.kinds = kinds
        nouns = 1 + max((noun for group in kinds.nouns.values() for noun in group), default=0)
        numbers, colours = (1 + max(found.values(), default=0) for found in (kinds.numbers, kinds.colours))
        number, colour, noun = (torch.zeros(nouns, count, dtype=torch.bool) for count in (numbers, colours, nouns))
        for caption in captions:
            said = phrases(kinds, caption)
            for one in said:
                for place in one.nouns:
                    number[place, one.number] = True
                    if one.colour is not None:
                        colour[place, one.colour] = True
            if len(said) == 2:
                for first in said[0].nouns:
                    for second in said[1].nouns:
                        noun[first, second] = noun[second, first] = True
        number[:, :2] = True  # one of a thing is no combination
        unshown = [~table & table[:, begin:].any(1)[:, None] for table, begin in ((number, 2), (colour, 0), (noun, 0))]
        unshown[2] = unshown[2] & unshown[2].T & ~torch.eye(nouns, dtype=torch.bool)  # both stand beside others; none beside itself
        of_number, of_colour, of_noun = self._words(kinds.numbers, numbers), self._words(kinds.colours, colours), self._words(kinds.nouns, nouns)
        self.numbers, self.colours = (unshown[0].float() @ of_number) > 0, (unshown[1].float() @ of_colour) > 0  # (M, V): of each noun
        alike = of_noun.sum(0).clamp(min=1)  # of nouns that are written alike all have to be left out
        self.by_number, self.by_colour, self.by_other = ((table.float() @ of_noun) >= alike for table in (unshown[0].T, unshown[1].T, unshown[2]))

    def _words(self, ids: Mapping[int, int | Sequence[int]], count: int) -> Tensor:
        """1 where a word stands for a thing: f32 (count, V)."""
        out = torch.zeros(count, self.kinds.size)
        for word, places in ids.items():
            out[places, word] = 1
        return out

    def __call__(self, target: Tensor) -> Tensor:
        """target: the words of captions, int64 (N, T) → bool (N, T, V), never True of the word itself."""
        out = torch.zeros(*target.shape, self.kinds.size, dtype=torch.bool)
        for row, ids in zip(out, target.tolist(), strict=True):
            said = phrases(self.kinds, ids)
            for place, one in enumerate(said):
                left = self.numbers[one.nouns].all(0) | self.by_number[one.number]
                if one.colour is not None:
                    left = left | self.colours[one.nouns].all(0) | self.by_colour[one.colour]
                if len(said) == 2:
                    left = left | self.by_other[said[1 - place].nouns].all(0)
                row[one.start : one.end + 1] = left
        return out.scatter_(2, target.cpu()[..., None], False).to(target.device)


def cross_entropy(logits: Tensor, target: Tensor, smoothing: float, left_out: Tensor) -> Tensor:
    """Label-smoothed cross-entropy over the words that are counted (Szegedy et al. 2016, §7).

    logits f32 (R, V), target int64 (R), left_out bool (R, V), False at the targets.
    """
    log_probs = logits.masked_fill(left_out, -torch.inf).log_softmax(-1)
    right = log_probs.gather(1, target[:, None])[:, 0]
    mean = log_probs.masked_fill(left_out, 0).sum(-1) / (~left_out).sum(-1)
    return -((1 - smoothing) * right + smoothing * mean).mean()
