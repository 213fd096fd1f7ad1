"""Scenes made of drawings, with their description and the region of every thing.

Parts: "training", "training-rich", "validation" and "held-out-familiar" hold no unseen combination, "held-out" and
"held-out-drawings" at least one in every scene; the drawings of the last are never shown by the others. "training-rich" has
more colours and counts, the combinations that a caption gets wrong most easily.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from viz_core.tasks.captions.drawings import Drawing, cast, tinted
from viz_core.tasks.captions.grammar import MOST, RELATIONS, SIZES, Description, Thing
from viz_core.tasks.captions.layout import SIDE, Box, boxes
from viz_core.tasks.captions.unseen import unseen
from viz_core.tasks.everyday_pictures.render import ground
from viz_core.tasks.everyday_pictures.scenes import OPAQUE
from viz_core.trace.errors import InputError

PARTS = ("training", "validation", "held-out", "held-out-drawings", "held-out-familiar", "training-rich")  # new ones last: a part's place seeds it
_UNSEEN = ("held-out", "held-out-drawings")
_SEED = 20261124
_ALONE, _SIZED = 0.3, 0.55  # how often: one kind of thing, a size
_CLEAR = 90.0  # least distance between the mean colours of a thing and of the ground behind it, of 441 from black to white
_GROUNDS = 12  # grounds that are tried for it


class _Shares(NamedTuple):
    """How often a thing has a colour, and a count above 1."""

    coloured: float
    several: float


_USUAL, _RICH = _Shares(0.45, 0.45), _Shares(0.8, 0.6)


class CaptionScene(NamedTuple):
    """pixels: u8[SIDE, SIDE, 3]; masks: bool[things, SIDE, SIDE], all instances of a thing together; description: what is on it."""

    pixels: NDArray[np.uint8]
    masks: NDArray[np.bool_]
    description: Description


def scene(part: str, number: int) -> CaptionScene:
    """Scene 0, 1, 2, … of a part of `PARTS`, the same at every call. InputError for another part or a negative number."""
    rng = _chance(part, number)
    description, drawn = _described(part, rng)
    things, relation = description
    found = boxes([drawing.image.size for drawing in drawn], [thing.count for thing in things], [thing.size for thing in things], relation, rng)
    canvas, masks = Image.fromarray(_ground(drawn, found, rng)), np.zeros((len(things), SIDE, SIDE), bool)
    for mask, drawing, places in zip(masks, drawn, found, strict=True):
        for box in places:
            _paste(canvas, mask, drawing, box, rng)
    return CaptionScene(np.asarray(canvas), masks, description)


def described(part: str, number: int) -> Description:
    """What `scene` shows, without drawing it."""
    return _described(part, _chance(part, number))[0]


def _chance(part: str, number: int) -> np.random.Generator:
    """The random numbers of a scene."""
    if part not in PARTS:
        raise InputError(f"there are no scenes of {part!r}; use one of {', '.join(PARTS)}")
    if number < 0:
        raise InputError(f"there is no scene {number}; they are numbered from 0")
    return np.random.default_rng([_SEED, PARTS.index(part), number])


def _described(part: str, rng: np.random.Generator) -> tuple[Description, list[Drawing]]:
    """What a scene shows and a drawing of each thing, drawn again until its combinations are of the right kind."""
    source = "held-out" if part == "held-out-drawings" else "training"
    shares = _RICH if part == "training-rich" else _USUAL
    while True:
        alone = bool(rng.random() < _ALONE)
        nouns = rng.choice(list(cast(source)), 1 if alone else 2, replace=False)
        made = [_thing(source, int(noun), alone, shares, rng) for noun in nouns]
        description = Description(tuple(thing for thing, _ in made), None if alone else RELATIONS[rng.integers(len(RELATIONS))])
        if unseen(description) == (part in _UNSEEN):
            return description, [drawing for _, drawing in made]


def _thing(source: str, noun: int, alone: bool, shares: _Shares, rng: np.random.Generator) -> tuple[Thing, Drawing]:
    """One thing with its count, colour and size, and the drawing that shows it."""
    drawing = cast(source)[noun][rng.integers(len(cast(source)[noun]))]
    count = int(rng.integers(2, MOST + 1 if alone else MOST)) if rng.random() < shares.several else 1
    size = str(rng.choice(SIZES)) if count == 1 and not alone and rng.random() < _SIZED else None
    if not drawing.colours or rng.random() >= shares.coloured:
        return Thing(noun, count, None, size), drawing
    colour = int(rng.choice(drawing.colours))
    return Thing(noun, count, colour, size), tinted(drawing, colour)


def _ground(drawn: list[Drawing], found: list[list[Box]], rng: np.random.Generator) -> NDArray[np.uint8]:
    """A ground against which every thing stands out: the first of some that is clear enough, else the clearest."""
    tried: list[tuple[float, NDArray[np.uint8]]] = []
    for _ in range(_GROUNDS):
        pixels = ground(SIDE, rng)
        clear = min(_distance(pixels, drawing, box) for drawing, places in zip(drawn, found, strict=True) for box in places)
        if clear >= _CLEAR:
            return pixels
        tried.append((clear, pixels))
    return max(tried, key=lambda pair: pair[0])[1]


def _distance(pixels: NDArray[np.uint8], drawing: Drawing, box: Box) -> float:
    """Between the mean colour of a drawing and that of the ground behind it; every fourth pixel does."""
    behind = pixels[box.top : box.top + box.height : 4, box.left : box.left + box.width : 4]
    return float(np.linalg.norm(behind.mean(axis=(0, 1)) - drawing.mean))


def _paste(canvas: Image.Image, mask: NDArray[np.bool_], drawing: Drawing, box: Box, rng: np.random.Generator) -> None:
    """Draw one instance, every other one mirrored, and mark its pixels."""
    image = drawing.image.resize((box.width, box.height), Image.Resampling.BICUBIC, reducing_gap=3.0)
    if rng.random() < 0.5:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    canvas.paste(image, (box.left, box.top), image)
    mask[box.top : box.top + box.height, box.left : box.left + box.width] |= np.asarray(image)[..., 3] >= OPAQUE
