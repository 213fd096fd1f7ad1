"""Small copies of drawings, their own colours and their tints."""

import numpy as np
import pytest
from PIL import Image

from viz_core.tasks.captions import COLOURS, drawings
from viz_core.tasks.everyday_pictures.labels import CLASSES
from viz_core.tasks.everyday_pictures.sources import Item


def names(found: tuple[int, ...]) -> list[str]:
    return [COLOURS[number].en for number in found]


@pytest.fixture
def picture(tmp_path, monkeypatch):
    """Makes a "cat": a block of 300 × 200 in one colour, its right half darker, on a transparent ground."""
    monkeypatch.setenv("VIZ_CORE_CACHE", str(tmp_path / "cache"))

    def made(rgb, opaque=(300, 200)):
        pixels = np.zeros((240, 340, 4), np.uint8)
        pixels[20 : 20 + opaque[1], 20 : 20 + opaque[0]] = (*rgb, 255)
        pixels[20 : 20 + opaque[1], 20 + opaque[0] // 2 : 20 + opaque[0], :3] //= 3
        path = tmp_path / f"{rgb}-{opaque}.png"
        pixels[20, 20:320, 3] = pixels[20:220, 20, 3] = 255  # the box is as large when the block is smaller
        Image.fromarray(pixels).save(path)
        item = Item("emoji", path.name, path, ("cat",), "")
        monkeypatch.setattr(drawings, "known", lambda part: [(item, CLASSES.index("cat"))])
        found = drawings.drawings.__wrapped__("training")  # what is remembered of the real drawings stays
        monkeypatch.setattr(drawings, "drawings", lambda part: found)
        return next(iter(found.values()))[0] if found else None

    remembered = drawings.drawings
    yield lambda *given: monkeypatch.setattr(drawings, "drawings", remembered) or made(*given)


@pytest.mark.parametrize(
    ("rgb", "tints"),
    [
        ((220, 40, 30), ["yellow", "green", "blue", "purple"]), ((240, 150, 40), ["green", "blue", "purple"]),
        ((60, 200, 80), ["red", "yellow", "blue", "purple"]), ((200, 200, 200), ["red", "yellow", "green", "blue", "purple"]),
    ],
)  # fmt: skip
def test_no_tint_is_near_a_drawings_own_colour(picture, rgb, tints):
    assert names(picture(rgb, (290, 190)).colours) == tints


def test_a_small_copy_is_made_once_and_read_again(picture, tmp_path):
    first = picture((200, 200, 200), (280, 180))
    assert max(first.image.size) == drawings.SIDE
    (copy,) = (tmp_path / "cache").rglob("*.png")
    before = copy.stat().st_mtime_ns
    again = picture((200, 200, 200), (280, 180))
    assert copy.stat().st_mtime_ns == before and again.image.tobytes() == first.image.tobytes()


def test_pictures_without_a_cut_out_shape_are_no_drawings(picture):
    assert picture((200, 40, 40), (300, 200)) is None  # fills its box: a photograph with its ground
    assert picture((200, 40, 40), (40, 30)) is None  # nearly nothing of its box


def test_a_tint_is_light_and_dark_of_one_colour(picture):
    drawing = picture((200, 200, 200), (280, 180))
    blue = names(drawing.colours).index("blue")
    tint = drawings._tint(drawing, blue)
    pixels = np.asarray(tint.image)
    light, dark = pixels[60, 40, :3], pixels[60, 140, :3]
    assert light.tolist() == list(COLOURS[blue].rgb)
    assert np.allclose(dark, np.array(COLOURS[blue].rgb) * 0.3, atol=2)
    assert (pixels[..., 3] == np.asarray(drawing.image)[..., 3]).all()
