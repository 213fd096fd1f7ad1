"""What an intervention did to the output: the two distributions and how far they are apart."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from viz_core.trace.errors import InputError, ShapeError


@dataclass(frozen=True, eq=False)
class Effect:
    """before, after: log-probabilities f32[…, class] in nats. kl: KL(before ‖ after) f32[…] in nats, Σ p ln(p / q).

    token_before, token_after, change: log-probability of the chosen class f32[…], and after − before; None without one.
    """

    before: Tensor
    after: Tensor
    kl: Tensor
    token_before: Tensor | None = None
    token_after: Tensor | None = None
    change: Tensor | None = None


@torch.no_grad()
def compare(before_logits: Tensor, after_logits: Tensor, token: int | None = None) -> Effect:
    """The effect between two outputs f[…, class] before softmax; `token`: a class to follow.

    Raises ShapeError for outputs of different shapes, InputError for a class that is not there.
    """
    if before_logits.shape != after_logits.shape or before_logits.ndim == 0:
        raise ShapeError(
            f"the outputs have shapes {tuple(before_logits.shape)} and {tuple(after_logits.shape)}; "
            "compare two of one shape (…, class)"
        )
    before, after = (logits.detach().float().log_softmax(dim=-1) for logits in (before_logits, after_logits))
    terms = before.exp() * (before - after)
    kl = torch.where(before == -torch.inf, 0.0, terms).sum(dim=-1).clamp(min=0.0)  # 0 · ln 0 = 0; rounding may go below 0
    if token is None:
        return Effect(before, after, kl)
    classes = before.shape[-1]
    if not 0 <= token < classes:
        raise InputError(f"there is no output {token}; give a number in 0 … {classes - 1}")
    first, second = before[..., token], after[..., token]
    return Effect(before, after, kl, first, second, second - first)
