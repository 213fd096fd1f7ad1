"""`picture_uri`: a picture as text that a browser draws, small enough to travel with a page."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from viz_core.figures import pack
from viz_core.trace.errors import ShapeError

LONGEST = 448  # pixels along the longer side
MOST = 60_000  # characters of the URI
QUALITIES = (90, 80, 70, 55, 40, 25, 10)  # of a JPEG, until one fits


def picture_uri(pixels: ArrayLike) -> str:
    """u8[H, W, C], C 1 or 3, or u8[H, W] as a data URI of at most `MOST` characters: lossless where that fits, else JPEG.

    The longer side has at most `LONGEST` pixels. Raises ShapeError for an array that is no picture.
    """
    array = np.asarray(pixels)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.dtype != np.uint8 or not array.size or array.ndim not in (2, 3) or array.shape[2:] not in ((), (3,)):
        raise ShapeError(f"a picture of shape {array.shape}, {array.dtype} cannot be drawn; give u8[height, width, 3] or u8[height, width]")
    image = Image.fromarray(array)
    image.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    found = _encoded(image, "PNG", optimize=True)
    for quality in QUALITIES:
        if len(found) <= MOST:
            break
        found = _encoded(image, "JPEG", quality=quality, optimize=True)
    return found


def _encoded(image: Image.Image, kind: str, **options: object) -> str:
    data = io.BytesIO()
    image.save(data, kind, **options)  # type: ignore[arg-type]
    return f"data:image/{kind.lower()};base64,{pack.text(np.frombuffer(data.getvalue(), np.uint8))}"
