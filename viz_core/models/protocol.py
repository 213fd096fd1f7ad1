"""The protocol every stepped model follows, so that decoding, tracing and the pages never ask which family it is.

A stepper is pure: states are values, old states stay valid. That gives stepping back, forks, beams and thread
safety for free. Axes of everything below: N sources × B hypotheses of each source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from torch import Tensor

from viz_core.trace import Axis, Quantity, Step

State = Any  # what a stepper carries from step to step: a frozen value of the stepper's own


class Prediction(Protocol):
    """What a model computed at one step, before anything was chosen."""

    log_probs: Tensor  # f32[N, B, choice], natural logarithm
    weights: Tensor  # f32[N, B, source position], the row that a beam node keeps


class Stepper(Protocol):
    """Steps a model that chooses one of `len(labels)` outputs a step until it chooses `end`."""

    identity: Identity
    unit: str
    labels: Sequence[str]
    begin: int
    end: int

    def encode(self, text: str) -> Source:
        """A person's input as the model reads it; InputError when it cannot be."""

    def encode_units(self, units: Sequence[str], text: str = "") -> Source:
        """A source that is cut into units already (words of a corpus, letters)."""

    def start(self, sources: Sequence[Source]) -> State:
        """The state before the first step, one hypothesis a source: N × 1."""

    def predict(self, state: State) -> Prediction:
        """Everything the model computes at this step. Pure."""

    def commit(self, prediction: Prediction, rows: Tensor, choices: Tensor) -> State:
        """The next state: hypothesis b of source n continues hypothesis rows[n, b] with choices[n, b].

        rows, choices: int64[N, B′]; B′ may differ from B (a beam grows and shrinks).
        """

    def step(self, state: State, choice: int) -> tuple[State, Step]:
        """One source, one hypothesis: choose `choice`, get the next state and the record of this step."""

    def record(self, prediction: Prediction, choice: int, source: int = 0, hypothesis: int = 0) -> Step:
        """The record of one hypothesis' step; cheap, quantities are made when somebody looks."""

    def introduce(self, state: State, source: int = 0) -> tuple[Quantity, ...]:
        """What was computed before the first step (embeddings, encoder states), for one source."""

    def text(self, choices: Sequence[int]) -> str:
        """The output of chosen ids as a person reads it, `end` left out."""

    def choices(self, text: str) -> list[int]:
        """Ids of a reference output (for teacher forcing), `end` included; InputError when it cannot be written."""

    def plain_log_probs(self, source: Source, choices: Sequence[int]) -> Tensor:
        """log p of each choice by one plain forward pass over all of them, f32[choice]: what a trace is checked against."""

    def limit(self, source: Source) -> int:
        """How many steps at most are sensible for this source."""


@dataclass(frozen=True)
class Identity:
    """Which trained model this is. sha256: of the weights file."""

    name: str = "unnamed"
    family: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class Source:
    """An input ready for a model. text: as given; axis: its positions; ids: what the model reads, family-specific.

    unknown: positions that the model has never seen as a whole (shown as such).
    """

    text: str
    axis: Axis
    ids: Any
    unknown: tuple[int, ...] = ()
