"""Repeat copy: a sequence and a number of times; the sequence must be said that often, then an end (Graves et al. 2014, §4.2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viz_core.tasks.tapes.tape import LONGEST, Tape, bits, read_rows
from viz_core.trace.errors import InputError

NAME = "repeat-copy"
WIDTH = 8
INPUTS, OUTPUTS = WIDTH + 2, WIDTH + 1  # in: an end mark and the number of times; out: the end that the machine must say
MARKS = ("end", "times")
TRAINED = (1, 10)  # vectors on a training tape, and times to say them
MEAN, SPREAD = 5.5, 2.872  # of the numbers 1 … 10: the machine sees (times − mean) / spread
EXAMPLE = "10110010 01100001 x3"


def draw(
    rng: np.random.Generator, count: int, length: int | None = None, times: int | None = None
) -> tuple[NDArray, NDArray]:
    """`count` tapes of one length and number of times: inputs f32[count, tick, channel], targets f32[count, answer, bit]."""
    length, times = (int(rng.integers(TRAINED[0], TRAINED[1] + 1)) if n is None else n for n in (length, times))
    rows = rng.integers(0, 2, (count, length, WIDTH)).astype(np.float32)
    return laid_out(rows, times), answer(rows, times)


def laid_out(rows: NDArray, times: int) -> NDArray:
    """f32[count, vector, bit] → the whole tape: the vectors, mark and number in one tick, blank ticks for the answer."""
    count, length, width = rows.shape
    inputs = np.zeros((count, length + 1 + length * times + 1, width + 2), np.float32)
    inputs[:, :length, :width] = rows
    inputs[:, length, width:] = 1, (times - MEAN) / SPREAD
    return inputs


def answer(rows: NDArray, times: int) -> NDArray:
    """The vectors `times` times, then the end: 0 bits and 1 in the end channel."""
    count, length, width = rows.shape
    out = np.zeros((count, length * times + 1, width + 1), np.float32)
    out[:, :-1, :width] = np.tile(rows, (1, times, 1))
    out[:, -1, width] = 1
    return out


def read(text: str) -> Tape:
    """Typed vectors and the number of times, `x3`, at the end."""
    *words, last = text.split() or [""]
    number = last[1:]
    if not (last[:1] in ("x", "×") and number.isascii() and number.isdigit() and len(number) <= 3 and int(number) >= 1):
        raise InputError(f"the tape ends in {last[:20]!r}; end with how often to say it, for example {EXAMPLE}")
    rows, times = read_rows(" ".join(words), WIDTH, EXAMPLE), int(number)
    if len(rows) * times > LONGEST:
        raise InputError(f"{len(rows)} vectors {times} times are {len(rows) * times:,}; at most {LONGEST} can be said: ask for fewer")
    said = (f"say {j}.{i}" for j in range(1, times + 1) for i in range(1, len(rows) + 1))
    labels = (*(bits(row[None]) for row in rows), f"x{times}", *said, "say end")
    return Tape(laid_out(rows[None], times)[0], answer(rows[None], times)[0], labels)


def text(inputs: NDArray) -> str:
    """What `read` reads, of one tape f32[tick, channel]."""
    mark = int(inputs[:, WIDTH].argmax())
    return f"{bits(inputs[:mark, :WIDTH])} x{round(float(inputs[mark, WIDTH + 1]) * SPREAD + MEAN)}"
