"""Pictures of nothing in particular: blank, gradients, noise, scribbles and lines of text, drawn from a seed."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

KINDS = ("blank", "gradient", "noise", "scribble", "text")
_LETTERS = np.array(list("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789,.-   "))


def nothing(seed: int, side: int) -> NDArray[np.uint8]:
    """A picture of kind `KINDS[seed % 5]`, u8[side, side, 3]; the same seed and side give the same picture."""
    rng = np.random.default_rng([20261121, seed])
    kind = KINDS[seed % len(KINDS)]
    if kind == "gradient":
        return _gradient(side, rng)
    if kind == "noise":
        return _noise(side, rng)
    image = Image.new("RGB", (side, side), _colour(rng, light=True))
    if kind == "scribble":
        _scribble(image, rng)
    elif kind == "text":
        _text(image, rng)
    return np.asarray(image)


def _colour(rng: np.random.Generator, light: bool) -> tuple[int, int, int]:
    low, high = (150, 256) if light else (0, 110)
    red, green, blue = rng.integers(low, high, 3)
    return int(red), int(green), int(blue)


def _gradient(side: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """From one colour to another in a direction."""
    first, second = rng.uniform(0, 255, (2, 3))
    angle = rng.uniform(0, 2 * np.pi)
    across = np.linspace(-0.5, 0.5, side)
    along = np.clip(np.cos(angle) * across[None] + np.sin(angle) * across[:, None] + 0.5, 0, 1)
    return (first + (second - first) * along[..., None]).astype(np.uint8)


def _noise(side: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Random pixels, from single ones to coarse blots, in colour or grey."""
    cells = int(rng.choice([side, side // 4, side // 16]))
    values = rng.integers(0, 256, (cells, cells, 3 if rng.random() < 0.5 else 1), np.uint8)
    image = Image.fromarray(np.broadcast_to(values, (cells, cells, 3)).copy())
    return np.asarray(image.resize((side, side), Image.Resampling.BICUBIC if rng.random() < 0.5 else Image.Resampling.NEAREST))


def _scribble(image: Image.Image, rng: np.random.Generator) -> None:
    """A few wandering lines."""
    side, pen = image.width, ImageDraw.Draw(image)
    for _ in range(int(rng.integers(1, 5))):
        walk = rng.uniform(0.2, 0.8, 2) * side + np.cumsum(rng.normal(0, side / 14, (int(rng.integers(12, 60)), 2)), 0)
        points = [(float(x), float(y)) for x, y in np.clip(walk, 0, side)]
        pen.line(points, _colour(rng, light=False), int(rng.integers(2, max(3, side // 40))), "curve")


def _text(image: Image.Image, rng: np.random.Generator) -> None:
    """Lines of random letters."""
    side, pen, colour = image.width, ImageDraw.Draw(image), _colour(rng, light=False)
    size = int(side * rng.uniform(0.05, 0.2))
    for top in range(size // 2, side - size, int(size * 1.4)):
        line = "".join(rng.choice(_LETTERS, int(rng.integers(3, 2 * side // size))))
        pen.text((size // 2, top), line, colour, _font(size))


@lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
