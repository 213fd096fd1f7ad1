"""What a frozen vision model makes of the everyday pictures, computed once and kept in the cache folder.

A feature is what `models.vision_head.pooled` gives, f32[5 · width]. Every picture of the training part is looked at three
times: plain, varied and smaller, and varied in front of a photograph; those that validate plain and in front of another
photograph, and larger, so that what is learned holds for several sizes. Three kinds of pictures have no class: what is clearly
no everyday thing (`unknown`), things with other names (`others`), and pictures of nothing in particular.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
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
from viz_core.tasks.everyday_pictures import photographs
from viz_core.tasks.everyday_pictures.nothing import nothing
from viz_core.tasks.everyday_pictures.render import Ground, ground, plain, varied
from viz_core.tasks.everyday_pictures.split import PARTS
from viz_core.tasks.fetch import cache_directory

GRID = 16  # patches a side at which pictures of the other parts are looked at
LEARNED, SMALL = 12, 8  # patches a side of the looks at every training picture, and of the varied one
NONE, OTHER, EMPTY = -1, -2, -3  # in the place of a class: clearly no everyday thing, a thing of another name, nothing
VERSION = 5  # of everything that decides the features; another one is computed anew
SEED = 20261121
Picture = Path | int  # its file, or the number of a picture of nothing
Look = Callable[[Picture], NDArray[np.uint8]]  # → u8[side, side, 3]
_BATCH = 16


class Features(NamedTuple):
    """values: f32[N, 5 · width]; labels: int64[N], number of the class, or `NONE`, `OTHER` or `EMPTY`."""

    values: NDArray[np.float32]
    labels: NDArray[np.int64]


def features(model: VisionEncoder, part: str) -> Features:
    """Features of a part of the everyday pictures, look by look."""
    path = cache_directory() / f"everyday-{model.identity.name}-{model.identity.sha256[:12]}-{part}-{VERSION}.safetensors"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".part")
        save_file(_computed(model, part)._asdict(), temporary)
        temporary.replace(path)
    return Features(**load_file(path))


def _computed(model: VisionEncoder, part: str) -> Features:
    pictures, labels = _listed(part)
    patch, learned = model.backbone.patch, part == "training"
    side = (LEARNED if learned else GRID) * patch
    behind = partial(photographs.ground, learned=learned)
    looks: list[Look] = [lambda picture: _plain(picture, side), lambda picture: _varied(picture, side, behind, 1)]
    if learned:
        looks.append(lambda picture: _varied(picture, SMALL * patch))
    return Features(np.concatenate([seen(model, look, pictures) for look in looks]), np.tile(labels, len(looks)))


def _listed(part: str) -> tuple[list[Picture], NDArray[np.int64]]:
    """Pictures of a part, those with a class first, and their labels."""
    known, unknown, others = everyday_pictures.known(part), everyday_pictures.unknown(part), everyday_pictures.others(part)
    first = NOTHING * PARTS.index(part)
    pictures: list[Picture] = [item.path for item in [*(item for item, _ in known), *unknown, *others]]
    labels = [label for _, label in known] + [NONE] * len(unknown) + [OTHER] * len(others) + [EMPTY] * NOTHING
    return pictures + list(range(first, first + NOTHING)), np.array(labels, np.int64)


def _plain(picture: Picture, side: int) -> NDArray[np.uint8]:
    return nothing(picture, side) if isinstance(picture, int) else plain(picture, side)


def _varied(picture: Picture, side: int, behind: Ground = ground, number: int = 0) -> NDArray[np.uint8]:
    """A varied look that depends on the picture and the look's number alone."""
    if isinstance(picture, int):
        return nothing(picture, side)
    return varied(picture, side, np.random.default_rng([SEED, number, zlib.crc32(picture.read_bytes())]), behind)


@torch.inference_mode()
def seen(model: VisionEncoder, look: Look, pictures: list[Picture]) -> NDArray[np.float32]:
    """Features of one look at pictures; mixed precision, which moves a feature by about 1e-2 of its length."""
    backbone, found = model.backbone, []
    for start in tqdm(range(0, len(pictures), _BATCH), desc="pictures", mininterval=10):
        pixels = [normalised(look(picture), backbone.mean, backbone.std) for picture in pictures[start : start + _BATCH]]
        with torch.autocast(model.device.type, torch.bfloat16):
            states = backbone.states(torch.from_numpy(np.stack(pixels)).to(model.device))
            found.append(pooled(backbone, states).float().cpu())
    return torch.cat(found).numpy()
