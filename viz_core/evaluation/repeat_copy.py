"""How often a sequence is said right as many times as was asked, the end at the right place included."""

from __future__ import annotations

from typing import Any

import numpy as np
from torch import nn

from viz_core.decoding.options import whole
from viz_core.evaluation.tapes import checked_cells, generator, wrong_bits
from viz_core.models.tape_stepper import TapeStepper
from viz_core.tasks.tapes import HELD_OUT_SEED, LONGEST, repeat_copy
from viz_core.trace.errors import InputError

TASK = repeat_copy.NAME
COUNT = 500
BEYOND = ((10, 20), (20, 10))  # (length, times): twice as often, twice as long


def evaluate(
    stepper: TapeStepper, n: int | None, seed: int, length: int | None = None, times: int | None = None, cells: int | None = None
) -> dict[str, Any]:
    """`accuracy`: share of tapes with no wrong bit, `bit_error_rate`: share of wrong bits, over n tapes of the asked length and
    number of times, or of the trained ones; then also `accuracy_<length>_<times>` beyond them."""
    count, options = COUNT if n is None else n, checked_cells(cells)
    length = None if length is None else whole("length", length, 1, LONGEST)
    times = None if times is None else whole("times", times, 1, LONGEST)
    if (length or 1) * (times or 1) > LONGEST:
        raise InputError(f"length {length} said {times} times is too long; their product may be at most {LONGEST}")
    found = measured(stepper.module, count, generator(seed, length or 0, times or 0), length, times, **options)
    if length is None and times is None:
        for far in BEYOND:
            result = measured(stepper.module, min(count, 100), generator(seed, *far), *far, **options)
            found |= {f"{key}_{far[0]}_{far[1]}": value for key, value in result.items()}
    return {"n": count, **found, **options}


def measured(
    module: nn.Module, count: int, rng: np.random.Generator, length: int | None, times: int | None, cells: int | None = None
) -> dict[str, float]:
    """Both rates over `count` tapes; a length or number of times that is None is drawn for every five tapes."""
    right, wrong, bits = 0, 0, 0
    group = count if length is not None and times is not None else 5
    for start in range(0, count, group):
        errors = wrong_bits(module, *repeat_copy.draw(rng, min(group, count - start), length, times), cells)
        right += int((~errors.any(axis=(1, 2))).sum())
        wrong, bits = wrong + int(errors.sum()), bits + errors.size
    return {"accuracy": right / count, "bit_error_rate": wrong / bits}


def development(module: nn.Module, count: int, seed: int, base: int = HELD_OUT_SEED) -> dict[str, float]:
    """Rates inside the trained range, with seeds of their own."""
    return measured(module, count, generator(seed, 0, 0, base=base), None, None)
