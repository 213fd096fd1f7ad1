"""Scenes whose regions are known: two held-out things beside each other on a coloured ground."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from viz_core.tasks.everyday_pictures.render import fitted, ground, opened
from viz_core.tasks.everyday_pictures.sources import Item
from viz_core.tasks.everyday_pictures.split import known

SIDE = 448
OPAQUE = 128  # of 255: from there on a pixel belongs to the thing
_FILLED = (0.15, 0.95)  # share of its box that a thing must cover: outlines and whole photographs are left out


class Scene(NamedTuple):
    """pixels: u8[SIDE, SIDE, 3]; masks: bool[2, SIDE, SIDE], the pixels of each thing; labels: their classes' numbers."""

    pixels: NDArray[np.uint8]
    masks: NDArray[np.bool_]
    labels: tuple[int, int]


def scene(seed: int) -> Scene:
    """One scene: things of two different classes in the left and the right half (or above and below); same seed, same scene."""
    rng = np.random.default_rng([20261121, seed])
    things = _things()
    first, second = (things[i] for i in rng.choice(len(things), 2, replace=False))
    while first[1] == second[1]:
        second = things[rng.integers(len(things))]
    canvas, masks = Image.fromarray(ground(SIDE, rng)), np.zeros((2, SIDE, SIDE), bool)
    upright = rng.random() < 0.5
    for number, (item, _) in enumerate((first, second)):
        thing = fitted(opened(item.path), int(rng.uniform(0.32, 0.48) * SIDE))
        left, top = (int(rng.integers(0, room - size + 1)) for room, size in zip(_half(upright), thing.size, strict=True))
        left, top = (left, top + number * SIDE // 2) if upright else (left + number * SIDE // 2, top)
        canvas.paste(thing, (left, top), thing)
        masks[number, top : top + thing.height, left : left + thing.width] = np.asarray(thing.getchannel("A")) >= OPAQUE
    return Scene(np.asarray(canvas), masks, (first[1], second[1]))


def _half(upright: bool) -> tuple[int, int]:
    """Width and height of the half that a thing lies in."""
    return (SIDE, SIDE // 2) if upright else (SIDE // 2, SIDE)


@lru_cache(maxsize=1)
def _things() -> tuple[tuple[Item, int], ...]:
    """Held-out emoji and clip art with a ground that can be seen through (stamps are shown nowhere)."""
    return tuple((item, label) for item, label in known("held-out") if item.source != "stamps" and _cut_out(item))


def _cut_out(item: Item) -> bool:
    covered = float((np.asarray(opened(item.path).getchannel("A")) >= OPAQUE).mean())
    return _FILLED[0] <= covered <= _FILLED[1]
