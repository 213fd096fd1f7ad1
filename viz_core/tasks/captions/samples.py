"""A few composed scenes that are shipped (`samples.npz`), so that there is something to caption without a download, and any
other held-out scene by its number. All are combinations that no captioning model saw in training.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viz_core.inputs.picture import Picture
from viz_core.trace.errors import InputError

SCENE = "scene:"  # before a sample's name or a scene's number where a file's path could stand
MOST = 1_000_000  # scenes that can be asked for
_FOLDER = Path(__file__).parent
SHIPPED = {"apples": 55, "owls": 33, "pineapple": 25, "castle": 37}  # name → number of the held-out scene


class CaptionSample(NamedTuple):
    """picture: to be captioned; captions: the right one in each language."""

    picture: Picture
    captions: dict[str, str]


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """Names of the shipped scenes, with `scene:` in front."""
    return tuple(SCENE + name for name in _captions())


@lru_cache(maxsize=32)
def sample(name: str) -> CaptionSample:
    """A shipped scene by name, or held-out scene 0, 1, 2, … by number, with or without `scene:`.

    A number needs the drawings (a large download at first use). Raises InputError for an unknown name or number.
    """
    wanted = name.removeprefix(SCENE)
    if wanted in _captions():
        return CaptionSample(_picture(_pixels()[wanted], wanted), _captions()[wanted])
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 10 and int(wanted) < MOST):
        raise InputError(f"there is no scene {wanted[:40]!r}; use one of {', '.join(_captions())}, or a number below {MOST:,}")
    from viz_core.tasks.captions import LANGUAGES, caption, scene, text

    made = scene("held-out", int(wanted))
    return CaptionSample(_picture(made.pixels, f"scene {wanted}"), {language: text(caption(made.description, language), language) for language in LANGUAGES})


def write(folder: Path = _FOLDER) -> None:
    """Makes the shipped scenes (done once). Their drawings are Noto Color Emoji and Fluent Emoji, see NOTICE."""
    from viz_core.tasks.captions import LANGUAGES, caption, scene, text

    made = {name: scene("held-out", number) for name, number in SHIPPED.items()}
    np.savez_compressed(folder / "samples.npz", **{name: each.pixels for name, each in made.items()})
    with (folder / "samples.tsv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter="\t", lineterminator="\n")
        table.writerow(("name", *LANGUAGES))
        table.writerows((name, *(text(caption(each.description, language), language) for language in LANGUAGES)) for name, each in made.items())


@lru_cache(maxsize=1)
def _captions() -> dict[str, dict[str, str]]:
    with (_FOLDER / "samples.tsv").open(encoding="utf-8", newline="") as file:
        return {line.pop("name"): line for line in csv.DictReader(file, delimiter="\t")}


@lru_cache(maxsize=1)
def _pixels() -> dict[str, NDArray[np.uint8]]:
    with np.load(_FOLDER / "samples.npz", allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def _picture(pixels: NDArray[np.uint8], name: str) -> Picture:
    return Picture(pixels, name, "PNG", (pixels.shape[1], pixels.shape[0]), "")
