"""A picture file → RGB pixels and what a person should know about it. Nothing in a file is ever run.

Pictures come from anywhere, so every limit is checked before a pixel is decoded: bytes first, then the size that the
header states. Large pictures are shrunk while they are read (`LONGEST`), so that memory stays bounded.
"""

from __future__ import annotations

import hashlib
import io
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from viz_core.trace.errors import InputError

MOST_BYTES = 40_000_000
MOST_PIXELS = 50_000_000
LONGEST = 2048  # pixels of the longer side that are kept: more than any grid of 64 patches shows
FORMATS = {"PNG": "PNG", "JPEG": "JPEG", "MPO": "JPEG", "WEBP": "WebP", "GIF": "GIF", "BMP": "BMP", "TIFF": "TIFF"}
ENDINGS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "webp": "WebP", "gif": "GIF", "bmp": "BMP", "tif": "TIFF", "tiff": "TIFF"}
KNOWN = "PNG, JPEG, WebP, GIF, BMP or TIFF"
PAPER = (255, 255, 255)  # what shows through transparent pixels
_OTHERS = {
    b"<svg": "an SVG drawing", b"<!doctype html": "a web page (HTML)", b"<html": "a web page (HTML)", b"<?xml": "XML text (an SVG drawing, perhaps)",
    b"%pdf": "a PDF document", b"pk\x03\x04": "a ZIP archive", b"#!": "a script", b"mz": "a program", b"\x7felf": "a program",
}  # fmt: skip
# What Pillow and its decoders raise for files that are damaged or made to harm.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, IndexError, KeyError, TypeError, OverflowError, AttributeError,
           ZeroDivisionError, RuntimeError, MemoryError)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Picture:
    """An upright RGB picture.

    pixels: u8[H, W, 3], read-only, at most `LONGEST` on the longer side; name: of the file; kind: PNG, JPEG, …; size: width
    and height of the file's picture, upright; sha256: of the file; notes: sentences on what was done to show it.
    """

    pixels: NDArray[np.uint8]
    name: str
    kind: str
    size: tuple[int, int]
    sha256: str
    notes: tuple[str, ...] = ()


def read_file(path: str | Path) -> Picture:
    """The picture in a file; InputError when there is none, or `read` refuses it."""
    path = Path(path).expanduser()
    try:
        if not path.is_file():
            raise InputError(f"there is no picture file {str(path)[:120]!r}; give the path of a {KNOWN} file")
        size = path.stat().st_size
        _check_bytes(size, path.name)
        return read(path.read_bytes(), path.name)
    except OSError as error:
        raise InputError(f"the picture file {str(path)[:120]!r} cannot be read ({error.strerror}); check its path and permissions") from error


def read(data: bytes, name: str = "picture") -> Picture:
    """The picture in a file's bytes: the first frame, upright, on white, in RGB.

    name: as the person knows it. Raises InputError, one sentence, for a file that is empty, too large, of another kind, cut
    off or damaged, and for a header that states more than `MOST_PIXELS`.
    """
    name = name[:80] or "picture"
    _check_bytes(len(data), name)
    image = _opened(data, name)
    kind = FORMATS[image.format or ""]
    width, height = image.size
    _check_pixels(width, height, name)
    notes = _renamed(name, kind)
    try:
        if getattr(image, "is_animated", False):
            notes.append("animated or of several pages: this is the first")
        image.draft("RGB", _inside(width, height))  # JPEG: decoded at 1/2, 1/4 or 1/8 where that is enough
        image.load()
        upright = _upright(image)
        turned = upright is not image
        pixels = _rgb(_shrunk(upright), notes)
    except _BROKEN as error:
        raise InputError(f"the picture {name!r} is cut off or damaged ({_reason(error)}); save it again as PNG or JPEG") from error
    if turned:
        notes.append("turned upright as its camera noted")
        if upright.width * height != upright.height * width and (upright.width > upright.height) != (width > height):
            width, height = height, width
    if max(pixels.shape[:2]) < max(width, height):
        notes.append(f"shown at {pixels.shape[1]} × {pixels.shape[0]} of its {width} × {height} pixels")
    pixels.flags.writeable = False
    return Picture(pixels, name, kind, (width, height), hashlib.sha256(data).hexdigest(), tuple(notes))


def _check_bytes(size: int, name: str) -> None:
    if size == 0:
        raise InputError(f"the picture {name!r} is empty (0 bytes); choose another file")
    if size > MOST_BYTES:
        raise InputError(f"the picture {name!r} has {size / 1e6:.0f} MB; give a file of at most {MOST_BYTES / 1e6:.0f} MB, saved smaller or as JPEG")


def _check_pixels(width: int, height: int, name: str) -> None:
    if width < 1 or height < 1 or width * height > MOST_PIXELS:
        raise InputError(
            f"the picture {name!r} says that it has {width} × {height} pixels; give one of 1 to {MOST_PIXELS // 1_000_000} million pixels"
        )


def _opened(data: bytes, name: str) -> Image.Image:
    """The file with only its header read."""
    try:
        return Image.open(io.BytesIO(data), formats=[kind for kind in FORMATS if kind != "MPO"])  # MPO is found by JPEG's opener
    except Image.DecompressionBombError as error:
        raise InputError(f"the picture {name!r} says that it has more pixels than fit; give one of at most {MOST_PIXELS // 1_000_000} million pixels") from error
    except UnidentifiedImageError as error:
        raise InputError(f"the file {name!r} is {_other(data)}; give a picture as {KNOWN}") from error
    except _BROKEN as error:
        raise InputError(f"the picture {name!r} is cut off or damaged ({_reason(error)}); save it again as PNG or JPEG") from error


def _other(data: bytes) -> str:
    """What a file is that is no picture."""
    head = data[:400].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in data[:4000].lower():
        return "an SVG drawing"
    if head[4:8] == b"ftyp":
        return "a HEIC, AVIF or video file"
    return next((what for start, what in _OTHERS.items() if head.startswith(start)), "no picture that can be read, or damaged at its start")


def _renamed(name: str, kind: str) -> list[str]:
    """A note where the name's ending says another kind than the content."""
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    meant = ENDINGS.get(ending)
    return [f"named .{ending} but it is a {kind} picture"] if ending and ending.isalnum() and len(ending) < 8 and meant != kind else []


def _inside(width: int, height: int) -> tuple[int, int]:
    """The size with the longer side at most `LONGEST`."""
    scale = min(1.0, LONGEST / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _upright(image: Image.Image) -> Image.Image:
    """Turned as the camera's orientation says; the very image when it says nothing that can be read."""
    try:
        if image.getexif().get(0x0112, 1) in (None, 0, 1):
            return image
        return ImageOps.exif_transpose(image)
    except _BROKEN:
        return image


def _shrunk(image: Image.Image) -> Image.Image:
    """At most `LONGEST`; averaged over whole blocks, so that modes without interpolation shrink too."""
    size = _inside(*image.size)
    if size == image.size or image.mode in ("P", "PA", "1") or image.mode.startswith("I;"):
        return image
    return image.resize(size, Image.Resampling.BOX, reducing_gap=2.0)


def _rgb(image: Image.Image, notes: list[str]) -> NDArray[np.uint8]:
    """u8[H, W, 3]; what had to be decided goes into the notes."""
    if image.mode in ("I", "F") or image.mode.startswith("I;"):
        image = _from_deep(image, notes)
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        if image.getextrema()[3][0] < 255:
            notes.append("transparent parts are shown on white")
        image = Image.alpha_composite(Image.new("RGBA", image.size, (*PAPER, 255)), image)
    elif image.mode == "CMYK":
        notes.append("colours converted from CMYK (print) to RGB without a colour profile")
    image = _shrunk(image.convert("RGB"))
    return np.array(image, np.uint8)


def _from_deep(image: Image.Image, notes: list[str]) -> Image.Image:
    """A grey picture of more than 8 bits as 8: 16 bits by their full range, anything else from its lowest to its highest value."""
    values = np.asarray(image, np.float32)
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if image.mode != "F" and low >= 0 and high <= 65535:
        low, high = 0.0, 65535.0
        notes.append("16 bits a pixel, shown with 8")
    else:
        notes.append(f"values from {low:.4g} to {high:.4g}, shown from black to white")
    shown = (np.nan_to_num(values, nan=low, posinf=high, neginf=low) - low) * (255 / ((high - low) or 1.0))
    return Image.fromarray(np.rint(shown).astype(np.uint8))


def _reason(error: BaseException) -> str:
    """The library's reason, one short line."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:100]
