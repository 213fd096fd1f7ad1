"""What a frozen vision model makes of the everyday pictures, computed once and kept in the cache folder.

A feature is the last [CLS] state and the mean of the patch states, one after the other (as for the linear evaluation of
Oquab et al. 2024, §7.1), f32[2 · width].
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from tqdm import tqdm

from viz_core.inputs.picture_grid import normalised
from viz_core.models.vision import VisionEncoder
from viz_core.models.vision_head import pooled
from viz_core.tasks import everyday_pictures
from viz_core.tasks.everyday_pictures.render import plain, varied
from viz_core.tasks.everyday_pictures.sources import SOURCES
from viz_core.tasks.fetch import cache_directory

GRID = 16  # patches a side at which pictures are looked at
VARIED = (8, 11)  # patches a side of the two varied looks at every training picture
VERSION = 2  # of everything that decides the features; another one is computed anew
SEED = 20261121
Look = Callable[[Path, int], NDArray[np.uint8]]  # a picture's file and a side in pixels → u8[side, side, 3]
_BATCH = 16


class Features(NamedTuple):
    """values: f32[N, 2 · width]; labels: int64[N], number of the class, −1 for pictures that no class names; sources:
    int64[N], place in `sources.SOURCES`."""

    values: NDArray[np.float32]
    labels: NDArray[np.int64]
    sources: NDArray[np.int64]


def features(model: VisionEncoder, part: str) -> Features:
    """Features of a part of the everyday pictures, those without a class behind the others; training pictures three times."""
    path = cache_directory() / f"everyday-{model.identity.name}-{model.identity.sha256[:12]}-{part}-{VERSION}.safetensors"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".part")
        save_file(_computed(model, part)._asdict(), temporary)
        temporary.replace(path)
    return Features(**load_file(path))


def _computed(model: VisionEncoder, part: str) -> Features:
    names = SOURCES
    known = [(item, label) for item, label in everyday_pictures.known(part)]
    pairs = known + [(item, -1) for item in everyday_pictures.unknown(part)]
    looks: list[tuple[int, Look]] = [(GRID, plain), *((grid, _seeded) for grid in VARIED if part == "training")]
    values = [_seen(model, [item.path for item, _ in pairs], grid, look) for grid, look in looks]
    labels = np.array([label for _, label in pairs] * len(looks), np.int64)
    sources = np.array([names.index(item.source) for item, _ in pairs] * len(looks), np.int64)
    return Features(np.concatenate(values), labels, sources)


def _seeded(path: Path, side: int) -> NDArray[np.uint8]:
    """A varied look that depends on the picture and the side alone."""
    return varied(path, side, np.random.default_rng([SEED, side, zlib.crc32(path.read_bytes())]))


@torch.inference_mode()
def _seen(model: VisionEncoder, paths: Sequence, grid: int, look: Look) -> NDArray[np.float32]:
    """One look at every picture, f32[N, 2 · width]; mixed precision, which moves a feature by about 1e-2 of its length."""
    backbone, found = model.backbone, []
    for part in tqdm(list(_batches(paths)), desc=f"{grid} × {grid} patches", mininterval=10):
        pixels = [normalised(look(path, grid * backbone.patch), backbone.mean, backbone.std) for path in part]
        with torch.autocast(model.device.type, torch.bfloat16):
            found.append(pooled(backbone, torch.from_numpy(np.stack(pixels)).to(model.device)).float().cpu())
    return torch.cat(found).numpy()


def _batches(paths: Sequence) -> Iterator[Sequence]:
    yield from (paths[start : start + _BATCH] for start in range(0, len(paths), _BATCH))
