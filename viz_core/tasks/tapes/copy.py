"""Copy: a sequence of random bit vectors, an end mark, then the same sequence must be said (Graves et al. 2014, §4.1)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viz_core.tasks.tapes.tape import Tape, bits, read_rows

NAME = "copy"
WIDTH = 8
INPUTS, OUTPUTS = WIDTH + 1, WIDTH  # the last input channel is the end mark
MARKS = ("end",)
TRAINED = (1, 20)  # vectors on a training tape
EXAMPLE = "10110010 01100001"


def draw(rng: np.random.Generator, count: int, length: int | None = None) -> tuple[NDArray, NDArray]:
    """`count` tapes of one length: inputs f32[count, tick, channel], targets f32[count, answer, bit]."""
    length = int(rng.integers(TRAINED[0], TRAINED[1] + 1)) if length is None else length
    rows = rng.integers(0, 2, (count, length, WIDTH)).astype(np.float32)
    return laid_out(rows), rows


def laid_out(rows: NDArray) -> NDArray:
    """f32[count, vector, bit] → the whole tape: the vectors, the mark, and as many blank ticks as there are vectors."""
    count, length, width = rows.shape
    inputs = np.zeros((count, 2 * length + 1, width + 1), np.float32)
    inputs[:, :length, :width] = rows
    inputs[:, length, width] = 1
    return inputs


def read(text: str) -> Tape:
    """A typed sequence as a tape."""
    rows = read_rows(text, WIDTH, EXAMPLE)
    labels = (*(bits(row[None]) for row in rows), "end", *(f"say {i}" for i in range(1, len(rows) + 1)))
    return Tape(laid_out(rows[None])[0], rows, labels)


def text(inputs: NDArray) -> str:
    """What `read` reads, of one tape f32[tick, channel]."""
    return bits(inputs[: len(inputs) // 2, :WIDTH])
