"""From what a beam search kept to a `BeamTree`: every place that was taken, and the best of what was not, with reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from viz_core.decoding.search import Level, Search
from viz_core.trace import Axis, BeamTree

FEW = 3  # outputs of every hypothesis that are shown however bad their totals are


@dataclass
class Columns:
    """Nodes so far: arrays with one entry a step in `parts`, text columns whole; node 0 is the root."""

    parts: dict[str, list[NDArray]] = field(default_factory=dict)
    status: list[str] = field(default_factory=lambda: ["root"])
    reason: list[str] = field(default_factory=lambda: [""])

    def add(self, **columns: NDArray) -> None:
        for name, values in columns.items():
            self.parts.setdefault(name, []).append(values)


def tree_of(found: Search, source: int, axis: Axis, labels: Sequence[str]) -> BeamTree:
    """The tree of one source of a search that kept weights. axis: what those weights are over.

    At each step: the best 2 × width candidates over all hypotheses and the best `FEW` of each. `rank` is among all
    candidates that were looked at (2 × width of each hypothesis). Hypotheses that the length limit cut are `kept` and
    say so in `reason`; they are `best` only when nothing finished, or where they count as finished.
    """
    keys = len(axis)
    columns = Columns()
    columns.add(parent=np.array([-1]), step=np.array([-1]), choice=np.array([-1]), rank=np.array([0]))
    columns.add(log_prob=np.zeros(1), total=np.zeros(1), score=np.zeros(1), attention=np.full((1, keys), np.nan))
    node_of, best = np.zeros(1, np.int64), []  # node_of: the node of each hypothesis of this step
    for step, level in enumerate(found.levels):
        if not np.isfinite(level.totals[source]).any():
            break
        node_of, ended = add_step(columns, found, source, step, level, node_of, keys)
        best += ended
    joined = {name: np.concatenate(parts) for name, parts in columns.parts.items()}
    if not best or (found.listed and source not in found.beaten and source not in found.full):
        best += node_of.tolist()
    return BeamTree(
        **joined,
        token=("", *(labels[choice] for choice in joined["choice"][1:].tolist())),
        status=tuple(columns.status),
        reason=tuple(columns.reason),
        key_axis=axis,
        best=tuple(sorted(best, key=lambda node: -joined["score"][node])),
        options=found.options.to_dict(),
    )


def add_step(
    columns: Columns, found: Search, source: int, step: int, level: Level, node_of: NDArray, keys: int
) -> tuple[NDArray, list[int]]:
    """Adds the nodes of one step, best first; returns the nodes of the hypotheses that run on and of those that ended."""
    depth, width = level.choices.shape[2], found.options.width
    order, totals = level.order[source], level.totals[source].reshape(-1)
    shown = (np.arange(len(order)) < 2 * width) | (order % depth < FEW) | level.accepted[source]
    rank = np.flatnonzero(np.isfinite(totals[order]) & shown)
    place = order[rank]
    row, total = place // depth, totals[place]
    first = len(columns.status)
    columns.add(
        parent=node_of[row],
        step=np.full(len(rank), step),
        choice=level.choices[source].reshape(-1)[place],
        rank=rank,
        log_prob=level.log_probs[source].reshape(-1)[place],
        total=total,
        score=total / found.options.penalty(step + 1),
        attention=level.weights[source, :, :keys].cpu().numpy()[row],
    )
    accepted, ended = level.accepted[source, rank], level.ended[source, rank]
    last = step + 1 == len(found.levels) or not np.isfinite(found.levels[step + 1].totals[source]).any()
    verdicts = Verdicts(found, source, step, int(level.places[source]), total[accepted][-1], last)
    for place, (value, taken, end) in enumerate(zip(total.tolist(), accepted.tolist(), ended.tolist(), strict=True)):
        status, reason = ("finished", "") if end else verdicts.running(value) if taken else verdicts.pruned(value, int(rank[place]))
        columns.status.append(status)
        columns.reason.append(reason)
    return first + np.flatnonzero(accepted & ~ended), (first + np.flatnonzero(ended)).tolist()


@dataclass(frozen=True)
class Verdicts:
    """Why candidates of one step live or die. places: free ones; kept: the lowest total that took one; last: the
    search of the source stopped after this step."""

    found: Search
    source: int
    step: int
    places: int
    kept: float
    last: bool

    def pruned(self, total: float, rank: int) -> tuple[str, str]:
        width = self.found.options.width
        if total > self.kept:  # only an end among the listed finished ones can be
            return "pruned", f"an end counts among the best {width} candidates only, and this is number {rank + 1}"
        reason = f"total {two(total, self.kept)} is below the beam's last kept {two(self.kept, total)}"
        if self.places < width:
            reason += f"; finished hypotheses hold {width - self.places} of {width} places"
        return "pruned", reason

    def running(self, total: float) -> tuple[str, str]:
        if not self.last:
            return "kept", ""
        limit = int(self.found.limits[self.source])
        if self.source in self.found.full:
            return "pruned", f"the search ended with {self.found.options.width} finished hypotheses"
        if self.source not in self.found.beaten:
            return "kept", f"cut by the length limit of {limit} steps"
        beaten, length = self.found.beaten[self.source]
        reach = total / self.found.options.penalty(length)
        at_best = f"it can reach {two(reach, beaten)} at best" if length == limit else f"its score is {two(reach, beaten)}"
        return "pruned", f"finished hypotheses are better: {at_best}, they have {two(beaten, reach)}"


def two(value: float, other: float) -> str:
    """Two decimals, or as many as tell the value from the other one; a true minus sign."""
    shown = f"{value:.2f}" if f"{value:.2f}" != f"{other:.2f}" else f"{value:.6g}"
    return shown.replace("-", "−")
