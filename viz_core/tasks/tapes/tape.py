"""A tape: what a machine sees tick by tick, and the bits it must say in the last ticks, when the tape is blank.

Bits are written as text, one vector of 0 and 1 a word: `10110010 01100001`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viz_core.trace.errors import InputError

LONGEST = 250  # vectors on a tape that are read at all
HELD_OUT_SEED = 900_000  # evaluation draws with seeds that training and validation never use
VALIDATION_SEED = 800_000


@dataclass(frozen=True)
class Tape:
    """inputs f32[tick, channel]; targets f32[answer, bit]: what is right at the last len(targets) ticks; labels: one a tick."""

    inputs: NDArray
    targets: NDArray
    labels: tuple[str, ...]


def bits(rows: NDArray) -> str:
    """0/1 rows as text."""
    return " ".join("".join("1" if bit > 0.5 else "0" for bit in row) for row in rows)


def read_rows(text: str, width: int, example: str) -> NDArray:
    """Typed vectors as f32[vector, width]; narrower ones are filled with 0 at the right.

    Raises InputError for no vector, another sign than 0 and 1, a vector wider than `width`, and more than `LONGEST`.
    """
    words = text.split()
    remedy = f"write vectors of up to {width} bits with spaces between, for example {example}"
    if not words:
        raise InputError(f"the tape is empty; {remedy}")
    if len(words) > LONGEST:
        raise InputError(f"the tape has {len(words):,} vectors; at most {LONGEST} are read, so shorten it")
    for place, word in enumerate(words, 1):
        strange = word.replace("0", "").replace("1", "")
        if strange:
            raise InputError(f"vector {place} of the tape has {strange[0]!r}, which is neither 0 nor 1; {remedy}")
        if len(word) > width:
            raise InputError(f"vector {place} of the tape has {len(word)} bits but this machine's tape is {width} wide; {remedy}")
    return np.array([[float(bit) for bit in word.ljust(width, "0")] for word in words], np.float32)
