"""One test picture of each class, shipped (`samples.npz`), so that there is something to look at without a download."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viz_core.inputs.picture import Picture
from viz_core.tasks.fashion_mnist.split import CLASSES, Pictures
from viz_core.trace.errors import InputError

CLOTHING = "clothing:"  # before a class's name where a file's path could stand
_FILE = Path(__file__).with_name("samples.npz")
NAMES = tuple(CLOTHING + name for name in CLASSES)


@lru_cache(maxsize=1)
def samples() -> NDArray[np.uint8]:
    """u8[10, 28, 28], in the order of `CLASSES`."""
    with np.load(_FILE, allow_pickle=False) as file:
        return file["pixels"]


def sample(name: str) -> Picture:
    """The picture of that class, its name with or without `clothing:`; InputError for an unknown one."""
    wanted = name.removeprefix(CLOTHING)
    if wanted not in CLASSES:
        raise InputError(f"there is no piece of clothing {wanted[:40]!r}; use one of {', '.join(CLASSES)}, or a file's path")
    return picture(samples()[CLASSES.index(wanted)], wanted)


def picture(grey: NDArray[np.uint8], name: str) -> Picture:
    """u8[H, W] as the tracers take pictures."""
    return Picture(np.repeat(grey[..., None], 3, -1), name, "IDX", (grey.shape[1], grey.shape[0]), "")


def write(pictures: Pictures, path: Path = _FILE) -> None:
    """Writes the first picture of each class (done once, with the held-out pictures)."""
    first = [pictures.labels.tolist().index(label) for label in range(len(CLASSES))]
    np.savez_compressed(path, pixels=pictures.pixels[first])
