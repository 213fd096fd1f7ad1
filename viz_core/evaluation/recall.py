"""How many items are recalled without a wrong bit, by how many items were shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import nn

from viz_core.evaluation.tapes import checked_cells, generator, lengths_of, wrong_bits
from viz_core.models.tape_stepper import TapeStepper
from viz_core.tasks.tapes import HELD_OUT_SEED, recall

TASK = recall.NAME
COUNT = 500  # tapes of each number of items
TRAINED = tuple(range(recall.TRAINED[0], recall.TRAINED[1] + 1))
BEYOND = tuple(range(7, 13))
MOST = 50


def evaluate(
    stepper: TapeStepper, n: int | None, seed: int, items: int | Sequence[int] | None = None, cells: int | None = None
) -> dict[str, Any]:
    """`accuracy`: share of items recalled without a wrong bit, over the trained numbers of items or those asked for, and
    `accuracy_<items>` of each; without `items` also of 7–12, which training never had, together `accuracy_beyond`. n: tapes of
    each number."""
    count, options = COUNT if n is None else n, checked_cells(cells)
    asked = TRAINED if items is None else lengths_of(items, 2, MOST)
    found = {f"accuracy_{k}": accuracy(stepper.module, k, count, seed, **options) for k in asked}
    mean = sum(found.values()) / len(found)
    if items is None:
        far = {f"accuracy_{k}": accuracy(stepper.module, k, count, seed, **options) for k in BEYOND}
        found |= {"accuracy_beyond": sum(far.values()) / len(far), **far}
    return {"n": count * (len(asked) + (len(BEYOND) if items is None else 0)), "accuracy": mean, **found, **options}


def accuracy(
    module: nn.Module, items: int, count: int, seed: int, cells: int | None = None, base: int = HELD_OUT_SEED
) -> float:
    """Share of tapes with that many items whose answer has no wrong bit."""
    rng = generator(seed, items, base=base)
    return float((~wrong_bits(module, *recall.draw(rng, count, items), cells).any(axis=(1, 2))).mean())
