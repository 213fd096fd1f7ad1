"""What loaded Hugging Face models of text have in common, whether they read a text or write one."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import torch

from viz_core.inputs.pretrained_tokens import PretrainedTokens
from viz_core.models.protocol import Source


class PretrainedText(ABC):
    """A model with its tokenizer. tokens: its vocabulary as labels, and texts as tokens."""

    module: Any
    tokenizer: Any
    tokens: PretrainedTokens

    @property
    def labels(self) -> Sequence[str]:
        return self.tokens.labels

    @cached_property
    def accepts(self) -> frozenset[str]:
        """What the model's forward pass can be given."""
        return frozenset(inspect.signature(self.module.forward).parameters)

    @cached_property
    def positions(self) -> int | None:
        """The most tokens that the model has positions for; None: as many as one likes."""
        return positions_of(self.module, self.tokenizer)

    @property
    def device(self) -> torch.device:
        return self.module.device

    @abstractmethod
    def encode(self, text: str) -> Source:
        """Typed text as a source."""

    def encode_units(self, units: Sequence[str], text: str = "") -> Source:
        """Words as a source, joined with spaces."""
        return self.encode(text or " ".join(units))


def positions_of(module: Any, tokenizer: Any) -> int | None:
    """The most tokens that a model reads: what its settings or its tokenizer say, None when neither does."""
    config = module.config.get_text_config(decoder=True)
    found = [getattr(config, name, None) for name in ("max_position_embeddings", "max_seq_len")]
    found.append(getattr(tokenizer, "model_max_length", None))
    for name, part in module.named_modules():  # RoBERTa counts positions from its padding's number on
        if name.endswith("position_embeddings") and getattr(part, "padding_idx", None) is not None:
            found.append(part.num_embeddings - part.padding_idx - 1)
    real = [int(count) for count in found if isinstance(count, int) and 0 < count < 10**9]
    return min(real) if real else None
