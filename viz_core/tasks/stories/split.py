"""Fixed sets of stories: held out, validation, training. No story with its question is in two of them."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from viz_core.tasks.stories import FAMILIES, Story
from viz_core.trace.errors import InputError

HELD_OUT, VALIDATION, TRAINING = 1_000, 500, 10_000  # stories a family
SEEDS = {"held_out": 1, "validation": 2, "training": 3}


@lru_cache(maxsize=None)
def held_out(number: int) -> tuple[Story, ...]:
    """1,000 different stories of a family that training and validation never see."""
    return distinct(number, "held_out", HELD_OUT, frozenset())


@lru_cache(maxsize=None)
def validation(number: int) -> tuple[Story, ...]:
    """500 different stories of a family, for decisions during training."""
    return distinct(number, "validation", VALIDATION, texts(held_out(number)))


def training(number: int) -> list[Story]:
    """10,000 stories of a family; of small families some come more than once."""
    closed = texts(held_out(number)) | texts(validation(number))
    rng, found = generator(number, "training"), []
    while len(found) < TRAINING:
        story = FAMILIES[number].draw(rng)
        if story.text not in closed:
            found.append(story)
    return found


def texts(stories: tuple[Story, ...]) -> frozenset[str]:
    return frozenset(story.text for story in stories)


def distinct(number: int, name: str, count: int, closed: frozenset[str]) -> tuple[Story, ...]:
    """`count` different stories that are not among the closed ones."""
    rng, found = generator(number, name), {}
    while len(found) < count:
        story = FAMILIES[number].draw(rng)
        if story.text not in closed:
            found.setdefault(story.text, story)
    return tuple(found.values())


def generator(number: int, name: str) -> Random:
    """The random numbers of one set of one family; InputError for a family that is not there."""
    if number not in FAMILIES:
        raise InputError(f"there is no story family {number!r}; there are: {', '.join(map(str, FAMILIES))}")
    return Random(SEEDS[name] * 1_000_003 + number)
