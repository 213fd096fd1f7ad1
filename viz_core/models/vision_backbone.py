"""What a vision model must say about itself to be traced, and how Hugging Face's vision transformers say it.

Axes: N pictures, C channels, H × W pixels, P pixels a side of a patch, T = prefix + rows · cols tokens, D width, L layers.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from viz_core.inputs.picture_grid import MOST_SIDE
from viz_core.trace.errors import InputError

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))  # mean and deviation of each channel
HALF = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
CLIP = ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))
NORMALISATIONS = {"vit": HALF, "deit": IMAGENET, "dinov2": IMAGENET, "dinov2_with_registers": IMAGENET, "clip_vision_model": CLIP}


class Backbone(Protocol):
    """A vision transformer. patch: P; prefix: labels of the tokens before the patches; longest: patches along the longer side
    that suit it; mean, std: of each channel (one of them for grey pictures), as shares of 255; fixed: the only grid it reads,
    None for any; class_names: of its logits, () without; stem: channels after each convolution that makes patch vectors, ()
    for one linear map of the flattened patch; sight: pixels a side that one patch vector is made from, P without a stem."""

    module: nn.Module
    patch: int
    prefix: tuple[str, ...]
    longest: int
    mean: Sequence[float]
    std: Sequence[float]
    fixed: tuple[int, int] | None
    class_names: tuple[str, ...]
    stem: tuple[int, ...]
    sight: int

    def states(self, pixels: Tensor) -> list[Tensor]:
        """f32[N, C, H, W] → what the first layer reads and what every layer writes, L + 1 times f32[N, T, D]."""

    def features(self, pixels: Tensor) -> Tensor:
        """The last states as other models read them (after the last normalisation), f32[N, T, D]."""

    def logits(self, pixels: Tensor) -> Tensor:
        """f32[N, classes]; of a model with class names only."""

    def patch_vectors(self, pixels: Tensor) -> Tensor:
        """E x_p for every patch, before positions are added, f32[N, rows · cols, D]."""

    def kernel(self) -> Tensor | None:
        """The patch embedding E as filters, f32[D, C, P, P]; None where it is not one linear map."""

    def positions(self, rows: int, cols: int) -> Tensor | None:
        """What is added to each token of such a grid, f32[T, D]; None for a model without learned positions."""


@dataclass(eq=False)
class HuggingFaceVision:
    """A ViT, DeiT, DINOv2 or CLIP vision model of the transformers library, in evaluation mode.

    Raises InputError for a model without a patch embedding (a convolutional network, windows that merge).
    """

    module: Any
    mean: Sequence[float] = ()
    std: Sequence[float] = ()
    class_names: tuple[str, ...] = ()
    fixed: tuple[int, int] | None = None
    stem = ()

    def __post_init__(self) -> None:
        kind = self.module.config.model_type
        if not self.mean:
            self.mean, self.std = NORMALISATIONS.get(kind, IMAGENET)
        sizes = self._convolution.kernel_size
        if sizes != self._convolution.stride or sizes[0] != sizes[1]:
            raise InputError(f"the model of type {kind!r} has no patches (its first filters overlap); give a ViT, DeiT, DINOv2 or CLIP vision model")

    @cached_property
    def base(self) -> Any:
        """The transformer under a classification head."""
        return getattr(self.module, self.module.base_model_prefix, self.module)

    @cached_property
    def _convolution(self) -> nn.Conv2d:
        found = next((module for module in self.module.modules() if isinstance(module, nn.Conv2d)), None)
        if found is None:
            raise InputError(f"the model of type {self.module.config.model_type!r} has no patch embedding; give a ViT, DeiT, DINOv2 or CLIP vision model")
        return found

    @property
    def patch(self) -> int:
        return int(self._convolution.kernel_size[0])

    sight = patch

    @cached_property
    def prefix(self) -> tuple[str, ...]:
        config = self.module.config
        more = ("distillation",) if config.model_type == "deit" else ()
        return ("CLS", *more, *(f"register {i + 1}" for i in range(getattr(config, "num_register_tokens", 0) or 0)))

    @property
    def longest(self) -> int:
        size = self.module.config.image_size
        return min((max(size) if isinstance(size, list | tuple) else size) // self.patch, MOST_SIDE)

    @cached_property
    def _options(self) -> dict[str, bool]:
        """Position embeddings are interpolated where the model can be asked to (DINOv2 always does)."""
        return {"interpolate_pos_encoding": True} if "interpolate_pos_encoding" in inspect.signature(self.base.forward).parameters else {}

    def states(self, pixels: Tensor) -> list[Tensor]:
        return list(self.base(pixel_values=pixels, output_hidden_states=True, return_dict=True, **self._options).hidden_states)

    def seen(self, pixels: Tensor) -> tuple[list[Tensor], Tensor | None]:
        """`states` and `logits` (None without classes) of one forward pass. A backbone without it is run twice."""
        if not self.class_names:
            return self.states(pixels), None
        out = self.module(pixel_values=pixels, output_hidden_states=True, return_dict=True, **self._options)
        return list(out.hidden_states), out.logits

    def features(self, pixels: Tensor) -> Tensor:
        return self.base(pixel_values=pixels, return_dict=True, **self._options).last_hidden_state

    def logits(self, pixels: Tensor) -> Tensor:
        if not self.class_names:
            raise InputError(f"a {type(self.module).__name__} has no classes; choose a labelled model")
        return self.module(pixel_values=pixels, return_dict=True, **self._options).logits

    def patch_vectors(self, pixels: Tensor) -> Tensor:
        return self._convolution(pixels).flatten(2).transpose(1, 2)

    def kernel(self) -> Tensor | None:
        return self._convolution.weight

    def positions(self, rows: int, cols: int) -> Tensor | None:
        """Interpolated as the model does it; 0 for registers, which get none."""
        table = next((module for module in self.base.modules() if hasattr(module, "interpolate_pos_encoding")), None)
        if table is None:
            return None
        registers = sum(label.startswith("register") for label in self.prefix)
        width, first = self._convolution.out_channels, len(self.prefix) - registers
        tokens = torch.empty(1, first + rows * cols, width, device=self._convolution.weight.device)
        found = table.interpolate_pos_encoding(tokens, rows * self.patch, cols * self.patch)[0]
        return torch.cat([found[:first], found.new_zeros(registers, width), found[first:]])
