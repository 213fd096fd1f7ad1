"""Remember the first symbol: the shortest task that only a long memory solves (after Hochreiter & Schmidhuber 1997, §5).

A source is one capital letter, then fillers drawn from small letters, then `?`. The right output is `·` (nothing) after
every symbol but the last, the capital after `?`, then the end. How many fillers lie between is the distance to bridge.
"""

from __future__ import annotations

import random

from viz_core.trace.errors import InputError

KEYS = tuple("ABCDEFGH")
FILLERS = tuple("abcdefgh")
ASK = "?"
SILENT = "·"
LONGEST_TRAINED = 40  # fillers in training sources: 0 … 40
LONGEST = 300  # fillers that are read at all
HELD_OUT_SEED = 900_000  # sources of `held_out` come from seeds that training never uses


def source(fillers: int, rng: random.Random) -> tuple[str, ...]:
    """One source with that many fillers; InputError for a number outside 0 … `LONGEST`."""
    if not 0 <= fillers <= LONGEST:
        raise InputError(f"the number of fillers is {fillers}; give a whole number from 0 to {LONGEST}")
    return (rng.choice(KEYS), *rng.choices(FILLERS, k=fillers), ASK)


def held_out(fillers: int, count: int, seed: int = 0) -> list[tuple[str, ...]]:
    """`count` sources of one length that no training batch is drawn from; the same seed gives the same sources."""
    rng = random.Random((HELD_OUT_SEED + seed) * 1_000 + fillers)
    return [source(fillers, rng) for _ in range(count)]


def target(units: tuple[str, ...]) -> tuple[str, ...]:
    """What is right to say after each unit of a source, the end left out."""
    return (*[SILENT] * (len(units) - 1), units[0])


def read(text: str) -> tuple[str, ...]:
    """A typed source as units; InputError says what does not belong where. Spaces are ignored, `?` may be left out."""
    typed = "".join(text.split())
    shape = "type one capital A–H, then small letters a–h, then ?"
    if not typed or typed[0] not in KEYS:
        raise InputError(f"the source begins with {typed[:1]!r}, which is no key; {shape}")
    body = typed[1:].removesuffix(ASK)
    if len(body) > LONGEST:
        raise InputError(f"the source has {len(body):,} fillers; at most {LONGEST} are read, so shorten it")
    for character in body:
        if character not in FILLERS:
            raise InputError(f"the source has {character!r} among its fillers; {shape}")
    return (typed[0], *body, ASK)
