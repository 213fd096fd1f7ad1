"""Combinations that no model meets in training: a fifth of (noun, colour), (noun, count) and (noun, noun), chosen by a hash."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from itertools import combinations

from viz_core.tasks.captions.grammar import COLOURS, NOUNS, Description

ONE_IN = 5
KINDS = ("colour", "count", "nouns")
"""What a noun is combined with."""


def unseen(description: Description) -> bool:
    """Does a description hold at least one held-out combination?"""
    return bool(unseen_kinds(description))


def unseen_kinds(description: Description) -> frozenset[str]:
    """The kinds of a description's held-out combinations."""
    return frozenset(kind for kind, *pair in pairs(description) if _held_out(*pair))


def pairs(description: Description) -> list[tuple[str, str, str]]:
    """A description's combinations, the kind of `KINDS` first: each noun with its colour and with a count of two and more, and
    the two nouns, in the order of the alphabet, for neither side is part of the combination."""
    names = [NOUNS[thing.noun].class_name for thing in description.things]
    coloured = [("colour", name, COLOURS[thing.colour].en) for name, thing in zip(names, description.things, strict=True) if thing.colour is not None]
    counted = [("count", name, str(thing.count)) for name, thing in zip(names, description.things, strict=True) if thing.count > 1]
    return [*coloured, *counted, *(("nouns", *both) for both in combinations(sorted(names), 2))]


@lru_cache(maxsize=None)
def _held_out(first: str, second: str) -> bool:
    return int(hashlib.sha256(f"captions:{first}|{second}".encode()).hexdigest()[:8], 16) % ONE_IN == 0
