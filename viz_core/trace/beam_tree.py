"""`BeamTree`: every hypothesis a beam search looked at, kept or pruned, each with its own attention row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from viz_core.trace.arrays import check_shape, frozen
from viz_core.trace.attention import check_rows
from viz_core.trace.axis import Axis
from viz_core.trace.errors import InputError, ShapeError
from viz_core.trace.plain import plain_mapping

STATUSES = ("root", "kept", "finished", "pruned")


@dataclass(frozen=True, eq=False)
class BeamTree:
    """Nodes in columns; node 0 is the root (nothing emitted yet) and every parent stands before its children.

    parent: int[node], −1 for the root. step: int[node], −1 for the root. choice: int[node] vocabulary id.
    token: labels. log_prob: f32[node] nats of this token alone. total: f32[node], Σ log p along the path.
    score: f32[node], total after length normalisation (what the search ranks by). rank: int[node] among the
    candidates of its step, 0 is best. status: `root`, `kept` (expanded further or cut by the length limit),
    `finished` (emitted the end), `pruned`. reason: why a node was pruned, "" otherwise.
    attention: f32[node, key], the row that was attended to when this node's token was chosen, NaN where there is none.
    best: node indices of the finished hypotheses, best score first. options: width, length penalty, … as JSON values.
    """

    parent: NDArray
    step: NDArray
    choice: NDArray
    token: tuple[str, ...]
    log_prob: NDArray
    total: NDArray
    score: NDArray
    rank: NDArray
    status: tuple[str, ...]
    reason: tuple[str, ...]
    attention: NDArray
    key_axis: Axis
    best: tuple[int, ...] = ()
    options: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, dtype in (("parent", np.int64), ("step", np.int64), ("choice", np.int64), ("rank", np.int64)):
            object.__setattr__(self, name, frozen(getattr(self, name), dtype, f"beam tree column {name!r}"))
        for name in ("log_prob", "total", "score", "attention"):
            object.__setattr__(self, name, frozen(getattr(self, name), what=f"beam tree column {name!r}"))
        for name in ("token", "status", "reason"):
            object.__setattr__(self, name, tuple(str(item) for item in getattr(self, name)))
        object.__setattr__(self, "best", tuple(int(node) for node in self.best))
        object.__setattr__(self, "options", plain_mapping("beam tree options", self.options))
        self._check()

    def _check(self) -> None:
        count = len(self.token)
        for name in ("parent", "step", "choice", "log_prob", "total", "score", "rank"):
            check_shape(f"beam tree column {name!r}", getattr(self, name), (count,), "node")
        for name in ("status", "reason"):
            if len(getattr(self, name)) != count:
                raise ShapeError(
                    f"beam tree column {name!r} has {len(getattr(self, name))} rows but there are {count} tokens; "
                    "give one a node"
                )
        if count == 0 or self.parent[0] != -1 or (self.parent[1:] >= np.arange(1, count)).any() or (self.parent[1:] < 0).any():
            raise InputError(
                "beam tree parents must stand before their children, with one root (parent −1) first; "
                "sort the nodes by step"
            )
        check_shape("beam tree attention", self.attention, (count, len(self.key_axis)), "node, key")
        unknown = set(self.status) - set(STATUSES)
        if unknown:
            raise InputError(f"beam tree status {sorted(unknown)[0]!r} is unknown; use one of {', '.join(STATUSES)}")
        if any(not 0 <= node < count for node in self.best):
            raise InputError(f"beam tree best nodes {self.best} must lie in 0 … {count - 1}; give indices of nodes")
        check_rows("beam", self.attention[None, None])

    def __len__(self) -> int:
        return len(self.token)

    def path(self, node: int) -> tuple[int, ...]:
        """Node indices from the first emitted token to `node`, the root left out."""
        if not 0 <= node < len(self):
            raise InputError(f"node {node} is not in the tree; nodes are 0 … {len(self) - 1}")
        nodes: list[int] = []
        while self.parent[node] >= 0:
            nodes.append(int(node))
            node = int(self.parent[node])
        return tuple(reversed(nodes))
