"""Where a model runs."""

from __future__ import annotations

import torch

from viz_core.trace.errors import InputError


def pick_device(device: str = "auto") -> torch.device:
    """`auto` → cuda, mps or cpu; InputError for one that this machine does not have."""
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        target = torch.device(device)
        torch.empty(1, device=target)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise InputError(f"device {device!r} cannot be used here; use 'auto' or 'cpu'") from error
    return target
