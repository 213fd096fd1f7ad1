"""Which pictures the classes are learned from, which calibrate and which test them. Fixed by hashes of the pictures' keys.

Variants of one drawing ("crawfish1", "crawfish1_bw") have one hash, so that no picture is tested on a sister of a
training picture. What no class names is kept apart: it teaches and tests "unlike anything I was trained on".
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

from viz_core.tasks.everyday_pictures.labels import CLASSES, label, nameless
from viz_core.tasks.everyday_pictures.sources import Item, items
from viz_core.trace.errors import InputError

PARTS = ("training", "validation", "held-out")
MOST = 40  # pictures of a class from one source
UNKNOWN = 150  # pictures without a class from one source, for each of validation and held-out
_TESTED, _CHOSEN = 0.25, 0.15  # shares of held-out and validation


def known(part: str) -> list[tuple[Item, int]]:
    """Pictures of a part with the number of their class. InputError for another name than those in `PARTS`."""
    _check(part)
    return list(_cut()[part])


def unknown(part: str) -> list[Item]:
    """Pictures that no class names; of `validation` and `held-out` only, nothing is learned from them."""
    _check(part)
    if part == "training":
        return []
    found = []
    for source in ("emoji", "clipart", "stamps"):
        groups = sorted((item for item in items() if item.source == source and nameless(item)), key=_hash)
        half = [item for item in groups if (_hash(item)[0] in "01234567") == (part == "validation")]
        found += half[:UNKNOWN]
    return found


@lru_cache(maxsize=1)
def _cut() -> dict[str, tuple[tuple[Item, int], ...]]:
    """Class by class: its groups of sister pictures in the order of their hashes, held-out ones first, then validation."""
    of_class: dict[str, list[Item]] = {name: [] for name in CLASSES}
    for item in items():
        if found := label(item):
            of_class[found].append(item)
    parts: dict[str, list[tuple[Item, int]]] = {part: [] for part in PARTS}
    for number, name in enumerate(CLASSES):
        kept = _capped(sorted(of_class[name], key=lambda item: (_hash(item), item.key)))
        for item, part in zip(kept, _parts([_hash(item) for item in kept]), strict=True):
            parts[part].append((item, number))
    return {part: tuple(found) for part, found in parts.items()}


def _parts(hashes: list[str]) -> list[str]:
    """The part of each picture of a class, its pictures being in the order of their hashes; sisters stay together."""
    count = len(hashes)
    held_out, validation = max(1, round(_TESTED * count)), round(_CHOSEN * count)
    out: list[str] = []
    for place, found in enumerate(hashes):
        if place and found == hashes[place - 1]:
            out.append(out[-1])
        else:
            out.append("held-out" if place < held_out else "validation" if place < held_out + validation else "training")
    return out if "training" in out else ["training" if part == "validation" else part for part in out]


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
    """Equal for sisters: digits, "bw" and what stands in brackets do not count."""
    stem = re.sub(r"\d+|\b(bw|color|colour|black|white)\b", "", re.sub(r"[_\-.]+", " ", item.key.rsplit("/", 1)[-1].lower()))
    key = item.key if item.source == "emoji" else " ".join(stem.split()[:2])
    return hashlib.sha256(f"{item.source}:{key}".encode()).hexdigest()


def _check(part: str) -> None:
    if part not in PARTS:
        raise InputError(f"there is no part {part!r}; use one of {', '.join(PARTS)}")
