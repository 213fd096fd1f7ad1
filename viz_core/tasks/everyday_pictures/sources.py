"""Where the pictures come from: pinned packages, each picture with the words that its makers gave it.

- five drawings of the same emoji, named by `emojibase-data` (MIT): Noto Color Emoji of today ("emoji") and of 2016 ("blobs",
  both Apache-2.0) in npm `emoji-datasource-google`, Twemoji ("twemoji", CC-BY-4.0) in `emoji-datasource-twitter`, Microsoft's
  Fluent Emoji in 3D ("fluent", MIT) in `@lobehub/fluent-emoji-3d`, EmojiOne 2 ("emojione", CC-BY-4.0) in `emojione`;
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
DRAWN = {  # source → package and the folder of its pictures, each called by its code points
    "emoji": (EMOJI, "img/google/64"),
    "blobs": (("emoji-datasource-google", "3.0.0", "3247dd55dee7954d6d1d3d84b05759e49daf71cab5cccb4566940209679af66f"), "img/google/64"),
    "twemoji": (("emoji-datasource-twitter", "16.0.0", "f64a530c63bca463bd8317fdc4615ce63a53a0c65018e4ce2d848aaba7a28877"), "img/twitter/64"),
    "fluent": (("@lobehub/fluent-emoji-3d", "1.1.0", "c1bb7eee7de090205a232518a9ab4adb3df458bfbe8a1f78232991194c8b2e58"), "assets"),
    "emojione": (("emojione", "2.2.7", "5fe002738e6e276f49ac37783799d2feab99a6131fdedccfa56569d745449ae5"), "assets/png_128x128"),
}
CLIPART = Debian(
    "openclipart-png", "1:0.18+dfsg-19", "f07f1545a2970c2cf3fa339bc2405da1a95cf2b1827bfa05bf73eb1c20291c02",
    "usr/share/openclipart/png", 130_910_028,
)  # fmt: skip
STAMPS = Debian(
    "tuxpaint-stamps-default", "2022.06.04-1", "6db6c1bfc870a47f1499d6203b083522eacb57c5f9c87d468f2e92eb6d9d5f34",
    "usr/share/tuxpaint/stamps", 160_880_444,
)  # fmt: skip
SOURCES = (*DRAWN, "clipart", "stamps")


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
    """Every named picture of all sources, in a fixed order; downloads them on first use."""
    return (*(item for source in DRAWN for item in emoji(source)), *clipart(), *stamps())


def emoji(source: str = "emoji") -> list[Item]:
    """One item an emoji of a source in `DRAWN`; its variants in other skin tones are left out."""
    package, folder = DRAWN[source]
    known = _emoji_names()
    pictures = sorted(path for path in (npm_package(*package) / folder).iterdir() if path.suffix in (".png", ".webp"))
    return [Item(source, path.name, path, *known[code_points(path.stem)]) for path in pictures if code_points(path.stem) in known]


def code_points(stem: str) -> str:
    """The Unicode code points of an emoji's file, the same for all makers: the mark for "shown as a picture" does not count."""
    return "-".join(code for code in stem.lower().split("-") if code != "fe0f")


@lru_cache(maxsize=1)
def _emoji_names() -> dict[str, tuple[tuple[str, ...], str]]:
    """Code points → words of its name, category."""
    listed = json.loads((npm_package(*EMOJI_NAMES) / "en" / "data.json").read_bytes())
    labels = {code_points(entry["hexcode"]): entry["label"] for entry in listed}
    entries = json.loads((npm_package(*EMOJI) / "emoji.json").read_bytes())
    codes = [(code_points(entry["unified"]), entry) for entry in entries]
    return {code: (words(labels.get(code, entry["name"])), entry["category"].lower()) for code, entry in codes}


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
