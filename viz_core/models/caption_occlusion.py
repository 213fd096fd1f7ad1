"""How captioning models write about a picture with patches hidden from their attention, and the gradients of what they say.

The vision model sees the whole picture: a hidden patch is left out of the annotations that the decoder looks at, while the
states of its neighbours, [CLS] and the first state of the decoder still know of it. Axes: L patches, T words, D features.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from viz_core.models.occlusion import row_gradients
from viz_core.models.protocol import Source
from viz_core.models.recurrent_occlusion import RecurrentOcclusion
from viz_core.models.translator_occlusion import TranslatorOcclusion

if TYPE_CHECKING:
    from viz_core.models.caption_reader import CaptionReader
    from viz_core.models.caption_stepper import CaptioningPrediction, CaptionStepper


@dataclass(frozen=True, eq=False)
class PatchOcclusion(TranslatorOcclusion):
    """The `Occlusion` of a `CaptionReader` with attention. With every patch hidden the decoder looks at zeros."""

    stepper: CaptionReader  # type: ignore[assignment]

    removals = ("block",)  # type: ignore[assignment]

    def gradients(self, source: Source, choices: Sequence[int]) -> tuple[Tensor, Tensor]:
        """The last states of the patches f32[L, D], and d log p(y_t) / d state for every choice, f32[T, L, D]."""
        stepper, module = self.stepper, self.stepper.module
        with torch.inference_mode(False), torch.enable_grad():
            features, places, mask = (tensor.clone() for tensor in stepper.ids([source]))  # out of inference mode
            patches = features[:, 1:].clone().requires_grad_()  # (1, L, D)
            previous = torch.tensor([[stepper.begin, *choices[:-1]]], device=stepper.device)
            outputs, _ = module(torch.cat([features[:, :1], patches], dim=1), places, mask, previous)
            log_probs = stepper.log_probs(module.logits(outputs))[0]
            return patches[0].detach(), row_gradients(log_probs[range(len(choices)), list(choices)], patches)


@dataclass(frozen=True, eq=False)
class WeightedPatchOcclusion(PatchOcclusion, RecurrentOcclusion):
    """Hidden patches and gradients, and the rows of the one attention of an LSTM replaced."""

    stepper: CaptionStepper  # type: ignore[assignment]

    def _with_row(self, prediction: CaptioningPrediction, row: Tensor) -> Any:
        """The prediction recomputed from the attention weights on, (B, 1, L); where they are NaN it stays as it is."""
        stepper, state, step = self.stepper, prediction.state, prediction.step
        weights = torch.where(row.isnan(), step.weights, row)
        changed = stepper.module.decode(state.memory, state.decoder, step.embedded, weigh=lambda scores, mask: weights)
        log_probs = stepper.log_probs(stepper.module.logits(changed.output))
        return prediction._replace(step=changed, weights=weights, log_probs=log_probs)
