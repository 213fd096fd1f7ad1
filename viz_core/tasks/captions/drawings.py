"""The drawings that scenes are made of: emoji and clip art cut out of their ground, small, and tinted in one colour.

Clip art is large (up to 13,000 pixels a side) and slow to open; a small copy of each drawing is kept in the cache folder.
"""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from viz_core.tasks.captions.grammar import COLOURS, NOUNS, noun_of
from viz_core.tasks.captions.naming import apt
from viz_core.tasks.everyday_pictures import CLASSES, Item, known
from viz_core.tasks.everyday_pictures.render import fitted, opened
from viz_core.tasks.everyday_pictures.scenes import OPAQUE
from viz_core.tasks.everyday_pictures.sources import DRAWN
from viz_core.tasks.fetch import cache_directory

SIDE = 192  # pixels of a small copy's longer side, if the drawing has as many
_VERSION = 1  # of the small copies
_FILLED = (0.15, 0.95)  # share of its box that a drawing covers: outlines and whole photographs are left out
_LONGEST = 4.0  # times as long as wide: what is thinner vanishes when it is small
_GREY = 0.08  # mean chroma, 0 … 1, under which a drawing has no hue of its own
_NEAR = 40.0  # degrees on the circle of hues within which a colour and a drawing's own are alike
_SHARE = 0.2  # of a drawing's chroma near a colour from which on it is not tinted in it
_DARKEST = 0.3  # of a tint's brightness
_MOST = 8  # drawings of a noun that scenes are made of
_CAST = (
    "cat dog elephant owl penguin whale snail frog spider butterfly tree mushroom apple banana strawberry pineapple "
    "pumpkin pizza hamburger cake car bicycle airplane balloon castle star snowman umbrella key guitar crown robot"
).split()  # fmt: skip


class Drawing(NamedTuple):
    """image: RGBA of at most `SIDE` pixels a side; noun: its number; mean: f64[3], mean colour of what is opaque; colours:
    those it can be tinted in and is then seen to be; apt: does it show one thing that the noun names (`naming.apt`)?
    key: source and place, the same on every machine."""

    image: Image.Image
    noun: int
    mean: NDArray[np.float64]
    colours: tuple[int, ...]
    apt: bool
    key: str


@lru_cache(maxsize=4)
def drawings(part: str) -> dict[int, tuple[Drawing, ...]]:
    """Noun → the cut-out drawings of it in a part of everyday_pictures; nouns without one are left out. Stamps are no drawings."""
    found: dict[int, list[Drawing]] = {}
    for item, label in known(part):
        noun = noun_of(CLASSES[label])
        if noun is not None and item.source != "stamps":
            image = _small(item)
            if _cut_out(image):
                found.setdefault(noun, []).append(Drawing(image, noun, _mean(image), _tintable(image), apt(item, noun), f"{item.source}:{item.key}"))
    return {noun: tuple(found[noun]) for noun in sorted(found)}


@lru_cache(maxsize=4)
def cast(part: str) -> dict[int, tuple[Drawing, ...]]:
    """Noun → the drawings of it that scenes of a part are made of: at most `_MOST` apt ones of the nouns in `_CAST`, which
    are told apart when small and in another colour. Training draws emoji, whatever makes them; what tests it, clip art too."""
    every = {noun: [drawing for drawing in found if drawing.apt] for noun, found in drawings(part).items() if NOUNS[noun].en in _CAST}
    if part == "training":
        every = {noun: [drawing for drawing in found if drawing.key.split(":")[0] in DRAWN] for noun, found in every.items()}
    return {noun: tuple(sorted(found, key=lambda drawing: hashlib.sha256(drawing.key.encode()).digest())[:_MOST]) for noun, found in every.items() if found}


_tints: dict[tuple[str, int], Drawing] = {}


def tinted(drawing: Drawing, colour: int) -> Drawing:
    """A drawing in shades of one colour: luminance, stretched to the whole range, × the colour. Made once."""
    if (drawing.key, colour) not in _tints:
        _tints[drawing.key, colour] = _tint(drawing, colour)
    return _tints[drawing.key, colour]


def _tint(drawing: Drawing, colour: int) -> Drawing:
    pixels = np.asarray(drawing.image)
    luminance = pixels[..., :3] @ np.array([0.299, 0.587, 0.114])
    low, high = np.percentile(luminance[pixels[..., 3] >= OPAQUE], (5, 95))
    light = np.clip((luminance - low) / (high - low), 0, 1) if high - low > 32 else np.ones_like(luminance)
    shade = (_DARKEST + (1 - _DARKEST) * light)[..., None] * COLOURS[colour].rgb
    image = Image.fromarray(np.concatenate([shade.round().astype(np.uint8), pixels[..., 3:]], axis=-1))
    return drawing._replace(image=image, mean=_mean(image), colours=())


def _small(item: Item) -> Image.Image:
    """The small copy of a picture, made at first use."""
    name = hashlib.sha256(f"{item.source}:{item.key}".encode()).hexdigest()[:20]
    path = cache_directory() / f"caption-drawings-{_VERSION}" / f"{name}.png"
    if not path.exists():
        image = opened(item.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_suffix(f".{os.getpid()}")
        (fitted(image, SIDE) if max(image.size) > SIDE else image).save(scratch, "PNG")
        scratch.replace(path)  # a copy that exists is whole, whoever else makes it
    return _read(path)


def _read(path: Path) -> Image.Image:
    with Image.open(path) as file:
        return file.convert("RGBA")


def _cut_out(image: Image.Image) -> bool:
    covered = float((np.asarray(image)[..., 3] >= OPAQUE).mean())
    return _FILLED[0] <= covered <= _FILLED[1] and max(image.size) <= _LONGEST * min(image.size)


def _mean(image: Image.Image) -> NDArray[np.float64]:
    pixels = np.asarray(image)
    return pixels[pixels[..., 3] >= OPAQUE][:, :3].mean(axis=0)


def _tintable(image: Image.Image) -> tuple[int, ...]:
    """The colours that are far enough from a drawing's own hues."""
    pixels = np.asarray(image)
    own = pixels[pixels[..., 3] >= OPAQUE][:, :3] / 255
    hues, chroma = hue(own)
    if chroma.mean() < _GREY:
        return tuple(range(len(COLOURS)))
    return tuple(number for number, colour in enumerate(COLOURS) if _near(hues, chroma, np.array(colour.rgb) / 255) < _SHARE)


def _near(hues: NDArray[np.float64], chroma: NDArray[np.float64], rgb: NDArray[np.float64]) -> float:
    """Share of the chroma whose hue is near that of a colour."""
    away = np.abs((hues - hue(rgb[None])[0] + 180) % 360 - 180)
    return float(chroma[away < _NEAR].sum() / chroma.sum())


def hue(rgb: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Hue in degrees (red 0, green 120, blue 240; 0 for greys) and chroma, max − min, of colours f64[N, 3] in 0 … 1."""
    chroma = rgb.max(axis=1) - rgb.min(axis=1)
    safe = np.where(chroma == 0, 1, chroma)
    red, green, blue = rgb.T
    sector = np.select([chroma == 0, rgb.argmax(axis=1) == 0, rgb.argmax(axis=1) == 1], [0 * red, (green - blue) / safe, 2 + (blue - red) / safe], 4 + (red - green) / safe)
    return 60 * sector % 360, chroma
