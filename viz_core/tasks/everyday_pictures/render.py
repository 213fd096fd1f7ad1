"""A named picture as a network is shown it: on a ground, in a square, sometimes smaller, mirrored and off the middle."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter

WHITE = (255, 255, 255)
MARGIN = 0.08  # of the square, around a picture in its middle
Ground = Callable[[int, np.random.Generator], NDArray[np.uint8]]  # side → u8[side, side, 3]
_LONGEST = 512  # pixels that are kept of a picture: clip art comes with up to 13,000
_MOST_PIXELS = 200_000_000


@lru_cache(maxsize=64)
def opened(path: Path) -> Image.Image:
    """The picture with its transparency, cut to what is not transparent, RGBA of at most `_LONGEST` pixels a side."""
    limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, _MOST_PIXELS  # some drawings of the library are that large
    try:
        with Image.open(path) as file:
            image = file.convert("RGBA")
    finally:
        Image.MAX_IMAGE_PIXELS = limit
    image = image.crop(image.getchannel("A").getbbox() or (0, 0, *image.size))
    image.thumbnail((_LONGEST, _LONGEST), Image.Resampling.LANCZOS)
    return image


def plain(path: Path, side: int) -> NDArray[np.uint8]:
    """In the middle of a white square, u8[side, side, 3]."""
    room = round(side * (1 - 2 * MARGIN))
    thing = fitted(opened(path), room)
    ground = Image.new("RGB", (side, side), WHITE)
    ground.paste(thing, ((side - thing.width) // 2, (side - thing.height) // 2), thing)
    return np.asarray(ground)


def ground(side: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A plain colour, a gradient between two, or coarse noise around one, u8[side, side, 3]."""
    first, second = rng.uniform(0, 255, (2, 3))
    kind = rng.integers(3)
    if kind == 0:
        values = np.broadcast_to(first, (side, side, 3))
    elif kind == 1:
        angle = rng.uniform(0, 2 * np.pi)
        along = np.cos(angle) * np.linspace(-0.5, 0.5, side)[None] + np.sin(angle) * np.linspace(-0.5, 0.5, side)[:, None]
        values = first + (second - first) * np.clip(along + 0.5, 0, 1)[..., None]
    else:
        coarse = np.clip(first + rng.normal(0, 45, (8, 8, 3)), 0, 255).astype(np.uint8)
        values = np.asarray(Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC))
    return np.clip(values, 0, 255).astype(np.uint8)


def varied(path: Path, side: int, rng: np.random.Generator, behind: Ground = ground) -> NDArray[np.uint8]:
    """Somewhere on a ground, from half to nearly the whole side, sometimes mirrored or turned, in another light,
    grey or out of focus, u8[side, side, 3]."""
    thing = opened(path)
    if rng.random() < 0.5:
        thing = thing.rotate(rng.uniform(-20, 20), Image.Resampling.BICUBIC, expand=True)
    thing = fitted(thing, round(side * rng.uniform(0.5, 0.98)))
    if rng.random() < 0.5:
        thing = thing.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    place = tuple(int(rng.integers(0, side - size + 1)) for size in thing.size)
    canvas = Image.fromarray(behind(side, rng))
    canvas.paste(thing, place, thing)
    return np.asarray(_in_another_light(canvas, rng))


def _in_another_light(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Brighter or darker, more or less colourful (one in eight grey), one in four out of focus."""
    for change in (ImageEnhance.Brightness, ImageEnhance.Contrast):
        image = change(image).enhance(rng.uniform(0.7, 1.3))
    image = ImageEnhance.Color(image).enhance(0.0 if rng.random() < 0.125 else rng.uniform(0.5, 1.5))
    return image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.5))) if rng.random() < 0.25 else image


def fitted(thing: Image.Image, room: int) -> Image.Image:
    """Its longer side brought to `room` pixels."""
    scale = room / max(thing.size)
    return thing.resize((max(1, round(thing.width * scale)), max(1, round(thing.height * scale))), Image.Resampling.BICUBIC, reducing_gap=3.0)
