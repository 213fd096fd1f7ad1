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


@dataclass(eq=False)
class CnnBackbone:
    """EfficientNet-Lite as far as `caption_reader` asks a vision model: `features`, and how a picture is cut.

    A patch of 14 × 14 pixels is enlarged to one cell, so that pictures are cut as for a vision transformer of that patch.
    """

    module: EfficientNetLite | Any
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
        cell's numbers of the fine map and, interpolated between its cells, of the coarse one."""
        rows, cols = (side // self.patch for side in pixels.shape[-2:])
        mean, std = (pixels.new_tensor(values).view(3, 1, 1) for values in (self.mean, self.std))
        bytes_ = F.interpolate((pixels * std + mean) * 255, (rows * CELL, cols * CELL), mode="bicubic", align_corners=False).clamp(0, 255)
        fine, coarse = self.module(((bytes_ - 127) / 128).contiguous(memory_format=torch.channels_last))
        spread = F.interpolate(coarse.float(), (rows, cols), mode="bilinear", align_corners=False)
        cells = torch.cat([fine.float() / SIZES[0], spread / SIZES[1]], dim=1).flatten(2).transpose(1, 2)
        return torch.cat([cells.mean(1, keepdim=True), cells], dim=1)
