"""A linear head on a frozen vision model: everyday class names, calibrated, and a say when a picture is like none of them.

logits = W x + b; x is the standardised feature (f − centre) / spread, brought to length √D; f is the feature of `pooled`.
The temperature that calibrates the logits (Guo et al. 2017, §4.2) is folded into W and b. One row more than there are classes
stands for "none of them", learned from pictures of other things (outlier exposure, Hendrycks et al. 2019). How familiar a
picture is: the best class's logit less that row's; below a threshold set on validation pictures it is "unlike anything I was
trained on".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from viz_core.models.vision import Look, VisionEncoder
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


def standard(features: Tensor, centre: Tensor, spread: Tensor) -> Tensor:
    """(f − centre) / spread, brought to length √D, so that each entry is about 1 in size: f32[N, D] → f32[N, D]."""
    return F.normalize((features - centre) / spread, dim=-1) * features.shape[-1] ** 0.5


class LinearHead(nn.Module):
    """One linear map to the classes and, last, "none of them". centre, spread: f32[features], mean and deviation of the
    training features; threshold: the least familiarity."""

    centre: Tensor
    spread: Tensor
    threshold: Tensor

    def __init__(self, features: int, classes: int) -> None:
        super().__init__()
        self.linear = nn.Linear(features, classes + 1)
        self.register_buffer("centre", torch.zeros(features))
        self.register_buffer("spread", torch.ones(features))
        self.register_buffer("threshold", torch.zeros(()))

    def scores(self, features: Tensor) -> Tensor:
        """f32[N, features] → f32[N, classes + 1], the last one of "none of them"."""
        return self.linear(standard(features, self.centre, self.spread))

    def forward(self, features: Tensor) -> Tensor:
        """f32[N, features] → logits of the classes, f32[N, classes]."""
        return self.scores(features)[:, :-1]

    def familiarity(self, features: Tensor) -> Tensor:
        """Log-odds of the best class against none of them, f32[N]."""
        return odds(self.scores(features))


def odds(scores: Tensor) -> Tensor:
    """The best class's score less that of "none of them", which is last: f32[N, classes + 1] → f32[N]."""
    return scores[:, :-1].amax(-1) - scores[:, -1]


@dataclass(eq=False)
class HeadedBackbone:
    """A backbone with a head on it; everything but the classes is the backbone's own."""

    backbone: Backbone
    head: LinearHead
    class_names: tuple[str, ...]
    longest: int = 16  # patches a side for which the head is calibrated; it learned at 12 and 8

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
    def _told(self, made: Trace, found: Look) -> Trace:
        backbone: Any = self.backbone
        features = pooled(backbone.backbone, [state[None] for state in found.states])
        familiar, threshold = float(backbone.head.familiarity(features)[0]), float(backbone.head.threshold)
        if familiar >= threshold:
            return made
        note = f"{UNFAMILIAR}: log-odds {familiar:.2f} of the nearest class against none of them; from {threshold:.2f} on a picture counts as familiar"
        return replace(made, output=f"{UNFAMILIAR} (nearest: {made.output})", notes=(*made.notes, note))


def headed(model: VisionEncoder, head: LinearHead, class_names: Sequence[str]) -> HeadedVision:
    """The model with the head on it, in evaluation mode on the model's device."""
    head = head.to(model.device).eval().requires_grad_(False)
    return HeadedVision(HeadedBackbone(model.backbone, head, tuple(class_names)), model.identity, model.edits)


def head_of(tensors: Mapping[str, Tensor]) -> LinearHead:
    """The head that a weights file holds."""
    rows, features = tensors["linear.weight"].shape
    head = LinearHead(features, rows - 1)
    head.load_state_dict({name: value.float() for name, value in tensors.items()})
    return head
