"""EfficientNet-Lite0: an ImageNet CNN without squeeze-and-excitation and with ReLU6.

Architecture of Tan & Le 2019 ("EfficientNet", table 1) as its authors' Lite variant changes it. Axes: N pictures, H × W pixels.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

STEM = 32  # channels of the first convolution
# Blocks of each stage: how many, kernel, stride of the first one, expansion, channels.
STAGES = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320))
FINE, COARSE = 5, 7  # stages after which the map has a cell every 16 and every 32 pixels
CHANNELS = STAGES[FINE - 1][-1], STAGES[COARSE - 1][-1]
HEAD, CLASSES = 1280, 1000  # channels before the classifier; ImageNet's classes
_EPSILON = 1e-3


class Conv(nn.Conv2d):
    """A convolution whose output has ⌈side / stride⌉ cells: what padding is odd lies right and below, as in TensorFlow."""

    def forward(self, x: Tensor) -> Tensor:
        stride, kernel = self.stride[0], self.kernel_size[0]
        missing = [max((-(-side // stride) - 1) * stride + kernel - side, 0) for side in (x.shape[-1], x.shape[-2])]
        return super().forward(F.pad(x, [part for each in missing for part in (each // 2, each - each // 2)]))


def _conv(inside: int, outside: int, kernel: int = 1, stride: int = 1, groups: int = 1) -> Conv:
    return Conv(inside, outside, kernel, stride, groups=groups, bias=False)


class Block(nn.Module):
    """Widen, look around each cell, narrow (inverted residual, Sandler et al. 2018, §3.3)."""

    def __init__(self, inside: int, outside: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = inside * expansion
        if expansion > 1:
            self.expand_conv, self.bn0 = _conv(inside, wide), nn.BatchNorm2d(wide, _EPSILON)
        self.depthwise_conv, self.bn1 = _conv(wide, wide, kernel, stride, wide), nn.BatchNorm2d(wide, _EPSILON)
        self.project_conv, self.bn2 = _conv(wide, outside), nn.BatchNorm2d(outside, _EPSILON)
        self.expands, self.remembers = expansion > 1, stride == 1 and inside == outside

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu6(self.bn0(self.expand_conv(x))) if self.expands else x
        y = self.bn2(self.project_conv(F.relu6(self.bn1(self.depthwise_conv(y)))))
        return x + y if self.remembers else y


class EfficientNetLite(nn.Module):
    """The convolutions, and the classifier over every cell of the coarse map."""

    def __init__(self) -> None:
        super().__init__()
        self.conv_stem, self.bn0 = _conv(3, STEM, 3, 2), nn.BatchNorm2d(STEM, _EPSILON)
        blocks, inside = [], STEM
        for count, kernel, stride, expansion, outside in STAGES:
            for number in range(count):
                blocks.append(Block(inside, outside, kernel, stride if number == 0 else 1, expansion))
                inside = outside
        self.blocks = nn.ModuleList(blocks)
        self.conv_head, self.bn1, self.fc = _conv(inside, HEAD), nn.BatchNorm2d(HEAD, _EPSILON), nn.Linear(HEAD, CLASSES)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """f32[N, 3, H, W], (value − 127) / 128 → maps with a cell every 16 and every 32 pixels, `CHANNELS` wide."""
        x = F.relu6(self.bn0(self.conv_stem(pixels)))
        fine = sum(count for count, *_ in STAGES[:FINE])
        for block in self.blocks[:fine]:
            x = block(x)
        middle = x
        for block in self.blocks[fine:]:
            x = block(x)
        return middle, x

    def classes(self, coarse: Tensor) -> Tensor:
        """Logits of ImageNet's classes at every cell of the coarse map, (N, 320, h, w) → (N, h, w, 1000): a class activation map
        (Zhou et al. 2016, eq. 2). Their mean over the cells is what the network says of the whole picture."""
        return self.fc(F.relu6(self.bn1(self.conv_head(coarse))).movedim(1, -1))


def of(tensors: Mapping[str, Tensor]) -> EfficientNetLite:
    """The network with the weights of a file whose names begin with underscores. RuntimeError when weights are missing or of other shapes."""
    named = {re.sub(r"(^|\.)_", r"\1", name): value for name, value in tensors.items()}
    with torch.device("meta"):
        network = EfficientNetLite()
    network.load_state_dict(named, assign=True)
    return network.eval().requires_grad_(False)
