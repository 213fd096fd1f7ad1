"""What every model of ours that writes words shares: how it names and scores its outputs, whatever it reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from viz_core.inputs.vocabulary import BEGIN, END, PAD, UNKNOWN


class Writer:
    """A network (`module`) that writes the symbols of a vocabulary (`target`). never: ids that are no output."""

    module: Any
    target: Any

    unit = "token"
    begin = BEGIN
    end = END
    never: Sequence[int] = (PAD, UNKNOWN, BEGIN)

    @property
    def labels(self) -> Sequence[str]:
        return self.target.symbols

    @property
    def device(self) -> torch.device:
        return self.module.bias.device

    def text(self, choices: Sequence[int]) -> str:
        return self.target.decode([c for c in choices if c != END])

    def choices(self, text: str) -> list[int]:
        return self.target.encode(text)

    def log_probs(self, logits: Tensor) -> Tensor:
        """Log-softmax of logits f32[..., V]; padding, unknown and begin are never outputs. In place: they are the caller's own."""
        logits = logits.float()
        logits[..., list(self.never)] = -torch.inf
        return logits.log_softmax(-1)
