"""Which everyday class a picture's words name: `classes.tsv` lists each class with the words and phrases that mean it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from viz_core.tasks.everyday_pictures.sources import Item
from viz_core.trace.errors import InputError

_FILE = Path(__file__).with_name("classes.tsv")
_NONE = "-"  # in the place of a class: phrases that name something else than their words do ("hot dog")
# Drawers of icons, patterns and signs: what their pictures are called is not what is on them.
_NO_THINGS = ("shapes", "special", "buttons", "computer/icons", "computer/buttons", "computer/folders", "logos", "symbols", "flags", "people & body",
              "signs_and_symbols/led", "signs_and_symbols/flags", "transportation/roadsigns", "signs_and_symbols/hazard")  # fmt: skip
# Drawers of what is clearly no everyday thing, though a picture in it may still name one ("heart suit").
_OUTSIDE = ("symbols", "flags", "people & body", "shapes", "special/patterns", "geography", "people/stickmen", "recreation/games/cards", "signs_and_symbols/flags",
            "signs_and_symbols/led", "signs_and_symbols/hazard", "transportation/roadsigns", "town/roadsigns")  # fmt: skip
_FACES = "smileys & emotion"  # each is like the class "smiley", whatever it is called
# Drawers of stamps that are drawings; the others hold photographs, cut out of their ground.
_DRAWN = ("cartoon", "clothes", "seasonal", "symbols", "people", "town", "military", "naturalforces", "household/arttools", "vehicles/locomotive")  # fmt: skip
_PHOTOGRAPHED = ("seasonal/candle", "seasonal/christmas/C", "seasonal/christmas/R")
# Named after something else than what is on them; found by looking through all classes before anything was trained.
_MISNAMED = frozenset(Path(__file__).with_name("misnamed.txt").read_text(encoding="utf-8").split())


@lru_cache(maxsize=1)
def _phrases() -> dict[tuple[str, ...], str]:
    """Phrase as words → class. InputError when a phrase stands for two classes."""
    found: dict[tuple[str, ...], str] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        name, phrases = line.split("\t")
        for phrase in phrases.split(", "):
            if found.setdefault(tuple(phrase.split()), name) != name:
                raise InputError(f"{_FILE.name} gives {phrase!r} to {found[tuple(phrase.split())]!r} and to {name!r}; a phrase has one class")
    return found


CLASSES: tuple[str, ...] = tuple(name for name in dict.fromkeys(_phrases().values()) if name != _NONE)
"""Names of the classes, in the order of the outputs."""


def named(words: Sequence[str]) -> set[str]:
    """The classes that words name; the longest phrase counts ("sea lion" is no lion)."""
    phrases, found, place = _phrases(), set(), 0
    longest = max(map(len, phrases))
    while place < len(words):
        size = next((n for n in range(longest, 0, -1) if tuple(words[place : place + n]) in phrases), 0)
        if size:
            found.add(phrases[tuple(words[place : place + size])])
        place += size or 1
    return found - {_NONE}


def label(item: Item) -> str | None:
    """The one class of a picture; None when its words name none, or several, or it lies in a drawer of signs."""
    found = named(item.words)
    thing = not item.folder.startswith(_NO_THINGS) and item.key not in _MISNAMED
    return found.pop() if len(found) == 1 and thing else None


def nameless(item: Item) -> bool:
    """Do its words name no class at all, so that it stands for what the classes do not know?"""
    return not named(item.words)


def outside(item: Item) -> bool:
    """Is it clearly none of the classes: nameless, and of a drawer of signs, flags, letters, patterns, maps or people?"""
    return nameless(item) and item.folder.startswith(_OUTSIDE)


def other(item: Item) -> bool:
    """Is it a thing that no class names, as far as its words say: nameless, in no drawer of signs, people or faces?"""
    return nameless(item) and not item.folder.startswith((*_OUTSIDE, *_NO_THINGS, _FACES))


def photograph(item: Item) -> bool:
    """Is it a photograph? Some stamps are."""
    drawn = item.folder.startswith(_DRAWN) or "cartoon" in item.folder
    return item.source == "stamps" and (not drawn or item.key.startswith(_PHOTOGRAPHED))
