"""Which pictures a model may learn from, which choose it, and which it is tested on.

The test set is the one of Xiao et al. 2017 ("Fashion-MNIST: a novel image dataset for benchmarking machine learning
algorithms"), 10,000 pictures that nothing but `evaluation` reads. Of the 60,000 others 5,000, drawn once with `SEED`,
are for choosing; training has the rest.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viz_core.tasks.fashion_mnist import idx
from viz_core.tasks.fetch_deb import Debian, debian

PACKAGE = Debian(
    "dataset-fashion-mnist", "0.0~git20200523.55506a9-1", "39e172fe32dd318ebb3e512220c3beea2fa47d7e20bab348fb4e0922d6beefc0",
    "usr/share/datasets/fashion-mnist", 30_900_652,
)  # fmt: skip
CLASSES = ("T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")
SIDE = 28
SEED = 20261121
VALIDATION = 5_000


class Pictures(NamedTuple):
    """pixels: u8[N, 28, 28], 0 black (the background) … 255; labels: int64[N], places in `CLASSES`."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]


@lru_cache(maxsize=2)
def _read(part: str) -> Pictures:
    folder = debian(PACKAGE)
    pixels = idx.read(folder / f"{part}-images-idx3-ubyte.gz")
    return Pictures(pixels, idx.read(folder / f"{part}-labels-idx1-ubyte.gz").astype(np.int64))


def held_out() -> Pictures:
    """The 10,000 test pictures, for reported numbers only."""
    return _read("t10k")


def validation() -> Pictures:
    """The 5,000 pictures for choosing a model."""
    return _part(_drawn()[:VALIDATION])


def training() -> Pictures:
    """The other 55,000."""
    return _part(_drawn()[VALIDATION:])


def _drawn() -> NDArray[np.int64]:
    """The numbers of the 60,000 pictures in the fixed order that cuts them."""
    return np.random.default_rng(SEED).permutation(60_000)


def _part(numbers: NDArray[np.int64]) -> Pictures:
    whole = _read("train")
    numbers = np.sort(numbers)
    return Pictures(whole.pixels[numbers], whole.labels[numbers])
