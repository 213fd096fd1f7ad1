"""Sinusoidal positions: what tells attention, which is blind to order, where a word stands."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def sinusoids(length: int, size: int, first: int = 0) -> Tensor:
    """Position encodings f32[length, size] of positions first … first + length − 1 (Vaswani et al. 2017, §3.5).

    Channel 2i is sin(pos / 10000^(2i/size)), channel 2i + 1 the cosine of the same angle: wavelengths from 2π to 10000 · 2π.
    """
    positions = torch.arange(first, first + length, dtype=torch.float32)[:, None]
    rates = torch.exp(torch.arange(0, size, 2, dtype=torch.float32) * (-math.log(10_000.0) / size))
    angles = positions * rates  # (length, ⌈size / 2⌉)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)[:, :size]
