"""A made-up model whose every output copies one source position: what a map of it should say is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from viz_core.models.protocol import Source
from viz_core.trace import AttentionMap, Axis, Dense, Step, Trace

LETTERS = tuple("abcdefghijkl")
SOURCE = Source("".join(LETTERS), Axis("token", LETTERS), LETTERS)
CHOICES = (7, 2, 4)  # step t copies this position
KNOWN, UNKNOWN = -0.1, -6.0  # log p with and without it


@dataclass(frozen=True)
class Toy:
    """log p of step t is KNOWN when position choices[t] is kept (or looked at), UNKNOWN otherwise."""

    removals: tuple[str, ...] = ("delete",)
    quantity: str = "log_prob"
    labels: tuple[str, ...] = LETTERS

    @property
    def occlusion(self) -> Toy:
        return self

    def text(self, choices: Sequence[int]) -> str:
        return "".join(LETTERS[choice] for choice in choices)

    def values(self, source: Source, choices: Sequence[int], keep: Tensor, removal: str) -> Tensor:
        return UNKNOWN + (KNOWN - UNKNOWN) * keep[:, list(choices)].float()

    def gradients(self, source: Source, choices: Sequence[int]) -> tuple[Tensor, Tensor]:
        return torch.ones(len(LETTERS), 1), torch.nn.functional.one_hot(torch.tensor(choices), len(LETTERS)).float()[..., None]

    def reweighted(self, source: Source, choices: Sequence[int], weights: Tensor) -> Tensor:
        own = torch.from_numpy(honest())[: len(choices)].float()
        used = torch.where(weights.isnan(), own, weights)
        at = torch.tensor(choices)[None, :, None].expand(len(weights), -1, 1)
        return UNKNOWN + (KNOWN - UNKNOWN) * used.gather(2, at)[..., 0] / 0.89


def honest() -> np.ndarray:
    """Rows that look at the copied position."""
    rows = np.full((len(CHOICES), len(LETTERS)), 0.01)
    rows[range(len(CHOICES)), CHOICES] = 0.89
    return rows


def unrelated() -> np.ndarray:
    """Rows that look firmly at other positions: the copied one comes in the middle."""
    rows = np.empty((len(CHOICES), len(LETTERS)))
    for t, copied in enumerate(CHOICES):
        order = np.roll(np.arange(len(LETTERS)), 6 - copied)
        rows[t, order] = np.linspace(2, 1, len(LETTERS))
    return rows / rows.sum(1, keepdims=True)


def trace(rows: np.ndarray) -> Trace:
    steps = []
    for t, (row, choice) in enumerate(zip(rows, CHOICES, strict=True)):
        weights = Dense(row[None, None, None].astype(np.float32))
        found = AttentionMap("cross", Axis("token", (LETTERS[choice],)), SOURCE.axis, weights)
        steps.append(Step(t, LETTERS[choice], LETTERS[choice], choice, KNOWN, attention=(found,)))
    return Trace({}, SOURCE.text, SOURCE.axis, "hce", "token", tuple(steps))
