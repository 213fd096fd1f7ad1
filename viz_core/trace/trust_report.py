"""`TrustReport`: what the trust tests found about one map and one output. Numbers only; pictures and sentences are drawn from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viz_core.trace.arrays import check_shape, frozen
from viz_core.trace.axis import Axis
from viz_core.trace.errors import InputError

VERDICTS = ("supported", "weak", "chance", "contrary", "indifferent", "few")
QUANTITIES = ("log_prob", "similarity")
MOST_REMOVED = 3  # positions that the sentence about removal speaks of


@dataclass(frozen=True, eq=False)
class Rival:
    """Another way to rank the same positions, tested in the same way.

    name: `shapley` (what a position adds, averaged over random orders), `leave_one_out` (by how much the value falls when
    it alone is removed), `gradient_input`, `gradient_norm`, `rollout`, …; importance: f32[S]; gap and percentile: as in
    `TrustReport`; correlation: Spearman's ρ with the map, NaN when one of the two is constant; overlap: share of the
    map's `top` largest positions that are among its own `top` largest.
    """

    name: str
    importance: NDArray
    gap: float
    percentile: float
    correlation: float
    overlap: float
    top: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "importance", frozen(self.importance, what=f"importance by {self.name}"))


@dataclass(frozen=True, eq=False)
class Controls:
    """The output when the model is made to use other attention weights (Wiegreffe & Pinter 2019, §3.2; Jain & Wallace 2019, §4.2.1).

    own: the value with its own weights; uniform: with equal weights; permuted: f32[P], with its own weights shuffled.
    """

    own: float
    uniform: float
    permuted: NDArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "permuted", frozen(self.permuted, what="values with permuted weights"))


@dataclass(frozen=True, eq=False)
class TrustReport:
    """One map against one output.

    positions: what is removed, S of them. output: what is explained, as a person reads it; step: which step emitted it,
    None for the whole output: every step's row is then tested on that step's output and all numbers are means over the
    steps. map_name: which map it is. removal: how positions are removed (`models.occlusion.REMOVALS`).
    quantity: what the values are, `log_prob` (nats) or `similarity` (cosine, −1 to 1).
    importance: f32[S], the map's numbers. sizes: int64[K], how many positions are removed or given at each point of a
    curve, from 0 to S. deletion: f32[K], the value with the most important ones removed. insertion: f32[K], with only the
    most important ones kept. random_deletion, random_insertion: f32[N, K], the same for N random orders.
    gap: area between insertion and deletion curve; random_gaps: f32[N]; percentile: of the gap among them, 0–100.
    verdict: one of `VERDICTS` (see `explain.perturbation.verdict`). Raises ShapeError when arrays do not fit.
    """

    positions: Axis
    output: str
    step: int | None
    map_name: str
    removal: str
    importance: NDArray
    sizes: NDArray
    deletion: NDArray
    insertion: NDArray
    random_deletion: NDArray
    random_insertion: NDArray
    gap: float
    random_gaps: NDArray
    percentile: float
    verdict: str
    rivals: tuple[Rival, ...] = ()
    controls: Controls | None = None
    quantity: str = "log_prob"

    def __post_init__(self) -> None:
        for name in ("importance", "deletion", "insertion", "random_deletion", "random_insertion", "random_gaps"):
            object.__setattr__(self, name, frozen(getattr(self, name), what=name.replace("_", " ")))
        object.__setattr__(self, "sizes", frozen(self.sizes, np.int64, "sizes"))
        object.__setattr__(self, "rivals", tuple(self.rivals))
        count, points, orders = len(self.positions), len(self.sizes), len(self.random_gaps)
        expected = {
            "importance": ((count,), "position"), "deletion": ((points,), "point"), "insertion": ((points,), "point"), "random_deletion": ((orders, points), "order, point"),
            "random_insertion": ((orders, points), "order, point"),
        }  # fmt: skip
        for name, (shape, axes) in expected.items():
            check_shape(name.replace("_", " "), getattr(self, name), shape, axes)
        if self.verdict not in VERDICTS or self.quantity not in QUANTITIES:
            raise InputError(
                f"verdict {self.verdict!r} and quantity {self.quantity!r} must be one of {', '.join(VERDICTS)} and one of {', '.join(QUANTITIES)}"
            )

    @property
    def full(self) -> float:
        """The value with every position there."""
        return float(self.deletion[0])

    @property
    def best_gap(self) -> float:
        """The largest gap that any order reached: this map's, a rival's, a random one's."""
        return max(self.gap, float(self.random_gaps.max()), *(rival.gap for rival in self.rivals))

    def rival(self, name: str) -> Rival | None:
        return next((rival for rival in self.rivals if rival.name == name), None)

    @property
    def empty(self) -> float:
        """The value with no position there."""
        return float(self.deletion[-1])

    def removed_few(self) -> tuple[int, float, float, float]:
        """(k, a, b, s): removing the k most important positions lowers the value by a, removing k random ones by b ± s.

        k: the point of the curve that is closest to a quarter of the positions, at most `MOST_REMOVED` where there is such a point.
        """
        wanted = min(MOST_REMOVED, max(1, round(len(self.positions) / 4)))
        point = 1 + int(np.abs(self.sizes[1:] - wanted).argmin())
        drops = self.full - self.random_deletion[:, point].astype(float)
        return int(self.sizes[point]), self.full - float(self.deletion[point]), float(drops.mean()), float(drops.std())

    def band(self, curve: str, percent: float = 90.0) -> tuple[NDArray, NDArray]:
        """Where `percent` % of the random orders lie at each point: lower and upper edge f64[K] of `deletion`, `insertion`."""
        values = getattr(self, f"random_{curve}")
        rest = (100.0 - percent) / 2
        low, high = np.percentile(values, [rest, 100.0 - rest], axis=0)
        return low, high
