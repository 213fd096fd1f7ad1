"""Records of a whole path whose numbers are made together, at the first look at any of them.

A run keeps its predictions; sorting out candidates and checking attention rows costs more than a tenth of decoding when
it is done while the model runs, a call a step, and nothing for a run of which only the output is read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, cached_property
from typing import NamedTuple, Protocol

from viz_core.trace import AttentionMap, Candidates, Step
from viz_core.trace.step import Details


class Numbers(Protocol):
    """One entry a step of a path; see `Step`. A stepper may make each only when it is asked for."""

    @property
    def log_probs(self) -> Sequence[float]: ...
    @property
    def candidates(self) -> Sequence[Candidates]: ...
    @property
    def attention(self) -> Sequence[tuple[AttentionMap, ...]]: ...


class PathNumbers(NamedTuple):
    """`Numbers` that are made together."""

    log_probs: Sequence[float]
    candidates: Sequence[Candidates]
    attention: Sequence[tuple[AttentionMap, ...]]


class PathStep(Step):
    """A `Step` that takes its log-probability, candidates and attention from its path when they are asked for.

    Cached properties do not stand in the way of values given to the constructor, so `dataclasses.replace` works.
    """

    @cached_property
    def log_prob(self) -> float:  # type: ignore[override]
        return self._numbers().log_probs[self._place]

    @cached_property
    def candidates(self) -> Candidates:  # type: ignore[override]
        return self._numbers().candidates[self._place]

    @cached_property
    def attention(self) -> tuple[AttentionMap, ...]:  # type: ignore[override]
        return self._numbers().attention[self._place]


def path_steps(
    first: int, labels: Sequence[str], choices: Sequence[int], details: Sequence[Details], numbers: Callable[[], Numbers]
) -> list[Step]:
    """Steps first, first + 1, … of a path. labels: what each emitted; numbers: makes those of all steps, called once."""
    once = cache(numbers)
    steps: list[Step] = []
    for place, (label, choice, detail) in enumerate(zip(labels, choices, details, strict=True)):
        step = object.__new__(PathStep)
        step.__dict__.update(
            index=first + place, label=label, emitted=label, choice=choice, details=detail, _numbers=once, _place=place
        )
        steps.append(step)
    return steps
