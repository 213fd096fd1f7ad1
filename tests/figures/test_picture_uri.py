"""A picture on its way into a page."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from viz_core.figures.picture_uri import LONGEST, MOST, picture_uri
from viz_core.trace.errors import ShapeError


def opened(uri):
    return Image.open(io.BytesIO(base64.b64decode(uri.split(",")[1])))


def test_a_drawing_comes_back_bit_by_bit():
    pixels = np.zeros((20, 30, 3), np.uint8)
    pixels[5:10, 3:8] = (200, 30, 40)
    found = picture_uri(pixels)
    assert found.startswith("data:image/png;base64,")
    np.testing.assert_array_equal(np.asarray(opened(found)), pixels)


def test_the_worst_picture_fits():
    noise = np.random.default_rng(0).integers(0, 256, (900, 1400, 3), np.uint8)
    found = picture_uri(noise)
    assert found.startswith("data:image/jpeg;base64,") and len(found) <= MOST
    assert opened(found).size == (LONGEST, 288)  # 900 · 448 / 1400


def test_grey_pictures_with_and_without_a_channel():
    pixels = np.arange(64, dtype=np.uint8).reshape(8, 8)
    assert picture_uri(pixels) == picture_uri(pixels[..., None])


@pytest.mark.parametrize("wrong", [np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8), np.zeros(5, np.uint8)])
def test_what_is_no_picture_is_refused(wrong):
    with pytest.raises(ShapeError, match="cannot be drawn; give u8"):
        picture_uri(wrong)
