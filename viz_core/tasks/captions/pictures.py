"""Single pictures with captions: drawings and photographs of one thing, and pictures of which nothing can be said.

A picture's caption is its noun ("a cat"); a stamp also has the sentence that its makers wrote ("A Himalayan cat.").
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viz_core.inputs.picture_grid import resized
from viz_core.tasks.captions import grammar
from viz_core.tasks.captions.grammar import Description, Thing, noun_of
from viz_core.tasks.captions.layout import SIDE
from viz_core.tasks.captions.naming import apt
from viz_core.tasks.captions.nothing import KINDS, nothing
from viz_core.tasks.everyday_pictures import CLASSES, known
from viz_core.tasks.everyday_pictures import nothing as elsewhere
from viz_core.tasks.everyday_pictures import unknown as nameless
from viz_core.tasks.everyday_pictures.labels import outside, photograph
from viz_core.tasks.everyday_pictures.photographs import photographs as whole_photographs
from viz_core.tasks.everyday_pictures.render import plain, varied
from viz_core.tasks.everyday_pictures.sources import Item, items
from viz_core.tasks.everyday_pictures.split import PARTS, families
from viz_core.tasks.sample_pictures import sample
from viz_core.trace.errors import InputError

LONGEST = 12  # words of a sentence of its own that is learned
NOTHING = {"training": 80, "validation": 12, "held-out": 40}  # pictures of nothing, of each kind
OUTSIDE = 500  # training pictures that no class names
SAMPLES = {"airplane": "airplane", "sheep": "sheep", "boats": "ship", "house": "house", "flower": "flower"}  # sample photograph → class
_SEED = 20261123


class Captioned(NamedTuple):
    """One picture of one thing. path: its file, or the name of a sample picture; description: with its noun, None where no noun
    names it; own: the sentence of its makers as words, () without; photograph: is it one? whole: with its ground, not cut out?"""

    path: Path | str
    description: Description | None
    own: tuple[str, ...]
    photograph: bool
    whole: bool = False


class Unknown(NamedTuple):
    """A picture without a name. kind: "drawing", or what is drawn here; path: of the drawing; seed: of what is drawn here.

    What is learned from is drawn by `nothing`, what validates and tests by the generator of everyday_pictures: a model that
    knows the one kind of noise by heart gains nothing.
    """

    kind: str
    path: Path | None = None
    seed: int = 0
    learned: bool = False


def captioned(part: str) -> tuple[Captioned, ...]:
    """Pictures of a part of everyday_pictures that have a caption of one kind or the other. InputError for another part.

    A held-out picture has its noun's caption only where that is apt (`naming.apt`); models learn from broader names, too.
    """
    return tuple(each for item, label in known(part) if (each := _captioned(item, label, part)).description or each.own)


def photographs() -> tuple[Captioned, ...]:
    """Every photograph of a noun that nothing was learned or chosen from: held-out stamps, which are cut out, whole ones of
    `everyday_pictures.photographs`, and the sample photographs."""
    cut_out = (each for each in captioned("held-out") if each.photograph and each.description)
    nouns = ((item, noun_of(CLASSES[label])) for item, label in whole_photographs())
    whole = (Captioned(item.path, _one(noun), (), True, True) for item, noun in nouns if noun is not None and apt(item, noun))
    samples = (Captioned(name, _one(noun_of(class_name)), (), True, True) for name, class_name in SAMPLES.items())
    return (*cut_out, *whole, *samples)


@lru_cache(maxsize=4)
def unknown(part: str) -> tuple[Unknown, ...]:
    """Pictures of which nothing can be said; those of different parts have nothing in common. InputError for another part."""
    if part not in PARTS:
        raise InputError(f"there is no part {part!r}; use one of {', '.join(PARTS)}")
    learned = part == "training"
    kinds = KINDS if learned else elsewhere.KINDS
    first = 0 if part != "held-out" else len(kinds) * NOTHING["validation"]
    made = [Unknown(kinds[seed % len(kinds)], None, seed, learned) for seed in range(first, first + len(kinds) * NOTHING[part])]
    return (*made, *(Unknown("drawing", item.path) for item in (_outside() if learned else nameless(part))))


def _outside() -> list[Item]:
    """Training pictures that no class names, none of a family that validates or tests."""
    every = [item for item in items() if outside(item)]
    family = families(every)
    tested = {family[item] for part in ("validation", "held-out") for item in nameless(part) if item in family}
    left = sorted((item for item in every if family[item] not in tested), key=lambda item: (family[item], item.key))
    return left[:: max(1, len(left) // OUTSIDE)][:OUTSIDE]


def look(picture: Captioned | Unknown, seed: int | None = None) -> NDArray[np.uint8]:
    """A picture as a model is shown it, u8[SIDE, SIDE, 3]: in the middle of a white square, or, with a seed, somewhere on
    another ground (`everyday_pictures.render`). A sample photograph is stretched to the square."""
    if isinstance(picture, Unknown) and picture.path is None:
        made = (PARTS.index("training"), *divmod(picture.seed, len(KINDS))[::-1])
        return nothing(picture.kind, np.random.default_rng([_SEED, *made])) if picture.learned else elsewhere.nothing(picture.seed, SIDE)
    if isinstance(picture.path, str):
        return resized(sample(picture.path), 1, 1, SIDE)
    return plain(picture.path, SIDE) if seed is None else varied(picture.path, SIDE, np.random.default_rng([_SEED, seed]))


@lru_cache(maxsize=1)
def vocabulary() -> tuple[str, ...]:
    """All words that a model learns: those of the grammar, then those of the training pictures' own sentences, in order."""
    own = sorted({word for each in captioned("training") for word in each.own})
    return tuple(dict.fromkeys((*grammar.words(), *own)))


def _captioned(item: Item, label: int, part: str) -> Captioned:
    own = item.words if item.source == "stamps" and 2 <= len(item.words) <= LONGEST else ()
    noun = noun_of(CLASSES[label])
    if part == "held-out" and noun is not None and not apt(item, noun):
        noun = None
    return Captioned(item.path, _one(noun), own, photograph(item))


def _one(noun: int | None) -> Description | None:
    """The description of one thing; None without a noun."""
    return None if noun is None else Description((Thing(noun),))
