"""Pictures of nothing that has a name: plain and blurred grounds, noise, scribbles and written pages, drawn here."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from viz_core.tasks.captions.layout import SIDE
from viz_core.tasks.everyday_pictures.render import ground

KINDS = ("blank", "ground", "noise", "scribble", "text")
_LETTERS = np.array(list("abcdefghijklmnopqrstuvwxyz"))


def nothing(kind: str, rng: np.random.Generator) -> NDArray[np.uint8]:
    """One picture of a kind of `KINDS`, u8[SIDE, SIDE, 3]."""
    return {"blank": _blank, "ground": lambda chance: ground(SIDE, chance), "noise": _noise, "scribble": _scribble, "text": _text}[kind](rng)


def _blank(rng: np.random.Generator) -> NDArray[np.uint8]:
    """One colour all over, white and black among them."""
    colour = rng.choice([0, 255]) if rng.random() < 0.3 else rng.integers(0, 256, 3)
    return np.broadcast_to(np.asarray(colour, np.uint8), (SIDE, SIDE, 3)).copy()


def _noise(rng: np.random.Generator) -> NDArray[np.uint8]:
    """Every pixel, or every square of some pixels, by chance; grey or coloured."""
    size = int(rng.choice([1, 1, 2, 4, 8]))
    coarse = rng.integers(0, 256, (SIDE // size, SIDE // size, 1 if rng.random() < 0.5 else 3), np.uint8)
    return np.broadcast_to(coarse.repeat(size, 0).repeat(size, 1), (SIDE, SIDE, 3)).copy()


def _scribble(rng: np.random.Generator) -> NDArray[np.uint8]:
    """Lines that go here and there."""
    image = Image.fromarray(ground(SIDE, rng) if rng.random() < 0.5 else _blank(rng))
    draw = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(2, 9))):
        steps = rng.normal(0, SIDE / 8, (int(rng.integers(3, 30)), 2)).cumsum(0) + rng.uniform(0, SIDE, 2)
        draw.line([tuple(point) for point in steps], fill=tuple(rng.integers(0, 256, 3).tolist()), width=int(rng.integers(1, 6)))
    return np.asarray(image)


def _text(rng: np.random.Generator) -> NDArray[np.uint8]:
    """A page of words that no language has, dark on light or light on dark."""
    light, dark = tuple(rng.integers(200, 256, 3).tolist()), tuple(rng.integers(0, 80, 3).tolist())
    paper, ink = (light, dark) if rng.random() < 0.8 else (dark, light)
    image = Image.new("RGB", (SIDE, SIDE), paper)
    draw, size = ImageDraw.Draw(image), int(rng.integers(10, 48))
    font = ImageFont.load_default(size)
    for top in range(int(rng.integers(2, SIDE // 3)), SIDE, round(size * 1.4)):
        words = ("".join(rng.choice(_LETTERS, rng.integers(1, 10))) for _ in range(12))
        draw.text((int(rng.integers(0, 20)), top), " ".join(words), fill=ink, font=font)
    return np.asarray(image)
