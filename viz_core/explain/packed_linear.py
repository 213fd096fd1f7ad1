"""Linear layers with weights laid out for oneDNN, for passes that use them many times on a CPU.

PyTorch multiplies float32 on CPUs with MKL, which is slow on processors of other makers; oneDNN, which ships with PyTorch
too, is not (2–3 × here), but only pays when its layout of the weights is made once for many calls. Same float32 sums in
another order: equal to about 1e-6.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

MOST_BYTES = 2**30  # of weights that are laid out again; of larger models nothing is
ROWS = 512  # positions of a call that the layout is made for; others work as well


def packed(module: nn.Module) -> dict[str, Callable[..., Any]]:
    """name → a `forward(layer, x)` for every linear layer that can be packed; empty where nothing is to be gained."""
    if not torch.backends.mkldnn.is_available() or not hasattr(torch.ops.mkldnn, "_linear_pointwise"):
        return {}
    found = {name: weight for name, child in module.named_modules() if (weight := _weight(child)) is not None}
    if sum(weight.nbytes for weight in found.values()) > MOST_BYTES:
        return {}
    return {name: partial(_apply, torch.ops.mkldnn._reorder_linear_weight(weight.detach().contiguous(), ROWS)) for name, weight in found.items()}


def _weight(layer: nn.Module) -> Tensor | None:
    """The weight (out, in) of a plain float32 layer on the CPU, `nn.Linear` or GPT-2's transposed one; None for all others."""
    if type(layer) is nn.Linear:
        weight = layer.weight
    elif type(layer).__name__ == "Conv1D" and hasattr(layer, "nf"):
        weight = layer.weight.t()
    else:
        return None
    plain = type(weight) in (nn.Parameter, Tensor) and weight.device.type == "cpu" and weight.dtype == torch.float32
    return weight if plain and not layer._forward_hooks and not layer._forward_pre_hooks else None


def _apply(weight: Tensor, layer: nn.Module, x: Tensor) -> Tensor:
    return torch.ops.mkldnn._linear_pointwise(x, weight, layer.bias, "none", [], "")
