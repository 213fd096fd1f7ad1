"""Gradients of one output with respect to the attention weights of a vision transformer, without ever storing a map.

An attention layer makes O = A V, so that ∂y/∂A = (∂y/∂O) Vᵀ: keeping queries, keys, values and ∂y/∂O of every layer gives any
row of any gradient exactly, in memory linear in the number of tokens. Axes: H heads, T tokens, d depth of a head, L layers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from viz_core.models.protocol import Source
from viz_core.models.vision import VisionEncoder
from viz_core.trace.errors import InputError


@dataclass(frozen=True, eq=False)
class Layer:
    """What one attention layer works with, f32[H, T, d] each; gradient: ∂y/∂O, None where no output was derived."""

    queries: Tensor
    keys: Tensor
    values: Tensor
    scale: float
    gradient: Tensor | None = None

    def rows(self, start: int, stop: int) -> Tensor:
        """Attention weights of rows start … stop − 1, f32[H, rows, T]."""
        return ((self.queries[:, start:stop] * self.scale) @ self.keys.mT).softmax(-1)

    def at(self, rows: Tensor) -> Tensor:
        """Attention weights of the rows int64[R], f32[H, R, T]."""
        return ((self.queries[:, rows] * self.scale) @ self.keys.mT).softmax(-1)

    def gradient_rows(self, start: int, stop: int) -> Tensor:
        """∂y/∂A of the same rows, f32[H, rows, T]."""
        if self.gradient is None:
            raise InputError("no gradient was taken of this layer; derive an output first")
        return self.gradient[:, start:stop] @ self.values.mT


class _Watched(TorchFunctionMode):
    """Inside it every attention call of this thread is kept, its output as a place to derive by; the model stays as it is."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[Tensor, Tensor, Tensor, float]] = []
        self.outputs: list[Tensor] = []

    def __torch_function__(self, func: Callable, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        found = func(*args, **(kwargs or {}))
        if getattr(func, "__name__", "") != "scaled_dot_product_attention":
            return found
        query, key, value = args[:3]
        if not found.requires_grad:  # the first one: nothing before it has to be derived
            found = found.detach().requires_grad_()
        scale = (kwargs or {}).get("scale") or query.shape[-1] ** -0.5
        self.calls.append((query.detach()[0], key.detach()[0], value.detach()[0], float(scale)))
        self.outputs.append(found)
        return found


def attended(model: VisionEncoder, source: Source, explained: Callable[[Tensor], Tensor]) -> tuple[list[Layer], float]:
    """Every attention layer with ∂y/∂O, and y itself. explained: pixels f32[1, C, H, W] → y, a number.

    Raises InputError when the model runs no attention that can be derived.
    """
    with torch.enable_grad(), _Watched() as watched:
        value = explained(source.ids[None])
    if not watched.outputs or value.numel() != 1 or not value.requires_grad:
        raise InputError(f"the attention of {model.identity.name} cannot be derived; load it with attn_implementation='sdpa'")
    gradients = torch.autograd.grad(value, watched.outputs, allow_unused=True)
    layers = [
        Layer(*call, torch.zeros_like(call[2]) if gradient is None else gradient[0].float())
        for call, gradient in zip(watched.calls, gradients, strict=True)
    ]  # fmt: skip
    return layers, float(value.detach())


def output_of(model: VisionEncoder, query: int, target: int | None) -> Callable[[Tensor], Tensor]:
    """What is explained: the logit of class `target`; without one how much the last state of token `query` points where it does,
    y = ⟨z, z₀⟩ / ‖z₀‖ with z₀ its own value held fixed."""
    if target is not None:
        if not 0 <= target < len(model.class_names):
            raise InputError(f"there is no class {target}; give one from 0 to {len(model.class_names) - 1}")
        return lambda pixels: model.logits(pixels)[0, target]

    def along_itself(pixels: Tensor) -> Tensor:
        state = model.backbone.features(pixels)[0, query]
        return state @ torch.nn.functional.normalize(state.detach(), dim=0)

    return along_itself
