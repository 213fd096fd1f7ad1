"""The small vision transformer as the tracer reads it, and as a file of weights."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from viz_core.layers.edits import Edit
from viz_core.models.protocol import Source
from viz_core.models.vision import Given, VisionEncoder
from viz_core.models.vision_backbone import Backbone
from viz_core.models.vit import Config, ViT
from viz_core.trace import Trace

FAMILY = "vit"
TURNED = " (negative)"
NEGATIVE = "read as its negative: this model learned from bright things on black"


@dataclass(eq=False)
class VitBackbone:
    """Tells the tracer of `VisionEncoder` what it must know of a `ViT`; see `Backbone` for the meaning of each member."""

    module: ViT

    prefix = ("CLS",)

    @property
    def patch(self) -> int:
        return self.module.config.patch

    @property
    def longest(self) -> int:
        return self.module.config.grid

    @property
    def fixed(self) -> tuple[int, int]:
        return self.module.config.grid, self.module.config.grid

    @property
    def mean(self) -> Sequence[float]:
        return self.module.config.mean

    @property
    def std(self) -> Sequence[float]:
        return self.module.config.deviation

    @property
    def class_names(self) -> tuple[str, ...]:
        return self.module.config.classes

    @property
    def stem(self) -> tuple[int, ...]:
        config = self.module.config
        return (*config.stem, config.width) if config.stem else ()

    @property
    def sight(self) -> int:
        return sight(self.module.embed)

    def states(self, pixels: Tensor) -> list[Tensor]:
        return self.module.states(pixels)

    def seen(self, pixels: Tensor) -> tuple[list[Tensor], Tensor]:
        """States and logits in one pass."""
        states = self.module.states(pixels)
        return states, self.module.classified(states[-1])

    def features(self, pixels: Tensor) -> Tensor:
        return self.module.norm(self.module.states(pixels)[-1])

    def logits(self, pixels: Tensor) -> Tensor:
        return self.module(pixels)

    def patch_vectors(self, pixels: Tensor) -> Tensor:
        return self.module.patches(pixels)

    def kernel(self) -> Tensor | None:
        return None if self.module.config.stem else self.module.embed.weight  # type: ignore[return-value]

    def positions(self, rows: int, cols: int) -> Tensor | None:
        return self.module.positions[0]


def sight(embed: nn.Module) -> int:
    """Pixels a side that one vector of a stack of convolutions is made from: 1 + Σ (kernel − 1) · Π strides before."""
    found, apart = 1, 1
    for layer in (module for module in embed.modules() if isinstance(module, nn.Conv2d)):
        found += (layer.kernel_size[0] - 1) * apart
        apart *= layer.stride[0]
    return found


def normalised(pictures: NDArray[np.uint8], config: Config) -> Tensor:
    """u8[N, H, W] → f32[N, 1, H, W] as the network reads it: (x / 255 − mean) / deviation."""
    return torch.from_numpy(pictures).float().div(255).sub(config.mean[0]).div(config.deviation[0])[:, None]


def store(module: ViT) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors (half precision) and metadata for a safetensors file."""
    tensors = {name: value.detach().half().cpu().contiguous() for name, value in module.state_dict().items()}
    return tensors, {"family": FAMILY, "config": json.dumps(asdict(module.config))}


class DarkGround(VisionEncoder):
    """Reads pictures as its data set shows things, bright on black: one with a bright rim is read as its negative."""

    def encode(self, picture: Given, longest: int | None = None, prefix: Sequence[str] | None = None) -> Source:
        source = super().encode(picture, longest, prefix)
        return source if isinstance(picture, Source) or not bright_rim(source.ids, self.backbone) else negative(source, self.backbone)

    def trace(self, picture: Given, edits: Sequence[Edit] = (), longest: int | None = None) -> Trace:
        made = super().trace(picture, edits, longest)
        return replace(made, notes=(*made.notes, NEGATIVE)) if made.source.endswith(TURNED) and NEGATIVE not in made.notes else made


def bright_rim(pixels: Tensor, backbone: Backbone) -> bool:
    """Is the outermost frame of f32[1, H, W], one pixel wide, nearer to white than to black?"""
    grey = pixels[0] * backbone.std[0] + backbone.mean[0]
    rim = torch.cat([grey[0], grey[-1], grey[1:-1, 0], grey[1:-1, -1]])
    return bool(rim.mean() > 0.5)


def negative(source: Source, backbone: Backbone) -> Source:
    """The same source with black and white exchanged: x → 1 − x before the normalisation."""
    mean, deviation = backbone.mean[0], backbone.std[0]
    return replace(source, ids=(1 - 2 * mean) / deviation - source.ids, text=source.text + TURNED)


def restore(metadata: Mapping[str, str], tensors: Mapping[str, Tensor]) -> Any:
    """The tracer of a file's network, in evaluation mode."""
    module = ViT(Config(**json.loads(metadata["config"])))
    module.load_state_dict({name: value.float() for name, value in tensors.items()})
    return DarkGround(VitBackbone(module.eval().requires_grad_(False)))
