"""Training pictures changed a little, so that a network cannot learn them by heart. Every change keeps the label."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

SHIFT = 2  # pixels at most, each way
HOLE = (4, 12)  # sides of the rectangle that is blanked, in pixels


def augment(pictures: NDArray[np.uint8], generator: torch.Generator, flip: float = 0.5, hole: float = 0.5) -> NDArray[np.uint8]:
    """u8[N, H, W] → the same shape: each picture shifted by up to `SHIFT` pixels, mirrored and holed with these chances.

    The hole is a rectangle of black (the background), after DeVries & Taylor 2017 ("cutout"). Drawn from `generator`.
    """
    count, height, width = pictures.shape

    def draw(low: int, high: int) -> Tensor:
        return torch.randint(low, high + 1, (count, 1), generator=generator)

    padded = F.pad(torch.from_numpy(pictures), (SHIFT,) * 4)
    rows, columns = torch.arange(height) + draw(0, 2 * SHIFT), torch.arange(width) + draw(0, 2 * SHIFT)  # (N, H), (N, W)
    mirrored = torch.rand(count, 1, generator=generator) < flip
    columns = torch.where(mirrored, columns.flip(1), columns)
    moved = padded[torch.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]]
    top, left, tall, wide = draw(-4, height - 4), draw(-4, width - 4), draw(*HOLE), draw(*HOLE)
    inside_rows = (torch.arange(height) >= top) & (torch.arange(height) < top + tall)
    inside_columns = (torch.arange(width) >= left) & (torch.arange(width) < left + wide)
    holed = torch.rand(count, 1, 1, generator=generator) < hole
    blank = inside_rows[:, :, None] & inside_columns[:, None, :] & holed
    return moved.masked_fill(blank, 0).numpy()
