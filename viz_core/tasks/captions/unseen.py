"""Combinations that no model meets in training: a fifth of (noun, colour), (noun, count) and (noun, noun), chosen by a hash."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from itertools import combinations

from viz_core.tasks.captions.grammar import COLOURS, NOUNS, Description

ONE_IN = 5


def unseen(description: Description) -> bool:
    """Does a description hold at least one held-out combination?"""
    return any(_held_out(*pair) for pair in pairs(description))


def pairs(description: Description) -> list[tuple[str, str]]:
    """A description's combinations: each noun with its colour and with a count of two and more, and the two nouns, in the
    order of the alphabet, for neither side is part of the combination."""
    names = [NOUNS[thing.noun].class_name for thing in description.things]
    coloured = [(name, COLOURS[thing.colour].en) for name, thing in zip(names, description.things, strict=True) if thing.colour is not None]
    counted = [(name, str(thing.count)) for name, thing in zip(names, description.things, strict=True) if thing.count > 1]
    return [*coloured, *counted, *combinations(sorted(names), 2)]


@lru_cache(maxsize=None)
def _held_out(first: str, second: str) -> bool:
    return int(hashlib.sha256(f"captions:{first}|{second}".encode()).hexdigest()[:8], 16) % ONE_IN == 0
