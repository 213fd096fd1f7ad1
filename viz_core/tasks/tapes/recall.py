"""Associative recall: items are shown, then one of them; the item after it must be said (Graves et al. 2014, §4.3)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viz_core.tasks.tapes.tape import LONGEST, Tape, bits, read_rows
from viz_core.trace.errors import InputError

NAME = "recall"
WIDTH, ROWS = 6, 3  # an item is three vectors of six bits
INPUTS, OUTPUTS = WIDTH + 2, WIDTH  # two marks: an item begins, the query begins or ends
MARKS = ("item", "query")
TRAINED = (2, 6)  # items on a training tape
EXAMPLE = "101101 001100 111000 | 010101 110011 000111 ? 101101 001100 111000"


def draw(rng: np.random.Generator, count: int, length: int | None = None) -> tuple[NDArray, NDArray]:
    """`count` tapes with that many items: inputs f32[count, tick, channel], targets f32[count, vector, bit].

    Two equal items on one tape, which would make the question ambiguous, are so rare (2⁻¹⁸ a pair) that they are left in.
    """
    length = int(rng.integers(TRAINED[0], TRAINED[1] + 1)) if length is None else length
    items = rng.integers(0, 2, (count, length, ROWS, WIDTH)).astype(np.float32)
    asked = rng.integers(0, length - 1, count)
    return laid_out(items, asked), items[np.arange(count), asked + 1]


def laid_out(items: NDArray, asked: NDArray) -> NDArray:
    """f32[count, item, vector, bit] and which item each tape asks for → the whole tape."""
    count, length, rows, width = items.shape
    inputs = np.zeros((count, (length + 1) * (rows + 1) + 1 + rows, width + 2), np.float32)
    for place in range(length):
        start = place * (rows + 1)
        inputs[:, start, width] = 1
        inputs[:, start + 1 : start + 1 + rows, :width] = items[:, place]
    start = length * (rows + 1)
    inputs[:, [start, start + rows + 1], width + 1] = 1
    inputs[:, start + 1 : start + 1 + rows, :width] = items[np.arange(count), asked]
    return inputs


def read(text: str) -> Tape:
    """Typed items with `|` between, then `?` and the item to look for."""
    shown, mark, wanted = text.partition("?")
    if not mark:
        raise InputError(f"the tape asks for nothing; write ? and one of the items at the end, for example {EXAMPLE}")
    items = [item_of(part) for part in shown.split("|")]
    if (len(items) + 1) * (ROWS + 1) > LONGEST:
        raise InputError(f"the tape has {len(items)} items; at most {LONGEST // (ROWS + 1) - 1} are read, so leave some out")
    query = item_of(wanted)
    places = [i for i, item in enumerate(items) if (item == query).all()]
    if not places or places[0] == len(items) - 1:
        where = "is the last item, which none follows" if places else "is not on the tape"
        raise InputError(f"the item asked for, {bits(query)}, {where}; ask for one that another follows")
    inputs = laid_out(np.array(items)[None], np.array(places[:1]))[0]
    answer = items[places[0] + 1]
    labels: list[str] = []
    for item in items:
        labels += ["|", *bits(item).split()]
    labels += ["?", *bits(query).split(), "?", *(f"say {i}" for i in range(1, ROWS + 1))]
    return Tape(inputs, answer, tuple(labels))


def item_of(text: str) -> NDArray:
    rows = read_rows(text, WIDTH, EXAMPLE)
    if len(rows) != ROWS:
        raise InputError(f"the item {' '.join(text.split())[:40]} has {len(rows)} vectors; an item has {ROWS}, for example {EXAMPLE}")
    return rows


def text(inputs: NDArray) -> str:
    """What `read` reads, of one tape f32[tick, channel]."""
    starts, query = np.flatnonzero(inputs[:, WIDTH]), int(inputs[:, WIDTH + 1].argmax())
    parts = [bits(inputs[start + 1 : start + 1 + ROWS, :WIDTH]) for start in (*starts, query)]
    return f"{' | '.join(parts[:-1])} ? {parts[-1]}"
