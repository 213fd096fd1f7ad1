"""A picture cut into patches: how many rows and columns, the pixels that a model reads, and the axis of its positions.

Dosovitskiy et al. 2021, §3.1: x of H × W × C pixels becomes N = HW / P² patches of P² · C numbers, one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from viz_core.inputs.picture import Picture
from viz_core.trace import Axis
from viz_core.trace.errors import InputError

MOST_SIDE = 64  # patches along a side
BLUR = 0.06  # radius of the blur that takes a patch's content away, as a share of the longer side


def grid_for(size: tuple[int, int], longest: int) -> tuple[int, int]:
    """Rows and columns of a grid of square patches with `longest` along the longer side, as close to the picture's shape as can be.

    size: width and height. Raises InputError for a longest side outside 1 … MOST_SIDE.
    """
    if isinstance(longest, bool) or not isinstance(longest, int) or not 1 <= longest <= MOST_SIDE:
        raise InputError(f"the grid has {longest!r} patches along its longer side; give a whole number from 1 to {MOST_SIDE}")
    width, height = size
    scale = longest / max(width, height)
    return max(1, round(height * scale)), max(1, round(width * scale))


def resized(picture: Picture, rows: int, cols: int, patch: int) -> NDArray[np.uint8]:
    """The picture as u8[rows · patch, cols · patch, 3], the whole of it (stretched by less than a patch)."""
    target = (cols * patch, rows * patch)
    if picture.pixels.shape[1::-1] == target:
        return picture.pixels
    image = Image.fromarray(picture.pixels).resize(target, Image.Resampling.BICUBIC, reducing_gap=3.0)
    return np.asarray(image)


def blurred(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same picture with what is in a patch no more to be told: a wide Gaussian blur of u8[H, W, 3]."""
    radius = max(2.0, BLUR * max(pixels.shape[:2]))
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(radius)))


def normalised(pixels: NDArray[np.uint8], mean: Sequence[float], std: Sequence[float]) -> NDArray[np.float32]:
    """(x / 255 − mean) / std per channel, channels first: u8[H, W, C] → f32[C, H, W]."""
    scale = 1 / (255 * np.asarray(std, np.float32))
    shift = np.asarray(mean, np.float32) / np.asarray(std, np.float32)
    return np.ascontiguousarray((pixels.astype(np.float32) * scale - shift).transpose(2, 0, 1))


def unrolled(pixels: NDArray, patch: int) -> NDArray:
    """The sequence of flattened patches, row by row: [H, W, C] → [H/P · W/P, P · P · C]."""
    height, width, channels = pixels.shape
    rows, cols = height // patch, width // patch
    cut = pixels[: rows * patch, : cols * patch].reshape(rows, patch, cols, patch, channels)
    return cut.transpose(0, 2, 1, 3, 4).reshape(rows * cols, patch * patch * channels)


def patch_axis(rows: int, cols: int, size: tuple[int, int], prefix: Sequence[str] = ("CLS",)) -> Axis:
    """One position a token: the prefix (CLS, registers), then the patches row by row, counted from 1.

    size: width and height of the picture on show; `boxes` holds the pixels [left, top, right, bottom] of each patch in it,
    null for the prefix; `special` marks the prefix, which stands for no part of the picture.
    """
    width, height = size
    xs, ys = np.linspace(0, width, cols + 1).round(2).tolist(), np.linspace(0, height, rows + 1).round(2).tolist()
    labels = [f"row {r + 1}, column {c + 1}" for r in range(rows) for c in range(cols)]
    boxes = [[xs[c], ys[r], xs[c + 1], ys[r + 1]] for r in range(rows) for c in range(cols)]
    geometry = {
        "rows": rows, "cols": cols, "prefix": len(prefix), "width": width, "height": height,
        "boxes": [None] * len(prefix) + boxes, "special": [True] * len(prefix) + [False] * len(labels),
    }  # fmt: skip
    return Axis("patch", (*prefix, *labels), geometry)
