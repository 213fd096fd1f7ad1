"""A vision transformer, small enough to follow every number (Dosovitskiy et al. 2021), pre-LN, with a [CLS] token.

A picture is cut into P × P patches; each becomes a vector, a learned position is added, and L blocks of self-attention
and MLP follow; the class is read off [CLS]. With a `stem` the patch vectors come from 3 × 3 convolutions instead of one
linear map (Xiao et al. 2021, "Early convolutions help transformers see better"), so that each also sees the rim of its
neighbours; after it nothing but attention moves anything between patches.

Axes: N pictures, C channels, T = 1 + patches positions ([CLS] first), H heads, D width.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from viz_core.layers.attention import attend


@dataclass(frozen=True)
class Config:
    """classes: names in the order of the outputs; side: of the square picture, channels: 1 grey or 3 RGB; patch: side of a
    patch in pixels; stem: channels of the convolutions before the last one, () for one linear map; width, layers, heads,
    hidden: of the blocks; dropout: of every residual branch; depth_drop: share of branches left out at the last block,
    rising from 0 at the first (Huang et al. 2016); mean, deviation: of the training pixels in 0 … 1, one a channel, with which
    pixels are normalised before they are read."""

    classes: tuple[str, ...]
    side: int = 28
    channels: int = 1
    patch: int = 4
    stem: tuple[int, ...] = ()
    width: int = 96
    layers: int = 6
    heads: int = 4
    hidden: int = 192
    dropout: float = 0.0
    depth_drop: float = 0.0
    mean: tuple[float, ...] = (0.0,)
    deviation: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:  # lists come from JSON
        for name in ("classes", "stem", "mean", "deviation"):
            object.__setattr__(self, name, tuple(getattr(self, name)))

    @property
    def grid(self) -> int:
        """Patches a side."""
        return self.side // self.patch


class Attention(nn.Module):
    """softmax(q kᵀ / √d) v for H heads side by side (Vaswani et al. 2017, §3.2)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        n, t, d = x.shape
        q, k, v = self.qkv(x).view(n, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)  # (N, H, T, d)
        # Written out where it learns: on a CPU in bfloat16 the fused function's backward pass takes 8 × as long.
        mixed = attend(q, k, v)[0] if self.training else F.scaled_dot_product_attention(q, k, v)
        return self.out(mixed.transpose(1, 2).reshape(n, t, d))


class Block(nn.Module):
    """x + Attention(LN(x)), then x + MLP(LN(x)); `drop` is the share of pictures that skip a branch in training."""

    def __init__(self, config: Config, drop: float) -> None:
        super().__init__()
        self.attention_norm, self.mlp_norm = nn.LayerNorm(config.width), nn.LayerNorm(config.width)
        self.attention = Attention(config.width, config.heads)
        self.mlp = nn.Sequential(nn.Linear(config.width, config.hidden), nn.GELU(), nn.Linear(config.hidden, config.width))
        self.dropout, self.drop = nn.Dropout(config.dropout), drop

    def forward(self, x: Tensor) -> Tensor:
        x = x + self._skipped(self.dropout(self.attention(self.attention_norm(x))))
        return x + self._skipped(self.dropout(self.mlp(self.mlp_norm(x))))

    def _skipped(self, branch: Tensor) -> Tensor:
        if not self.training or not self.drop:
            return branch
        kept = torch.rand(len(branch), 1, 1, device=branch.device) >= self.drop
        return branch * kept / (1 - self.drop)


class ViT(nn.Module):
    """The whole network. `positions` f32[1, T, D], [CLS]'s first."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.embed = patch_embedding(config)
        self.cls = nn.Parameter(torch.zeros(1, 1, config.width))
        self.positions = nn.Parameter(torch.empty(1, 1 + config.grid**2, config.width))
        drops = [config.depth_drop * i / max(1, config.layers - 1) for i in range(config.layers)]
        self.blocks = nn.ModuleList(Block(config, drop) for drop in drops)
        self.norm = nn.LayerNorm(config.width)
        self.head = nn.Linear(config.width, len(config.classes))
        nn.init.trunc_normal_(self.positions, std=0.02)
        for module in self.blocks.modules():
            if isinstance(module, nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.02 * (384 / config.width) ** 0.5)
                nn.init.zeros_(module.bias)

    def patches(self, pixels: Tensor) -> Tensor:
        """The patches' vectors before positions are added, f32[N, rows · cols, D], row by row."""
        return self.embed(pixels).flatten(2).transpose(1, 2)

    def embedded(self, pixels: Tensor) -> Tensor:
        """Normalised pixels f32[N, C, side, side] → what the first block reads, f32[N, T, D]."""
        patches = self.patches(pixels)
        return torch.cat([self.cls.expand(len(pixels), -1, -1).to(patches.dtype), patches], dim=1) + self.positions

    def forward(self, pixels: Tensor) -> Tensor:
        """Normalised pixels f32[N, C, side, side] → logits f32[N, classes]."""
        return self.classified(self.states(pixels)[-1])

    def classified(self, last: Tensor) -> Tensor:
        """Logits off [CLS] of the last states f32[N, T, D]."""
        return self.head(self.norm(last[:, 0]))

    def states(self, pixels: Tensor) -> list[Tensor]:
        """What every block is given and what the last one makes, L + 1 times f32[N, T, D]."""
        found = [self.embedded(pixels)]
        for block in self.blocks:
            found.append(block(found[-1]))
        return found


def patch_embedding(config: Config) -> nn.Module:
    """Picture → grid of patch vectors: one linear map of each patch, or convolutions that halve the picture to the grid."""
    if not config.stem:
        return nn.Conv2d(config.channels, config.width, config.patch, stride=config.patch)
    halvings = config.patch.bit_length() - 1
    channels, parts = (config.channels, *config.stem, config.width), []
    for place, (before, after) in enumerate(zip(channels, channels[1:], strict=False)):
        stride = 2 if place >= len(channels) - 1 - halvings else 1  # full resolution first, then halved to the grid
        last = place == len(channels) - 2
        parts += [nn.Conv2d(before, after, 3, stride, padding=1, bias=last)]
        parts += [] if last else [nn.GroupNorm(1, after), nn.GELU()]
    return nn.Sequential(*parts)
