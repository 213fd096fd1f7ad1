"""The one attention row that a beam node keeps, taken from a running step at the price of nothing.

`capture.record` sees and checks everything; a beam needs one row of the last layer at every step and must not be slower
than one without. The first step of a run is recorded, which tells whether the model's attention is the fused call of
torch; if so, the later steps note only the calls of the last layer (see `pretrained_cache.Noticing`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from viz_core.capture import Call
from viz_core.capture.rows import ScaledDot

FUSED: MutableMapping[nn.Module, bool] = WeakKeyDictionary()  # whether a model's attention is torch's one call; found by recording

_NAMES = ("query", "key", "value", "attn_mask", "dropout_p", "is_causal", "scale", "enable_gqa")


@dataclass(eq=False)
class FusedCalls(TorchFunctionMode):
    """The arguments of every fused attention call while it is entered, in this thread."""

    found: list[dict] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def __torch_function__(self, func: Callable, types: object, args: tuple = (), kwargs: dict | None = None) -> object:
        if getattr(func, "__name__", "") == "scaled_dot_product_attention":
            self.found.append(dict(zip(_NAMES, args, strict=False)) | (kwargs or {}))
        return func(*args, **(kwargs or {}))


def is_fused(call: Call) -> bool:
    """Whether a recorded call was torch's own attention."""
    return isinstance(call.rows, ScaledDot)


def recorded_row(call: Call) -> Tensor:
    """The last query's weights of a recorded call, mean over the heads that attend at all, f32[row, key]."""
    weights = call.weights(queries=-1)[:, :, 0].nan_to_num()  # a head that was taken out has weights 0
    total = weights.sum(1)
    return total / total.sum(-1, keepdim=True)


def mean_row(call: dict) -> Tensor:
    """The weights of the only query, mean over heads: f32[row, key]. Exact: softmax(scale · q kᵀ + mask)."""
    query, key, mask = call["query"], call["key"], call.get("attn_mask")
    rows, shared = key.shape[:2]  # heads that share keys are a group: (row, key head, group, depth)
    query = query.reshape(rows, shared, -1, query.shape[-1]).float()
    scores = query @ key.float().mT * (call.get("scale") or 1 / math.sqrt(query.shape[-1]))
    if mask is not None:
        mask = mask if mask.shape[1] * mask.shape[2] == 1 else mask.reshape(mask.shape[0], shared, -1, mask.shape[-1])
        scores = scores.masked_fill(~mask, -torch.inf) if mask.dtype == torch.bool else scores + mask.float()
    return scores.softmax(-1).mean((1, 2))
