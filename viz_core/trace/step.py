"""What one step of a model says: `Quantity`, `Candidates`, `Step`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from viz_core.trace.arrays import check_shape, frozen
from viz_core.trace.attention import AttentionMap
from viz_core.trace.axis import Axis
from viz_core.trace.errors import InputError, ShapeError
from viz_core.trace.plain import text

LOG_PROB_TOLERANCE = 1e-4  # log-softmax in float32 may exceed 0 by rounding


@dataclass(frozen=True, eq=False)
class Quantity:
    """A named tensor of one step.

    name: plain words; symbol and equation: LaTeX of the paper (equation may be ""); axes: one `Axis` a dimension;
    values: f32 of that shape; source: paper and equation the symbol is from.
    """

    name: str
    symbol: str
    axes: tuple[Axis, ...]
    values: NDArray
    equation: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        for name in ("name", "symbol", "equation", "source"):
            text(f"quantity {name}", getattr(self, name))
        object.__setattr__(self, "axes", tuple(self.axes))
        object.__setattr__(self, "values", frozen(self.values, what=f"quantity {self.name!r}"))
        expected = tuple(len(axis) for axis in self.axes)
        check_shape(f"quantity {self.name!r}", self.values, expected, ", ".join(axis.kind for axis in self.axes))


@dataclass(frozen=True, eq=False)
class Candidates:
    """The k most probable next outputs, best first: labels, ids (`choices`) and natural-log probabilities (≤ 0, nats)."""

    labels: tuple[str, ...]
    choices: NDArray
    log_probs: NDArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", tuple(str(label) for label in self.labels))
        object.__setattr__(self, "choices", frozen(self.choices, np.int64, "candidate ids"))
        object.__setattr__(self, "log_probs", frozen(self.log_probs, what="candidate log-probabilities"))
        if not self.choices.shape == self.log_probs.shape == (len(self.labels),):
            raise ShapeError(
                f"candidates have {len(self.labels)} labels, ids of shape {self.choices.shape} and log-probabilities "
                f"of shape {self.log_probs.shape}; give one of each a candidate"
            )
        rising = self.log_probs[1:] > self.log_probs[:-1] + LOG_PROB_TOLERANCE  # −inf after −inf is fine
        if not (self.log_probs <= LOG_PROB_TOLERANCE).all() or rising.any():
            raise InputError(
                f"candidate log-probabilities {self.log_probs[:8].tolist()} must be ≤ 0 and sorted from best to worst; "
                "take them from log-softmax and sort them"
            )


Details = tuple[Quantity, ...] | Callable[[], tuple[Quantity, ...]]


@dataclass(frozen=True, eq=False)
class Step:
    """One step: what was computed, what was emitted, what else was possible.

    index: 0-based; label: what the player shows; emitted: the output of this step ("" when none); choice: its id;
    log_prob: log p(y_i | y_<i, x) in nats (None when the model chooses nothing); attention: maps with only the query
    rows of this step; details: the quantities, or a function that makes them at first use (so that tracing costs
    nothing until somebody looks).
    """

    index: int
    label: str
    emitted: str = ""
    choice: int | None = None
    log_prob: float | None = None
    candidates: Candidates | None = None
    attention: tuple[AttentionMap, ...] = ()
    details: Details = field(default=(), repr=False)

    def __post_init__(self) -> None:
        for name in ("label", "emitted"):
            text(f"{name} of step {self.index}", getattr(self, name))
        object.__setattr__(self, "attention", tuple(self.attention))
        if not callable(self.details):
            object.__setattr__(self, "details", tuple(self.details))
        if self.choice is not None:
            object.__setattr__(self, "choice", int(self.choice))
        if self.log_prob is not None:
            object.__setattr__(self, "log_prob", float(self.log_prob))
            if not self.log_prob <= LOG_PROB_TOLERANCE:  # NaN fails too
                raise InputError(
                    f"step {self.index} has log-probability {self.log_prob:.4g}; it must be ≤ 0, "
                    "or None when the model chooses nothing"
                )

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """All quantities of the step, made on first use and kept."""
        if callable(self.details):
            object.__setattr__(self, "details", tuple(self.details()))
        return self.details  # type: ignore[return-value]

    def quantity(self, name: str) -> Quantity:
        """The quantity of that name; InputError lists the names there are."""
        for quantity in self.quantities:
            if quantity.name == name:
                return quantity
        known = ", ".join(q.name for q in self.quantities) or "none"
        raise InputError(f"step {self.index} has no quantity {name!r}; it has: {known}")
