"""Share of held-out sources whose first symbol is remembered, by how many fillers lie between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from viz_core.models.reach import INPUTS, OUTPUTS, Reach, ReachStepper
from viz_core.tasks import remember

TASK = "reach"
LENGTHS = (0, 5, 10, 15, 20, 25, 30, 40, 60, 80, 120, 160, 200)  # 20 … 40 as in training, nearer and farther beside
COUNT = 500  # sources of each length


def evaluate(stepper: ReachStepper, n: int | None, seed: int, length: int | Sequence[int] = LENGTHS) -> dict[str, Any]:
    """`accuracy` over all lengths and `accuracy_<fillers>` of each (0–1; guessing gives 1/8). n: sources of each length."""
    count = COUNT if n is None else n
    lengths = (length,) if isinstance(length, int) else tuple(length)
    found = {f"accuracy_{fillers}": accuracy(stepper.module, fillers, count, seed) for fillers in lengths}
    return {"n": count * len(lengths), "accuracy": sum(found.values()) / len(found), **found}


@torch.inference_mode()
def accuracy(module: Reach, fillers: int, count: int, seed: int) -> float:
    """How often the most probable output after `?` is the first symbol."""
    sources = remember.held_out(fillers, count, seed)
    symbols = torch.tensor([[INPUTS.index(unit) for unit in units] for units in sources])
    device = module.output.bias.device
    said = module(symbols.to(device))[:, -1].argmax(-1).tolist()
    return sum(OUTPUTS[choice] == units[0] for choice, units in zip(said, sources, strict=True)) / count
