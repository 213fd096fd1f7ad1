"""Remember the first symbol: the shortest task that only a long memory solves (after Hochreiter & Schmidhuber 1997, §5).

A source is letters and then `?`. The right output is `·` (nothing) after every letter, the first letter after `?`, then
the end. All letters come from one alphabet, so that nothing but its place tells the first from the fillers behind it;
how many fillers lie between is the distance to bridge.
"""

from __future__ import annotations

import random

from viz_core.trace.errors import InputError

LETTERS = tuple("ABCDEFGH")
ASK = "?"
SILENT = "·"
TRAINED = (20, 40)  # least and most fillers in training: no easy short sources to begin with
LONGEST = 300  # fillers that are read at all
HELD_OUT_SEED = 900_000  # `held_out` draws with seeds that training never uses


def source(fillers: int, rng: random.Random) -> tuple[str, ...]:
    """One source with that many fillers; InputError for a number outside 0 … `LONGEST`."""
    if not 0 <= fillers <= LONGEST:
        raise InputError(f"the number of fillers is {fillers}; give a whole number from 0 to {LONGEST}")
    return (*rng.choices(LETTERS, k=fillers + 1), ASK)


def held_out(fillers: int, count: int, seed: int = 0) -> list[tuple[str, ...]]:
    """`count` sources of one length, drawn with seeds of their own; the same seed gives the same sources."""
    rng = random.Random((HELD_OUT_SEED + seed) * 1_000 + fillers)
    return [source(fillers, rng) for _ in range(count)]


def target(units: tuple[str, ...]) -> tuple[str, ...]:
    """What is right to say after each unit of a source, the end left out."""
    return (*[SILENT] * (len(units) - 1), units[0])


def read(text: str) -> tuple[str, ...]:
    """A typed source as units; InputError names what is none. Case and spaces are ignored, `?` may be left out."""
    typed = "".join(text.split()).upper().removesuffix(ASK)
    remedy = f"type letters {LETTERS[0]}–{LETTERS[-1]}, for example CADFBHE?"
    if not typed:
        raise InputError(f"the source has no letter; {remedy}")
    if len(typed) > LONGEST + 1:
        raise InputError(f"the source has {len(typed):,} letters; at most {LONGEST + 1} are read, so shorten it")
    for character in typed:
        if character not in LETTERS:
            raise InputError(f"the source has {character!r}, which is none of its letters; {remedy}")
    return (*typed, ASK)
