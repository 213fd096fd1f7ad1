"""What a frozen vision model makes of many square pictures, computed once and kept in the cache folder.

Captioning models read these: the last [CLS] state and the last state of every patch, as float16.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from filelock import FileLock
from numpy.typing import NDArray
from tqdm import tqdm

from viz_core.inputs.picture_grid import normalised
from viz_core.models.frozen_features import shapes_and_colours
from viz_core.models.vision import VisionEncoder
from viz_core.tasks.fetch import cache_directory
from viz_core.trace.errors import ShapeError

VERSION = 3  # of how features are made from pixels; another one is computed anew
BATCH = 16
_PROBED = 8  # pictures whose pixels are part of the file's name, so that another generator never meets old features
Pictures = Callable[[int], NDArray[np.uint8]]  # number, counted from 0 → u8[S, S, 3], S a multiple of the model's patch


def features(model: VisionEncoder, name: str, picture: Pictures, count: int) -> NDArray[np.float16]:
    """Features of pictures 0 … count − 1, float16[count, 1 + patches, width], memory-mapped and read-only.

    name: what the pictures are, part of the file's name (letters, digits, hyphens). The file grows by whole pictures, so an
    interrupted run goes on where it stopped, and a larger count continues a smaller one. Mixed precision (bfloat16) moves a
    feature of a vision transformer by about 1e-2 of its length; a CNN's are exact
    (`CnnBackbone`). Raises ShapeError for pictures of another size than the first.
    """
    first = [picture(number) for number in range(min(_PROBED, count))]
    shape = seen(model, first[:1]).shape[1:]
    row = 2 * shape[0] * shape[1]  # bytes of one picture
    path = _place(model, name, first)
    if _rows(path, row) < count:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock"):  # two processes that want the same pictures: the second one waits, then has them
            _grow(model, path, picture, count, row)
    return np.memmap(path, np.float16, "r", shape=(count, *shape))


def _place(model: VisionEncoder, name: str, first: Sequence[NDArray[np.uint8]]) -> Path:
    """The file of these pictures, named after model, pictures and version."""
    seen = hashlib.sha256(b"".join(pixels.tobytes() for pixels in first)).hexdigest()[:12]
    return cache_directory() / f"captions-{model.identity.name}-{model.identity.sha256[:12]}-{name}-{seen}-{VERSION}.f16"


def _rows(path: Path, row: int) -> int:
    """Whole pictures that a file holds."""
    return path.stat().st_size // row if path.exists() else 0


def _grow(model: VisionEncoder, path: Path, picture: Pictures, count: int, row: int) -> None:
    """Append what is missing up to `count` pictures, a batch at a time."""
    done = _rows(path, row)
    with path.open("ab") as file, tqdm(total=count, initial=done, desc=path.stem, unit="picture", mininterval=5) as bar:
        file.truncate(done * row)  # what an interruption left of a picture
        for numbers in _batches(range(done, count)):
            found = seen(model, [picture(number) for number in numbers])
            if found[0].nbytes != row:
                raise ShapeError(f"pictures {numbers[0]} … {numbers[-1]} give {found.shape[1]} tokens, picture 0 gives others; give pictures of one size")
            file.write(found.tobytes())
            file.flush()
            bar.update(len(numbers))


def _batches(numbers: range) -> Iterator[range]:
    yield from (numbers[start : start + BATCH] for start in range(0, len(numbers), BATCH))


@torch.inference_mode()
def seen(model: VisionEncoder, pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.float16]:
    """`shapes_and_colours` of a batch of pictures of one size, float16[N, 1 + patches, width]."""
    backbone = model.backbone
    pixels = torch.from_numpy(np.stack([normalised(each, backbone.mean, backbone.std) for each in pictures])).to(model.device)
    with torch.autocast(model.device.type, torch.bfloat16):
        return shapes_and_colours(backbone, pixels).to(torch.float16).cpu().numpy()
