"""Which pictures the classes are learned from, which calibrate and which test them. Fixed by hashes of the pictures' keys.

Sisters fall into one part, so that no picture is tested on a sister of a training picture: one emoji as all makers draw
it, variants of one drawing ("crawfish1", "crawfish1_bw") and whatever looks the same (`same.py`), of which each source
keeps one. What no class names is kept apart: it sets and tests "unlike anything I was trained on".
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from viz_core.tasks.everyday_pictures.labels import CLASSES, label, other, outside
from viz_core.tasks.everyday_pictures.same import groups, name
from viz_core.tasks.everyday_pictures.sources import DRAWN, SOURCES, Item, code_points, items
from viz_core.trace.errors import InputError

PARTS = ("training", "validation", "held-out")
MOST = 40  # pictures of a class from one source
UNKNOWN = {"training": 60, "validation": 30, "held-out": 30}  # pictures without a class from one source
_DIGITS = {"training": "4567", "validation": "0123", "held-out": "89abcdef"}  # that the hash of such a picture begins with
_TESTED, _CHOSEN = 0.25, 0.15  # shares of held-out and validation


def known(part: str) -> list[tuple[Item, int]]:
    """Pictures of a part with the number of their class. InputError for another name than those in `PARTS`."""
    _check(part)
    return list(_cut()[part])


def unknown(part: str) -> list[Item]:
    """Pictures that are clearly none of the classes; those of training teach what "none of them" looks like."""
    return _without_class(part, outside)


def others(part: str) -> list[Item]:
    """Pictures of things that no class names, as far as their words say, as `unknown` takes them; harder to tell apart."""
    return _without_class(part, other)


def _without_class(part: str, wanted: Callable[[Item], bool]) -> list[Item]:
    """Of each source the wanted pictures with the lowest hashes that belong to a part."""
    _check(part)
    found = []
    for source in SOURCES:
        drawer = [item for item in _distinct(items()) if item.source == source and wanted(item) and _hash(item)[0] in _DIGITS[part]]
        found += sorted(drawer, key=lambda item: (_hash(item), item.key))[: UNKNOWN[part]]
    return found


@lru_cache(maxsize=1)
def _cut() -> dict[str, tuple[tuple[Item, int], ...]]:
    """Class by class: its families of pictures in the order of their hashes, held-out ones first, then validation."""
    of_class: dict[str, list[Item]] = {name: [] for name in CLASSES}
    for item in _distinct(items()):
        if found := label(item):
            of_class[found].append(item)
    parts: dict[str, list[tuple[Item, int]]] = {part: [] for part in PARTS}
    for number, found in enumerate(of_class.values()):
        family = families(found)
        kept = _capped(sorted(found, key=lambda item: (family[item], _hash(item), item.key)))
        for item, part in zip(kept, _parts([family[item] for item in kept]), strict=True):
            parts[part].append((item, number))
    return {part: tuple(found) for part, found in parts.items()}


def families(found: Iterable[Item]) -> dict[Item, str]:
    """The family of each picture, named by a hash: what is joined by sisters and by looking the same, through any chain."""
    lowest: dict[str, str] = {}

    def root(mark: str) -> str:
        while lowest.setdefault(mark, mark) != mark:
            mark = lowest[mark]
        return mark

    for item in (listed := list(found)):
        marks = [_hash(item)] + ([f"same {groups()[name(item)]}"] if name(item) in groups() else [])
        least, *others = sorted(root(mark) for mark in marks)
        for other in others:
            lowest[other] = least
    return {item: root(_hash(item)) for item in listed}


def _distinct(found: Iterable[Item]) -> list[Item]:
    """Of pictures that look the same, each source's first one; none of them when they are called differently."""
    listed, labels, kept = list(found), {}, {}
    for item in listed:
        if name(item) in groups() and (said := label(item)):
            labels.setdefault(groups()[name(item)], set()).add(said)
    for item in listed:
        group = groups().get(name(item))
        said = labels.get(group, set())
        if group is None or said == {label(item)} or not said:
            kept.setdefault((item.source, name(item) if group is None else group), item)
    return list(kept.values())


def _parts(families: Sequence[str]) -> list[str]:
    """The part of each picture of a class, given the families of its pictures, equal ones beside each other.

    A family goes to the first of held-out, validation and training that still has room for it, so that the few drawings of
    a small class are not all kept from training; the smallest one is held out where none has room.
    """
    sizes = Counter(families)
    room = {"held-out": max(1, round(_TESTED * len(families))), "validation": round(_CHOSEN * len(families)), "training": len(families)}
    given: dict[str, str] = {}
    for family, size in sizes.items():
        given[family] = next(part for part, left in room.items() if size <= left)
        room[given[family]] -= size
    if len(sizes) > 1 and "held-out" not in given.values():
        given[min(sizes, key=lambda family: sizes[family])] = "held-out"
    return [given[family] for family in families]


def _capped(found: list[Item]) -> list[Item]:
    """At most `MOST` of each source, those with the lowest hashes."""
    counts: dict[str, int] = {}
    kept = []
    for item in found:
        counts[item.source] = counts.get(item.source, 0) + 1
        if counts[item.source] <= MOST:
            kept.append(item)
    return kept


def _hash(item: Item) -> str:
    """Equal for sisters: all drawings of an emoji; of other pictures digits, "bw" and what stands in brackets do not count."""
    if item.source in DRAWN:
        key = "emoji:" + code_points(item.key.rsplit(".", 1)[0]).split("-200d-")[0]  # "black cat" is a cat joined to a colour
    else:
        stem = re.sub(r"\d+|\b(bw|color|colour|black|white)\b", "", re.sub(r"[_\-.]+", " ", item.key.rsplit("/", 1)[-1].lower()))
        key = f"{item.source}:{' '.join(stem.split()[:2])}"
    return hashlib.sha256(key.encode()).hexdigest()


def _check(part: str) -> None:
    if part not in PARTS:
        raise InputError(f"there is no part {part!r}; use one of {', '.join(PARTS)}")
