"""From what a frozen vision model makes of a picture to the annotations that a captioning decoder looks at.

Each patch learns from its neighbours on the grid and from the patches like it: how large a thing is, and how many there are,
lies in no patch alone. Axes: N pictures, L patches, D what is known of a patch, A width of an annotation.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

FREQUENCIES = 4  # of the sine and cosine codes of a place: 1/2, 1, 2 and 4 waves across the picture
PLACE = 2 + 4 * FREQUENCIES  # numbers that say where a patch lies
COLOURS = 3  # numbers behind the vision model's state: the mean colour of the patch (of [CLS]: of the picture)
AREA = 16.0  # patches that a sum over like patches is measured in


def place_codes(places: Tensor) -> Tensor:
    """Centres of patches as shares of the picture's width and height, (..., 2) → x, y and their sines and cosines, (..., PLACE)."""
    waves = math.pi * 2.0 ** torch.arange(FREQUENCIES, device=places.device)
    angles = (places[..., None] * waves).flatten(-2)
    return torch.cat([places, angles.sin(), angles.cos()], dim=-1)


def grid_places(rows: int, cols: int) -> Tensor:
    """x and y of the centres of a grid's patches, row by row, f32[rows · cols, 2]."""
    y, x = torch.meshgrid((torch.arange(rows) + 0.5) / rows, (torch.arange(cols) + 0.5) / cols, indexing="ij")
    return torch.stack([x, y], dim=-1).flatten(0, 1)


def grids(places: Tensor, mask: Tensor) -> dict[tuple[int, int], list[int]]:
    """Which pictures have a grid of (rows, columns), from the centres (N, L, 2) and the mask (N, L) of their patches."""
    found: dict[tuple[int, int], list[int]] = {}
    counts, firsts = mask.sum(1).tolist(), ((places[..., 1] == places[:, :1, 1]) & mask).sum(1).tolist()
    for number, (count, cols) in enumerate(zip(counts, firsts, strict=True)):
        found.setdefault((count // cols, cols), []).append(number)
    return found


def whole_channels(values: Tensor, rate: float, training: bool) -> Tensor:
    """Dropout that takes the same channels from every patch of a picture: (N, L, D) → (N, L, D)."""
    return values * F.dropout(values.new_ones(len(values), 1, values.shape[-1]), rate, training) if training else values


class Near(nn.Module):
    """x + W GELU(conv₃ₓ₃(LN(x))): each channel from the nine patches around, as in ConvNeXt (Liu et al. 2022, §2.6)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm, self.out = nn.LayerNorm(width), nn.Linear(width, width)
        self.conv = nn.Conv2d(width, width, 3, padding=1, groups=width)

    def forward(self, x: Tensor, shapes: dict[tuple[int, int], list[int]]) -> Tensor:
        """x (N, L, A), the pictures of each grid → (N, L, A)."""
        y = self.norm(x)
        shape = next(iter(shapes))
        if len(shapes) == 1 and math.prod(shape) == x.shape[1]:  # the usual case: nothing but real patches
            return x + self.out(F.gelu(self._of_grid(y, *shape)))
        seen = torch.zeros_like(y)
        for (rows, cols), chosen in shapes.items():
            seen[chosen, : rows * cols] = self._of_grid(y[chosen, : rows * cols], rows, cols).to(seen.dtype)
        return x + self.out(F.gelu(seen))

    def _of_grid(self, y: Tensor, rows: int, cols: int) -> Tensor:
        square = y.transpose(1, 2).unflatten(-1, (rows, cols)).contiguous(memory_format=torch.channels_last)
        return self.conv(square).permute(0, 2, 3, 1).flatten(1, 2)


class Alike(nn.Module):
    """x + W Σ_j σ(s cos(q_i, k_j) + b) v_j: each patch sums over the patches like it. No softmax, so that a sum can count
    (sigmoid attention: Ramapuram et al. 2025, "Theory, analysis, and best practices for sigmoid self-attention")."""

    def __init__(self, width: int, heads: int = 4, depth: int = 32) -> None:
        super().__init__()
        self.heads, self.depth = heads, depth
        self.norm, self.qkv, self.out = nn.LayerNorm(width), nn.Linear(width, 3 * heads * depth), nn.Linear(heads * depth, width)
        self.sharpness, self.shift = nn.Parameter(torch.full((heads, 1, 1), 8.0)), nn.Parameter(torch.full((heads, 1, 1), -5.0))

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """x (N, L, A), mask (N, L) True at real patches → (N, L, A)."""
        n, count, _ = x.shape
        query, key, value = self.qkv(self.norm(x)).view(n, count, 3, self.heads, self.depth).permute(2, 0, 3, 1, 4)
        query, key = (F.normalize(each.float(), dim=-1) for each in (query, key))
        shift = self.shift.expand(n, -1, count, 1)  # b as one more coordinate of the queries: one product makes the whole sum
        like = torch.cat([query * self.sharpness, shift], -1) @ torch.cat([key, torch.ones_like(key[..., :1])], -1).transpose(-1, -2)
        value = value * mask[:, None, :, None]  # nothing is summed of what is no patch
        return x + self.out((torch.sigmoid(like).to(value.dtype) @ value / AREA).transpose(1, 2).flatten(2))


class Annotator(nn.Module):
    """What is known of every patch → its annotation, and one vector of the whole picture.

    hues: units of a small network of their own between the colour of a patch and its annotation; 0: colours stand among the
    states and are weighed as they are. colours: how many of the last features are numbers of colour, which no dropout takes.
    """

    def __init__(self, features: int, annotation: int, dropout: float, hues: int = 0, colours: int = COLOURS) -> None:
        super().__init__()
        self.colours = colours
        self.first, self.place = nn.Linear(features - colours * (hues > 0), annotation), nn.Linear(PLACE, annotation, bias=False)
        self.colour = nn.Sequential(nn.Linear(colours, hues), nn.GELU(), nn.Linear(hues, annotation)) if hues else None
        self.near, self.alike, self.wider = Near(annotation), Alike(annotation), Near(annotation)
        self.norm, self.dropout = nn.LayerNorm(annotation), dropout
        self.pool, self.image = nn.Linear(annotation, annotation), nn.Linear(features + annotation, annotation)

    def forward(self, features: Tensor, places: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """features (N, 1 + L, D) with [CLS] first, places (N, L, 2), mask (N, L) → a (N, L, A), the image vector (N, A)."""
        shapes = grids(places, mask)
        states, colours = features[:, 1:].split([features.shape[-1] - self.colours, self.colours], dim=-1)
        states = whole_channels(states, self.dropout, self.training)
        known = self.first(torch.cat([states, colours], dim=-1)) if self.colour is None else self.first(states) + self.colour(colours)
        x = known + self.place(place_codes(places))
        x = self.wider(self.alike(self.near(x, shapes), mask), shapes)
        vectors = self.norm(x)
        mean = (F.gelu(self.pool(vectors)) * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        whole = F.dropout(torch.cat([features[:, 0], mean.to(features.dtype)], dim=-1), self.dropout, self.training)
        return vectors, torch.tanh(self.image(whole))
