"""A convolutional network as captioning models read pictures: a state for every cell of its map, as of a vision transformer's patch.

The soft attention of Xu et al. 2015 (§3.1.1) looks at such a map, there of VGG's last convolutions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from viz_core.models.efficientnet_lite import CHANNELS, EfficientNetLite
from viz_core.models.vision_backbone import IMAGENET

CELL = 16  # pixels a side that the network makes a cell of
WIDTH = sum(CHANNELS)  # numbers that describe a cell
SIZES = 4.0, 2.0  # about what a number of the fine and of the coarse map is; both are divided by it
LEAST = 0.01  # probability of a noun's classes that is no evidence
SHADES = 5  # numbers that say how even the colour of a patch is
_DARK = 0.1  # light under which a share of it says little, of 3 for white


@dataclass(eq=False)
class CnnBackbone:
    """EfficientNet-Lite as far as `caption_reader` asks a vision model: `features`, and how a picture is cut.

    A patch of 14 × 14 pixels is enlarged to one cell, so that pictures are cut as for a vision transformer of that patch.
    nouns: bool (K, classes), which of its classes each noun names: then what they say, and the `shades`, stand behind its states.
    """

    module: EfficientNetLite | Any
    nouns: Tensor | None = None
    patch = 14
    prefix = ("mean",)
    longest = 16
    mean, std = IMAGENET
    fixed = None
    class_names = ()
    stem = ()
    sight = 14

    def features(self, pixels: Tensor) -> Tensor:
        """f32[N, 3, rows · 14, cols · 14], normalised → f32[N, 1 + rows · cols, WIDTH]: the mean of all cells first, then each
        cell's numbers of the fine map and, interpolated between its cells, of the coarse one. With nouns WIDTH + K + SHADES."""
        rows, cols = (side // self.patch for side in pixels.shape[-2:])
        mean, std = (pixels.new_tensor(values).view(3, 1, 1) for values in (self.mean, self.std))
        values = pixels * std + mean
        bytes_ = F.interpolate(values * 255, (rows * CELL, cols * CELL), mode="bicubic", align_corners=False).clamp(0, 255)
        with torch.autocast(pixels.device.type, enabled=False):  # bfloat16 would move its states by a tenth of their length
            fine, coarse = self.module(((bytes_ - 127) / 128).contiguous(memory_format=torch.channels_last))
            parts = [fine / SIZES[0], _spread(coarse / SIZES[1], rows, cols)]
            if self.nouns is not None:
                parts += [_spread(self.evidence(coarse), rows, cols), shades(values, self.patch)]
        cells = torch.cat(parts, dim=1).flatten(2).transpose(1, 2)
        return torch.cat([cells.mean(1, keepdim=True), cells], dim=1)

    def evidence(self, coarse: Tensor) -> Tensor:
        """log(p / `LEAST`), at least 0, of the classes that each noun names, at every cell: (N, 320, h, w) → f32[N, K, h, w]."""
        named = self.module.classes(coarse).softmax(-1) @ self.nouns.to(coarse.device, torch.float32).T  # type: ignore[union-attr]
        return (named / LEAST).clamp(min=1).log().movedim(-1, 1)


def _spread(values: Tensor, rows: int, cols: int) -> Tensor:
    """The coarse map between its cells."""
    return F.interpolate(values, (rows, cols), mode="bilinear", align_corners=False)


def shades(values: Tensor, patch: int) -> Tensor:
    """How even the colour of each patch is: 0 … 1 (N, 3, H, W) → f32[N, SHADES, rows, columns].

    Red and green as shares of all light, their mean less ⅓ and their deviation, and the deviation of the light, each about 1
    in size. Shades of one colour have the same shares, however light or dark they are.
    """
    values = values.float()
    light = values.sum(1, keepdim=True)
    told = torch.cat([values[:, :2] / (light + _DARK), light / 3], dim=1)
    mean, square = F.avg_pool2d(told, patch), F.avg_pool2d(told.square(), patch)
    return torch.cat([4 * (mean[:, :2] - 1 / 3), 8 * (square - mean.square()).clamp(min=0).sqrt()], dim=1)
