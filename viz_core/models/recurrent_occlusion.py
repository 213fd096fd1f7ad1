"""How an LSTM encoder–decoder says the same output with other attention weights.

Axes: B sets of weights, S source positions, T output steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from viz_core.models.protocol import Source
from viz_core.models.translator_occlusion import TranslatorOcclusion

if TYPE_CHECKING:
    from viz_core.models.recurrent_stepper import RecurrentPrediction, RecurrentStepper


@dataclass(frozen=True, eq=False)
class RecurrentOcclusion(TranslatorOcclusion):
    """Removal and gradients of every `Translator`, and the rows of its one attention replaced."""

    stepper: RecurrentStepper

    @torch.inference_mode()
    def reweighted(self, source: Source, choices: Sequence[int], weights: Tensor) -> Tensor:
        stepper, weights = self.stepper, weights.to(self.stepper.device)
        state = self.repeated(source, len(weights))
        rows = torch.zeros((len(weights), 1), dtype=torch.long, device=stepper.device)
        columns = []
        for choice, row in zip(choices, weights.unbind(1), strict=True):
            prediction = self._with_row(stepper.predict(state), row[:, None])
            columns.append(prediction.log_probs[:, 0, choice])
            state = stepper.commit(prediction, rows, rows + choice)
        return torch.stack(columns, 1)  # (B, T)

    def _with_row(self, prediction: RecurrentPrediction, row: Tensor) -> RecurrentPrediction:
        """The prediction recomputed from the attention weights on, (B, 1, S); where they are NaN it stays as it is."""
        module, step = self.stepper.module, prediction.step
        weights = torch.where(row.isnan(), step.weights, row)
        context = weights @ prediction.state.memory.states
        attentional = torch.tanh(module.combine(torch.cat([context, step.lstm.hidden], dim=-1)))
        changed = step._replace(weights=weights, context=context, attentional=attentional)
        return prediction._replace(step=changed, weights=weights, log_probs=self.stepper.log_probs(module.logits(attentional)))
