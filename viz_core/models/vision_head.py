"""A linear head on a frozen vision model: everyday class names, calibrated, and a say when a picture is like none of them.

logits = W x + b, x = (f − centre) / spread, f = the feature of `pooled`; the temperature that calibrates them (Guo et al.
2017, §4.2) is folded into W and b. How familiar a picture is: FAMILIARITY; below a threshold set on validation pictures it
is "unlike anything I was trained on".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from viz_core.layers.edits import Edit
from viz_core.models.vision import Given, VisionEncoder
from viz_core.models.vision_backbone import Backbone
from viz_core.trace import Trace

FAMILY = "vision-linear-head"
UNFAMILIAR = "unlike anything I was trained on"
LAYERS = 4  # of which the [CLS] state is read


def pooled(backbone: Backbone, states: Sequence[Tensor]) -> Tensor:
    """[CLS] of the last four layers and the mean of the last layer's patches, each after the last normalisation
    (Oquab et al. 2024, §7.1): the states of all layers, f32[N, T, D] each → f32[N, 5 · D]; differentiable."""
    norm: nn.Module = backbone.base.layernorm  # type: ignore[attr-defined]
    patches = norm(states[-1][:, len(backbone.prefix) :]).mean(1)
    return torch.cat([*(norm(state[:, 0]) for state in states[-LAYERS:]), patches], dim=1)


class LinearHead(nn.Module):
    """One linear map with what tells familiar features from others. centre, spread: f32[features], mean and deviation of
    the training features; means: f32[classes, features], of length 1 each; threshold: the least familiarity."""

    means: Tensor
    centre: Tensor
    spread: Tensor
    threshold: Tensor

    def __init__(self, features: int, classes: int) -> None:
        super().__init__()
        self.linear = nn.Linear(features, classes)
        for name, shape in (("means", (classes, features)), ("centre", (features,)), ("threshold", ())):
            self.register_buffer(name, torch.zeros(shape))
        self.register_buffer("spread", torch.ones(features))

    def standard(self, features: Tensor) -> Tensor:
        """x of the features, f32[N, features]."""
        return (features - self.centre) / self.spread

    def forward(self, features: Tensor) -> Tensor:
        """f32[N, features] → logits f32[N, classes]."""
        return self.linear(self.standard(features))

    def familiarity(self, features: Tensor) -> Tensor:
        """The largest cosine between x and the mean x of a class, −1 … 1, f32[N]."""
        return (F.normalize(self.standard(features), dim=-1) @ self.means.T).amax(-1)


@dataclass(eq=False)
class HeadedBackbone:
    """A backbone with a head on it; everything but the classes is the backbone's own."""

    backbone: Backbone
    head: LinearHead
    class_names: tuple[str, ...]
    longest: int = 16  # patches a side at which the head was learned

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["backbone"], name)

    @cached_property
    def module(self) -> nn.Module:
        """Backbone and head together."""
        return nn.ModuleDict({"backbone": self.backbone.module, "head": self.head})

    def seen(self, pixels: Tensor) -> tuple[list[Tensor], Tensor]:
        """States and logits of one forward pass."""
        states = self.backbone.states(pixels)
        return states, self.head(pooled(self.backbone, states))

    def pooled(self, pixels: Tensor) -> Tensor:
        """What the head reads, f32[N, C, H, W] → f32[N, features]."""
        return pooled(self.backbone, self.backbone.states(pixels))

    def logits(self, pixels: Tensor) -> Tensor:
        return self.head(self.pooled(pixels))

    def familiarity(self, pixels: Tensor) -> Tensor:
        """See `LinearHead.familiarity`, f32[N, C, H, W] → f32[N]."""
        return self.head.familiarity(self.pooled(pixels))


class HeadedVision(VisionEncoder):
    """A vision model with a head. The trace of an unfamiliar picture says so, in its output and in a note."""

    @torch.inference_mode()
    def familiar(self, picture: Given) -> tuple[float, float]:
        """The picture's familiarity and the threshold below which it is unlike the training pictures."""
        backbone: Any = self.backbone
        source = self.encode(picture)
        return float(backbone.familiarity(source.ids[None])[0]), float(backbone.head.threshold)

    def trace(self, picture: Given, edits: Sequence[Edit] = (), longest: int | None = None) -> Trace:
        if edits:
            return self.intervened(edits).trace(picture, longest=longest)
        source = self.encode(picture, longest)
        made, (found, threshold) = super().trace(source), self.familiar(source)
        if found >= threshold:
            return made
        note = f"{UNFAMILIAR}: similarity {found:.2f} to the nearest class, at least {threshold:.2f} is familiar"
        return replace(made, output=f"{UNFAMILIAR} (nearest: {made.output})", notes=(*made.notes, note))


def headed(model: VisionEncoder, head: LinearHead, class_names: Sequence[str]) -> HeadedVision:
    """The model with the head on it, in evaluation mode on the model's device."""
    head = head.to(model.device).eval().requires_grad_(False)
    return HeadedVision(HeadedBackbone(model.backbone, head, tuple(class_names)), model.identity, model.edits)


def head_of(tensors: Mapping[str, Tensor]) -> LinearHead:
    """The head that a weights file holds."""
    classes, features = tensors["linear.weight"].shape
    head = LinearHead(features, classes)
    head.load_state_dict({name: value.float() for name, value in tensors.items()})
    return head
