"""Where the pictures come from: three pinned packages, each picture with the words that its makers gave it.

- emoji: Noto Color Emoji as npm `emoji-datasource-google` carries it (Apache-2.0), named by `emojibase-data` (MIT);
- clipart: Open Clip Art Library, Debian `openclipart-png` (public domain), named by their files;
- stamps: Tux Paint stamps, Debian `tuxpaint-stamps-default` (GPL-2+, mixed per picture), about half of them photographs,
  named by their captions. They are for training and tests only and shown nowhere.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from viz_core.tasks.fetch import npm_package
from viz_core.tasks.fetch_deb import Debian, debian

EMOJI = ("emoji-datasource-google", "16.0.0", "fb5fd131b362aab7a55542d2a147a79708cce0a8b1c1bbacd470172708b5c438")
EMOJI_NAMES = ("emojibase-data", "17.0.0", "d01d0e2ca4e22cb402679532155342c71e2e871f25c32223c013b8b166ebdf5a")
CLIPART = Debian(
    "openclipart-png", "1:0.18+dfsg-19", "f07f1545a2970c2cf3fa339bc2405da1a95cf2b1827bfa05bf73eb1c20291c02",
    "usr/share/openclipart/png", 130_910_028,
)  # fmt: skip
STAMPS = Debian(
    "tuxpaint-stamps-default", "2022.06.04-1", "6db6c1bfc870a47f1499d6203b083522eacb57c5f9c87d468f2e92eb6d9d5f34",
    "usr/share/tuxpaint/stamps", 160_880_444,
)  # fmt: skip
SOURCES = ("emoji", "clipart", "stamps")


class Item(NamedTuple):
    """One picture. source: of `SOURCES`; key: its place inside the source, the same on every machine; path: its PNG file;
    words: its name in lower-case words; folder: the drawer it lies in ("animals/birds")."""

    source: str
    key: str
    path: Path
    words: tuple[str, ...]
    folder: str


@lru_cache(maxsize=1)
def items() -> tuple[Item, ...]:
    """Every named picture of the three sources, in a fixed order; downloads them on first use."""
    return (*emoji(), *clipart(), *stamps())


def emoji() -> list[Item]:
    """One item an emoji; its variants in other skin tones are left out."""
    folder = npm_package(*EMOJI)
    names = {entry["hexcode"]: entry["label"] for entry in json.loads((npm_package(*EMOJI_NAMES) / "en" / "data.json").read_bytes())}
    found = []
    for entry in json.loads((folder / "emoji.json").read_bytes()):
        code = entry["unified"]
        label = names.get(code) or names.get(code.replace("-FE0F", "")) or entry["name"]
        if entry["has_img_google"]:
            path = folder / "img" / "google" / "64" / entry["image"]
            found.append(Item("emoji", entry["image"], path, words(label), entry["category"].lower()))
    return sorted(found, key=lambda item: item.key)


def clipart() -> list[Item]:
    """File names read "title_artist_01.png": the artist cannot be told apart, so only the first three words count."""
    return [
        Item("clipart", key, path, words(re.sub(r"[_\d]+", " ", path.stem))[:3], str(Path(key).parent))
        for key, path in _pictures(debian(CLIPART))
    ]


def stamps() -> list[Item]:
    """The first sentence of the English caption beside each picture."""
    found = []
    for key, path in _pictures(debian(STAMPS)):
        caption = path.with_suffix(".txt")
        if caption.is_file():
            first = caption.read_text(encoding="utf-8", errors="replace").split("\n", 1)[0]
            found.append(Item("stamps", key, path, words(re.split(r"[.!?(—]", first)[0]), str(Path(key).parent)))
    return found


def _pictures(folder: Path) -> list[tuple[str, Path]]:
    """(key, path) of every PNG file below a folder, sorted."""
    return sorted((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*.png"))


def words(text: str) -> tuple[str, ...]:
    """Words of letters, hyphens inside kept: "A hot-air balloon!" → a, hot-air, balloon."""
    return tuple(re.findall(r"[a-z]+(?:-[a-z]+)*", text.lower()))
