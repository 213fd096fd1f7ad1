"""Wrong bits of copied tapes: over the trained lengths, and far beyond them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from torch import nn

from viz_core.evaluation.tapes import bit_error_rate, checked_cells, generator, lengths_of, wrong_bits
from viz_core.models.tape_stepper import TapeStepper
from viz_core.tasks.tapes import HELD_OUT_SEED, copy

TASK = copy.NAME
COUNT = 200
LENGTHS = (5, 10, 20, 30, 40, 60, 80, 100, 120)


def evaluate(
    stepper: TapeStepper, n: int | None, seed: int, length: int | Sequence[int] | None = None, cells: int | None = None
) -> dict[str, Any]:
    """`bit_error_rate` (0–1; guessing gives 0.5) over n tapes of the asked length, or of the trained lengths together with
    `wrong_bits`, their number, and `bit_error_rate_<length>` at single lengths. cells: of the memory."""
    count, options = COUNT if n is None else n, checked_cells(cells)
    if length is not None:
        lengths = lengths_of(length)
        found = {f"bit_error_rate_{item}": at_length(stepper.module, item, count, seed, **options) for item in lengths}
        rate = sum(found.values()) / len(found)
        return {"n": count * len(lengths), "bit_error_rate": rate, **(found if len(lengths) > 1 else {"length": lengths[0]}), **options}
    wrong, bits = trained_lengths(stepper.module, count, seed, **options)
    far = {f"bit_error_rate_{item}": at_length(stepper.module, item, count, seed, **options) for item in LENGTHS}
    return {"n": count, "bit_error_rate": wrong / bits, "wrong_bits": wrong, **far, **options}


def at_length(
    module: nn.Module, length: int, count: int, seed: int, cells: int | None = None, base: int = HELD_OUT_SEED
) -> float:
    """Share of wrong bits over tapes of one length."""
    return bit_error_rate(module, lambda rng, n: copy.draw(rng, n, length), count, generator(seed, length, base=base), cells)


def trained_lengths(module: nn.Module, count: int, seed: int, cells: int | None = None) -> tuple[int, int]:
    """Wrong bits, and all bits, of `count` tapes whose lengths are drawn evenly from the trained ones."""
    rng = generator(seed, 0)
    lengths = rng.integers(copy.TRAINED[0], copy.TRAINED[1] + 1, count)
    found = [wrong_bits(module, *copy.draw(rng, int(n), int(length)), cells) for length, n in zip(*np.unique(lengths, return_counts=True), strict=True)]
    return sum(int(item.sum()) for item in found), sum(item.size for item in found)
