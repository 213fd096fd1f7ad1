"""Pictures from anywhere: the right pixels or one clear sentence, within bounded memory, whatever the file holds."""

from __future__ import annotations

import io
import random
import resource
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from viz_core.inputs import picture
from viz_core.inputs.picture import LONGEST, read, read_file
from viz_core.trace import InputError

MUTATIONS = 3000  # damaged files that are read
RED, GREEN = (200, 30, 40), (20, 160, 60)


def saved(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    data = io.BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()


def halves(width: int = 8, height: int = 4) -> Image.Image:
    """Left half red, right half green."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(GREEN, (width // 2, 0, width, height))
    return image


def refused(data: bytes, name: str = "picture.png") -> str:
    with pytest.raises(InputError) as error:
        read(data, name)
    said = str(error.value)
    assert "\n" not in said and len(said) < 300 and name[:10] in said
    return said


def png_of(width: int, height: int) -> bytes:
    """A PNG whose header states this size and whose data is missing."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x00" * 100)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_every_format_gives_the_same_picture(kind):
    options = {"quality": 100, "subsampling": 0} if kind == "JPEG" else {"lossless": True} if kind == "WEBP" else {}
    found = read(saved(halves(32, 16), kind, **options), f"a.{kind.lower()}")
    assert found.kind.upper() == kind and found.size == (32, 16) and found.pixels.shape == (16, 32, 3) and not found.notes
    assert np.abs(found.pixels[8, 4].astype(int) - RED).max() <= 4 and np.abs(found.pixels[8, 28].astype(int) - GREEN).max() <= 4
    assert not found.pixels.flags.writeable


def test_no_bytes_and_too_many():
    assert "empty" in refused(b"")
    assert "200 MB" in refused(b"\x89PNG" + b"\0" * 200_000_000)


def test_a_large_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "large.png"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InputError, match="200 MB"):
        read_file(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


@pytest.mark.parametrize("size", [(30_000, 30_000), (2**31 - 1, 2**31 - 1), (10_000, 8_000)])
def test_a_header_that_states_too_many_pixels_is_refused_before_decoding(size):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "pixels" in refused(png_of(*size))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kilobytes


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_a_file_that_is_cut_off_is_refused(kind):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8))
    data = saved(noise, kind)
    for share in (0.3, 0.6):
        assert "damaged" in refused(data[: int(len(data) * share)])


def test_one_pixel():
    found = read(saved(Image.new("RGB", (1, 1), RED)))
    assert found.pixels.tolist() == [[list(RED)]]


def test_sixteen_bits_keep_their_scale():
    values = np.array([[0, 32896, 65535]], np.uint16)  # 32896 = 128 · 257
    found = read(saved(Image.fromarray(values)))
    assert found.pixels[0, :, 0].tolist() == [0, 128, 255] and "16 bits" in found.notes[0]


def test_floats_are_shown_from_lowest_to_highest():
    found = read(saved(Image.fromarray(np.array([[-1.0, 0.0, 1.0]], np.float32)), "TIFF"), "a.tif")
    assert found.pixels[0, :, 1].tolist() == [0, 128, 255]


def test_print_colours_are_converted():
    found = read(saved(Image.new("CMYK", (4, 4), (0, 255, 255, 0)), "JPEG", quality=100), "a.jpg")
    assert found.pixels[0, 0, 0] > 200 and found.pixels[0, 0, 1] < 60 and "CMYK" in found.notes[0]


def test_transparent_palette_is_on_white():
    image = Image.new("P", (2, 1))
    image.putpalette([0, 0, 0, *RED, *[0] * (254 * 3)])
    image.putdata([0, 1])
    found = read(saved(image, transparency=0))
    assert found.pixels[0].tolist() == [[255, 255, 255], list(RED)] and "transparent" in found.notes[0]


def test_half_transparent_is_mixed_with_white():
    found = read(saved(Image.new("RGBA", (1, 1), (0, 0, 0, 51))))
    assert found.pixels[0, 0].tolist() == [204, 204, 204]


def test_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90° to the right to be upright
    found = read(saved(halves(), "JPEG", exif=exif, quality=100, subsampling=0), "a.jpg")
    assert found.size == (4, 8) and found.pixels.shape == (8, 4, 3)
    assert np.abs(found.pixels[0, 0].astype(int) - RED).max() <= 6 and np.abs(found.pixels[7, 0].astype(int) - GREEN).max() <= 6
    assert found.notes == ("turned upright as its camera noted",)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "TIFF", "PNG"])
def test_first_of_several_frames(kind):
    frames = [Image.new("RGB", (8, 8), colour) for colour in (RED, GREEN)]
    found = read(saved(frames[0], kind, save_all=True, append_images=frames[1:]), f"a.{kind.lower()}")
    assert np.abs(found.pixels[4, 4].astype(int) - RED).max() <= 8 and "the first" in found.notes[0]


def test_wrong_ending_is_told():
    assert read(saved(halves(), "JPEG"), "photo.png").notes == ("named .png but it is a JPEG picture",)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "SVG"),
        (b"<?xml version='1.0'?><!DOCTYPE svg><svg/>", "SVG"),
        (b"<!DOCTYPE html><html><script>alert(1)</script></html>", "HTML"),
        (b"%PDF-1.7", "PDF"),
        (b"#!/bin/sh\nrm -rf /", "script"),
        (b"\x00\x00\x00\x18ftypheic", "HEIC"),
        (b"just some words", "no picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "no picture"),  # never handed to Ghostscript
    ],
)
def test_what_is_no_picture_is_named(data, what):
    assert what in refused(data)


def test_large_pictures_are_shrunk_while_they_are_read():
    found = read(saved(halves(5000, 2500), "JPEG"), "a.jpg")
    assert max(found.pixels.shape) == LONGEST and found.size == (5000, 2500) and "of its 5000 × 2500" in found.notes[0]
    assert np.abs(found.pixels[500, 100].astype(int) - RED).max() <= 6


def test_the_largest_picture_fits_into_memory():
    data = saved(Image.new("L", (7000, 7000), 90))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert read(data).pixels.shape == (LONGEST, LONGEST, 3)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 600_000


def test_a_path_that_is_none_is_told():
    for path in ("/no/such/file.png", "\0", "a" * 5000, "/"):
        with pytest.raises(InputError):
            read_file(path)


def seeds() -> list[bytes]:
    """Small whole files of every kind."""
    image, exif = halves(24, 16), Image.Exif()
    exif[0x0112] = 3
    grey = Image.fromarray(np.arange(64, dtype=np.uint16).reshape(8, 8))
    return [
        saved(image), saved(image, "JPEG", exif=exif), saved(image, "WEBP"), saved(image, "GIF"), saved(image, "BMP"),
        saved(image, "TIFF"), saved(image, "TIFF", compression="tiff_lzw"), saved(image.convert("P")), saved(image.convert("CMYK"), "JPEG"),
        saved(image.convert("RGBA")), saved(grey), saved(image, "GIF", save_all=True, append_images=[image.rotate(180)]),
    ]  # fmt: skip


def mutated(data: bytes, rng: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        place, how = rng.randrange(len(found)), rng.randrange(5)
        if how == 0:
            found[place] = rng.randrange(256)
        elif how == 1:
            found[place : place + 4] = rng.choice((b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x7f\xff\xff\xff", struct.pack("<I", 30_000)))
        elif how == 2:
            del found[place : place + rng.randrange(1, 40)]
        elif how == 3:
            found[place:place] = found[rng.randrange(len(found)) :][: rng.randrange(1, 60)]
        else:
            found[place] ^= 1 << rng.randrange(8)
        if not found:
            return b"\0"
    return bytes(found)


@pytest.mark.filterwarnings("ignore")  # Pillow tells of damaged metadata
def test_damaged_files_are_read_or_refused():
    rng, kinds = random.Random(7), seeds()
    before, right = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 0
    for i in range(MUTATIONS):
        try:
            found = read(mutated(kinds[i % len(kinds)], rng), "fuzz.png")
        except InputError as error:
            assert "\n" not in str(error) and len(str(error)) < 300
            continue
        right += 1
        assert found.pixels.dtype == np.uint8 and found.pixels.ndim == 3 and max(found.pixels.shape) <= LONGEST
    assert 0.1 * MUTATIONS < right < 0.95 * MUTATIONS, "the mutations should break some files and leave some whole"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 700_000


def test_limits_are_the_stated_ones():
    assert picture.MOST_BYTES == 40_000_000 and picture.MOST_PIXELS == 50_000_000
