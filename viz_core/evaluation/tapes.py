"""What the evaluations of the tape tasks share: fresh tapes drawn with seeds of their own, and how many bits come out wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from viz_core.decoding.options import whole
from viz_core.tasks.tapes import HELD_OUT_SEED, LONGEST

MAX_CELLS = 1024
BATCH = 25  # tapes at once, so that long ones fit
Draw = Callable[[np.random.Generator, int], tuple[NDArray, NDArray]]


@torch.inference_mode()
def wrong_bits(module: nn.Module, inputs: NDArray, targets: NDArray, cells: int | None = None) -> NDArray:
    """bool[tape, answer, bit]: where the machine says another bit than is right. cells: of the memory (None: as trained)."""
    device = next(module.parameters()).device
    options = {} if cells is None else {"cells": cells}
    out = []
    for start in range(0, len(inputs), BATCH):
        logits = module(torch.tensor(inputs[start : start + BATCH], device=device), **options)
        out.append((logits[:, -targets.shape[1] :] > 0).cpu().numpy() != (targets[start : start + BATCH] > 0.5))
    return np.concatenate(out)


def generator(seed: int, *more: int, base: int = HELD_OUT_SEED) -> np.random.Generator:
    """Random numbers of an evaluation: its seed, and what is evaluated."""
    return np.random.default_rng((base + seed, *more))


def bit_error_rate(module: nn.Module, draw: Draw, count: int, rng: np.random.Generator, cells: int | None = None) -> float:
    """Share of wrong bits over `count` tapes of one kind."""
    return float(wrong_bits(module, *draw(rng, count), cells).mean())


def checked_cells(cells: int | None) -> dict[str, Any]:
    """The option `cells` as keyword arguments; InputError unless it is a sensible number of cells."""
    return {} if cells is None else {"cells": whole("cells", cells, 1, MAX_CELLS)}


def lengths_of(length: int | Sequence[int], least: int = 1, most: int = LONGEST) -> tuple[int, ...]:
    """The option `length`, one number or several; InputError for one that cannot be."""
    given = (length,) if not isinstance(length, Sequence) else tuple(length)
    return tuple(whole("length", item, least, most) for item in given)
