"""What a frozen vision model makes of the everyday pictures, computed once and kept in the cache folder.

A feature is what `models.vision_head.pooled` gives, f32[5 · width]. Of the training part every picture is looked at several
times: plain, and varied at several sizes. Pictures of nothing in particular join those that no class names.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from tqdm import tqdm

from viz_core.evaluation.pictures import NOTHING
from viz_core.inputs.picture_grid import normalised
from viz_core.models.vision import VisionEncoder
from viz_core.models.vision_head import pooled
from viz_core.tasks import everyday_pictures
from viz_core.tasks.everyday_pictures.nothing import nothing
from viz_core.tasks.everyday_pictures.render import plain, varied
from viz_core.tasks.everyday_pictures.sources import SOURCES, Item
from viz_core.tasks.everyday_pictures.split import PARTS
from viz_core.tasks.fetch import cache_directory

GRID = 16  # patches a side at which pictures are looked at
VARIED = (8, 11)  # patches a side of the varied looks at every training picture
VERSION = 3  # of everything that decides the features; another one is computed anew
SEED = 20261121
Look = Callable[[int, int], NDArray[np.uint8]]  # a picture's number and the pixels a side of a patch → u8[side, side, 3]
_BATCH = 16


class Features(NamedTuple):
    """values: f32[N, 5 · width]; labels: int64[N], number of the class, −1 for pictures that no class names; sources:
    int64[N], place in `sources.SOURCES`, −1 for pictures of nothing."""

    values: NDArray[np.float32]
    labels: NDArray[np.int64]
    sources: NDArray[np.int64]


def features(model: VisionEncoder, part: str) -> Features:
    """Features of a part of the everyday pictures: of each look those with a class, then those without one."""
    path = cache_directory() / f"everyday-{model.identity.name}-{model.identity.sha256[:12]}-{part}-{VERSION}.safetensors"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".part")
        save_file(_computed(model, part)._asdict(), temporary)
        temporary.replace(path)
    return Features(**load_file(path))


def _computed(model: VisionEncoder, part: str) -> Features:
    known = everyday_pictures.known(part)
    items = [item for item, _ in known] + everyday_pictures.unknown(part)
    labels = [label for _, label in known] + [-1] * (len(items) - len(known))
    sources = [SOURCES.index(item.source) for item in items]
    looks: list[Look] = [partial(_plain, items, GRID)]
    if part == "training":
        looks += [partial(_varied, items, grid, number) for number, grid in enumerate(VARIED)]
    values = [seen(model, look, len(items)) for look in looks]
    labels, sources = labels * len(looks), sources * len(looks)
    if part != "training":
        values.append(seen(model, partial(_nothing, part), NOTHING))
        labels, sources = labels + [-1] * NOTHING, sources + [-1] * NOTHING
    return Features(np.concatenate(values), np.array(labels, np.int64), np.array(sources, np.int64))


def _plain(items: Sequence[Item], grid: int, place: int, patch: int) -> NDArray[np.uint8]:
    return plain(items[place].path, grid * patch)


def _varied(items: Sequence[Item], grid: int, number: int, place: int, patch: int) -> NDArray[np.uint8]:
    """A varied look that depends on the picture and the look's number alone."""
    path = items[place].path
    return varied(path, grid * patch, np.random.default_rng([SEED, number, zlib.crc32(path.read_bytes())]))


def _nothing(part: str, place: int, patch: int) -> NDArray[np.uint8]:
    return nothing(place + NOTHING * PARTS.index(part), GRID * patch)


@torch.inference_mode()
def seen(model: VisionEncoder, look: Look, count: int) -> NDArray[np.float32]:
    """Features of one look at pictures 0 … count − 1; mixed precision, which moves a feature by about 1e-2 of its length."""
    backbone, found = model.backbone, []
    for start in tqdm(range(0, count, _BATCH), desc="pictures", mininterval=10):
        places = range(start, min(start + _BATCH, count))
        pixels = [normalised(look(place, backbone.patch), backbone.mean, backbone.std) for place in places]
        with torch.autocast(model.device.type, torch.bfloat16):
            states = backbone.states(torch.from_numpy(np.stack(pixels)).to(model.device))
            found.append(pooled(backbone, states).float().cpu())
    return torch.cat(found).numpy()
