"""Where the things of a scene lie: each thing in its own half, its instances apart, and only one relation true."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

SIDE = 224
"""Pixels of a scene's side: 16 × 16 patches of 14."""
SIZES = {"big": (0.42, 0.48), None: (0.30, 0.36), "small": (0.19, 0.24)}
"""Longer side of a thing beside another, as a share of the scene's; None is the size that no word is said of."""
_ALONE = {1: (0.30, 0.85), 2: (0.24, 0.42), 3: (0.22, 0.36), 4: (0.20, 0.30)}  # of a scene's only kind of thing, by count
_SEVERAL = {2: (0.19, 0.27), 3: (0.18, 0.22)}  # of several things beside another, by count
_GAP = 3  # pixels between things and to a half's edges
_SHAKEN = 0.06  # how much the sizes of instances of a thing differ, up and down
_TRIES = 40


class Box(NamedTuple):
    """left, top, width, height in pixels."""

    left: int
    top: int
    width: int
    height: int


def room(count: int, size: str | None, alone: bool) -> tuple[float, float]:
    """Least and most of an instance's longer side, as shares of the scene's side."""
    return _ALONE[count] if alone else SIZES[size] if count == 1 else _SEVERAL[count]


def boxes(shapes: list[tuple[int, int]], counts: list[int], sizes: list[str | None], relation: str | None, rng: np.random.Generator) -> list[list[Box]]:
    """Boxes of all instances of each thing.

    shapes: width and height of each thing's drawing, of which only the proportions count. Things beside each other overlap
    in height by half of the lower one, things above each other in width, so that "left" and "above" are never both true.
    """
    while True:
        found = [
            _spread(shape, count, room(count, size, relation is None), _half(relation, number), rng)
            for number, (shape, count, size) in enumerate(zip(shapes, counts, sizes, strict=True))
        ]
        if all(found) and (relation is None or _level(*found, axis=1 if relation == "left" else 0)):
            return found


def _half(relation: str | None, number: int) -> Box:
    """What part of the scene a thing has for itself."""
    half = SIDE // 2
    if relation is None:
        return Box(0, 0, SIDE, SIDE)
    return Box(number * half, 0, half, SIDE) if relation == "left" else Box(0, number * half, SIDE, half)


def _spread(shape: tuple[int, int], count: int, room: tuple[float, float], half: Box, rng: np.random.Generator) -> list[Box]:
    """Boxes of a thing's instances that do not meet; none when no room was found."""
    share, found = rng.uniform(*room), []
    for _ in range(_TRIES):
        shaken = share * (1 + rng.uniform(-_SHAKEN, _SHAKEN)) if count > 1 else share
        width, height = (max(1, round(shaken * SIDE * side / max(shape))) for side in shape)
        across, down = half.width - width - 2 * _GAP, half.height - height - 2 * _GAP
        if across < 0 or down < 0:
            return []
        box = Box(half.left + _GAP + int(rng.integers(across + 1)), half.top + _GAP + int(rng.integers(down + 1)), width, height)
        if not any(_meet(box, other) for other in found):
            found.append(box)
        if len(found) == count:
            return found
    return []


def _meet(one: Box, two: Box) -> bool:
    """Do two boxes overlap, or have less than the gap between them?"""
    across = one.left < two.left + two.width + _GAP and two.left < one.left + one.width + _GAP
    return across and one.top < two.top + two.height + _GAP and two.top < one.top + one.height + _GAP


def _level(first: list[Box], second: list[Box], axis: int) -> bool:
    """Do two things overlap along an axis (0 across, 1 down) by at least half of the shorter one's extent?"""
    (start, end), (other_start, other_end) = (
        (min(box[axis] for box in found), max(box[axis] + box[axis + 2] for box in found)) for found in (first, second)
    )
    return min(end, other_end) - max(start, other_start) >= min(end - start, other_end - other_start) / 2
