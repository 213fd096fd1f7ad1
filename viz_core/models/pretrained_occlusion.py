"""How loaded generators read a source with positions removed, and the gradients of what they say.

Axes: S source positions, T output steps, D embedding, L positions that are read, V outputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from viz_core.capture import record
from viz_core.models.marian_ssru import NOTHING
from viz_core.models.occlusion import Deletion, EmbeddingLeaf, row_gradients
from viz_core.models.protocol import Source
from viz_core.trace.errors import InputError

if TYPE_CHECKING:
    from viz_core.models.marian_stepper import MarianStepper
    from viz_core.models.pretrained_generator import PretrainedGenerator


@dataclass(frozen=True, eq=False)
class GeneratorOcclusion(Deletion):
    """The `Occlusion` of a `PretrainedGenerator` that reads text."""

    stepper: PretrainedGenerator

    def values(self, source: Source, choices: Sequence[int], keep: Tensor, removal: str) -> Tensor:
        _check_text(source)
        return super().values(source, choices, keep, removal)

    def gradients(self, source: Source, choices: Sequence[int]) -> tuple[Tensor, Tensor]:
        _check_text(source)
        stepper = self.stepper
        begun = list(getattr(stepper, "decoder_begins", source.ids))  # what is read before the first output
        with torch.inference_mode(False), torch.enable_grad(), EmbeddingLeaf(stepper.module.get_input_embeddings().weight) as mode:
            fed = torch.tensor([[*begun, *choices[:-1]]], device=stepper.device)
            given: dict[str, Any] = {"input_ids": fed}
            if hasattr(stepper, "decoder_begins"):  # an encoder reads the source, before the decoder reads anything
                given = {"input_ids": torch.tensor([source.ids], device=stepper.device), "decoder_input_ids": fed}
            if "use_cache" in stepper.accepts:
                given["use_cache"] = False
            with record(*stepper.edits) if stepper.edits else nullcontext():
                logits = stepper.module(**given).logits[0, len(begun) - 1 :].float()
            return _derived(logits.log_softmax(-1), choices, mode, len(source.ids))


@dataclass(frozen=True, eq=False)
class MarianOcclusion(Deletion):
    """The `Occlusion` of a `MarianStepper`; its </s> always stays, so that it never reads nothing."""

    stepper: MarianStepper

    def gradients(self, source: Source, choices: Sequence[int]) -> tuple[Tensor, Tensor]:
        stepper, module = self.stepper, self.stepper.module
        with torch.inference_mode(False), torch.enable_grad(), EmbeddingLeaf(module.embedding.weight) as mode:
            previous = torch.tensor([[NOTHING, *choices[:-1]]], device=stepper.device)
            logits = module.logits(module(*stepper.read([source]), previous))
            return _derived(stepper.log_probs(logits)[0], choices, mode, len(source.ids))


def _derived(log_probs: Tensor, choices: Sequence[int], mode: EmbeddingLeaf, count: int) -> tuple[Tensor, Tensor]:
    """Embeddings and gradients of the first `count` positions from log-probabilities f32[T, V]."""
    if mode.leaf is None:
        raise InputError("this model does not look its input up in its embedding table, so gradients cannot be taken; use the removal tests alone")
    rows = row_gradients(log_probs[range(len(choices)), list(choices)], mode.leaf)
    return mode.leaf.detach()[0, :count].float(), rows[:, :count].float()


def _check_text(source: Source) -> None:
    if isinstance(source.ids, Tensor):
        raise InputError("positions of a sound or a picture cannot be taken out one by one here; test a model that reads text")
