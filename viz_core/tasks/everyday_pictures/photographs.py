"""Photographs of whole scenes, to test with: animals where they live, tools on a bench, cups on a table.

From Debian's `gcompris-qt-data` (GPL-3+; the photographs are CC-BY, CC-BY-SA, CC0, public domain or GPL-3+, each listed in the
package's copyright file), named by their files. Nothing is learned or chosen from those that a class names; photographs of
buildings, dams, windmills and solar panels, which no class names, may stand behind training pictures (`grounds`). Shown nowhere.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from viz_core.tasks.everyday_pictures.labels import CLASSES, named
from viz_core.tasks.everyday_pictures.sources import Item
from viz_core.tasks.fetch import cache_directory, once
from viz_core.tasks.fetch_deb import Debian, debian
from viz_core.tasks.qt_resources import files

GCOMPRIS = Debian(
    "gcompris-qt-data", "3.1-2", "e9cf06ab2105529068df73085784e835d2ff03f870d2a8091f09125d40abac9f",
    "usr/share/gcompris-qt/rcc", 44_196_292,
)  # fmt: skip
SOURCE = "gcompris"
_TESTED = ("erase/resource/", "explore_world_animals/resource/animals/", "explore_farm_animals/resource/animals/",
           "categorization/resource/images/fishes/", "categorization/resource/images/tools/", "categorization/resource/images/others/")  # fmt: skip
_GROUNDS = ("categorization/resource/images/renewable/", "explore_monuments/resource/")
_OTHERWISE = {"dragon", "flying_fox"}  # a monitor lizard and a bat
_LONGEST = 768  # pixels that are kept of a ground


@lru_cache(maxsize=1)
def photographs() -> tuple[tuple[Item, int], ...]:
    """Every photograph whose file names one class, with the number of that class; downloads them on first use."""
    return tuple((item, CLASSES.index(found)) for item in _items(_TESTED) if (found := _class(item)))


@lru_cache(maxsize=2)
def grounds(learned: bool) -> tuple[Path, ...]:
    """Photographs of buildings and landscapes that may stand behind something: three in four are learned from, the others not."""
    every = [(item.path, int(hashlib.sha256(item.key.encode()).hexdigest()[:8], 16) % 4 > 0) for item in _items(_GROUNDS)]
    return tuple(path for path, mine in every if mine == learned)


def ground(side: int, rng: np.random.Generator, learned: bool = True) -> NDArray[np.uint8]:
    """A square part of one of `grounds`, a third of its shorter side or more, sometimes mirrored: u8[side, side, 3]."""
    every = grounds(learned)
    image = _ground(every[rng.integers(len(every))])
    size = int(min(image.size) * rng.uniform(1 / 3, 1))
    left, top = (int(rng.integers(0, length - size + 1)) for length in image.size)
    part = image.resize((side, side), Image.Resampling.BICUBIC, (left, top, left + size, top + size))
    return np.asarray(part.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if rng.random() < 0.5 else part)


@lru_cache(maxsize=128)
def _ground(path: Path) -> Image.Image:
    """A photograph of at most `_LONGEST` pixels a side."""
    with Image.open(path) as file:
        image = file.convert("RGB")
    image.thumbnail((_LONGEST, _LONGEST), Image.Resampling.LANCZOS)
    return image


def _class(item: Item) -> str | None:
    """The one class that a file's name says; one thing and several of it are the same class."""
    singular = tuple(word if named((word,)) else word.removesuffix("s") for word in item.words)
    found = named(singular)
    return found.pop() if len(found) == 1 and item.path.stem not in _OTHERWISE else None


def _items(folders: tuple[str, ...]) -> list[Item]:
    """What lies in some folders of the package, in the order of the keys."""
    root = _unpacked()
    paths = sorted((path.relative_to(root).as_posix(), path) for path in root.rglob("*.webp"))
    return [Item(SOURCE, key, path, _words(path.stem), str(Path(key).parent)) for key, path in paths if key.startswith(folders)]


def _words(stem: str) -> tuple[str, ...]:
    """ "screwDriver3" → screw, driver."""
    return tuple(re.findall(r"[a-z]+", re.sub(r"([A-Z])", r" \1", stem).lower()))


def _unpacked() -> Path:
    """The folder in the cache with the photographs of the package's collections, by activity."""

    def unpack(scratch: Path) -> Path:
        collections = debian(GCOMPRIS)
        for activity in sorted({folder.split("/")[0] for folder in (*_TESTED, *_GROUNDS)}):
            for place, content in files(collections / f"{activity}.rcc"):
                key = place.partition("/activities/")[2]
                if key.startswith((*_TESTED, *_GROUNDS)):
                    (scratch / "photographs" / key).parent.mkdir(parents=True, exist_ok=True)
                    (scratch / "photographs" / key).write_bytes(content)
        return scratch / "photographs"

    return once(cache_directory() / f"gcompris-photographs-{GCOMPRIS.sha256[:12]}", unpack)
