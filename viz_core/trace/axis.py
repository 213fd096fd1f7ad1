"""`Axis`: what the positions of one dimension stand for. A position is its index; labels may repeat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from viz_core.trace.errors import InputError, ShapeError
from viz_core.trace.plain import plain_mapping

KINDS = frozenset(
    {"token", "patch", "frame", "cell", "point", "sentence", "node", "channel", "step", "vocabulary", "layer", "head"}
)
PER_POSITION = ("spans", "boxes", "seconds", "x", "y", "special", "words", "segments")  # geometry with one entry a position


@dataclass(frozen=True)
class Axis:
    """Positions 0 … len − 1 of one dimension.

    kind: one of `KINDS`. labels: one string a position (repeats are fine, the index is the identity).
    geometry: what a picture of the axis needs besides labels, JSON values only (tuples and arrays become lists): for
    `token` character `spans` ([start, end) pairs), `special` (true at tokens that are no text) and the number of each
    token's word (`words`), for `patch` rows, cols and boxes, for `frame` seconds, for `point`
    x and y. The names in `PER_POSITION` hold one entry a position, all others describe the axis as a whole.
    Raises InputError for an unknown kind, ShapeError for per-position lists of another length than the labels.
    """

    kind: str
    labels: tuple[str, ...]
    geometry: Mapping[str, object] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(f"axis kind {self.kind!r} is unknown; use one of {', '.join(sorted(KINDS))}")
        object.__setattr__(self, "labels", tuple(str(label) for label in self.labels))
        object.__setattr__(self, "geometry", plain_mapping("axis geometry", self.geometry))
        for name in PER_POSITION:
            values = self.geometry.get(name)
            if values is None:
                continue
            if not isinstance(values, list):
                raise InputError(f"axis geometry {name!r} is {type(values).__name__}; give a list with one entry a position")
            if len(values) != len(self.labels):
                raise ShapeError(
                    f"axis geometry {name!r} has {len(values)} entries but there are {len(self.labels)} labels; "
                    "give one entry a position"
                )

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, positions: Sequence[int]) -> Axis:
        """The axis of the given positions, in that order, with their part of the geometry; IndexError when one is outside."""
        geometry = {
            name: [values[i] for i in positions] if name in PER_POSITION and values is not None else values  # type: ignore[index]
            for name, values in self.geometry.items()
        }
        return Axis(self.kind, tuple(self.labels[i] for i in positions), geometry)


def numbered(kind: str, count: int, prefix: str = "") -> Axis:
    """An axis whose labels are prefix0, prefix1, … (channels of a vector, cells of a memory)."""
    return Axis(kind, tuple(f"{prefix}{i}" for i in range(count)))
