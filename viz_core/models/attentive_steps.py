"""Records of a recurrent decoder that looks at its source once a step: single steps, and whole paths whose numbers are made together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from viz_core.models.candidates import candidates
from viz_core.models.path_steps import PathNumbers, path_steps
from viz_core.models.writer import Writer
from viz_core.trace import AttentionMap, Axis, Dense, Quantity, Step


class AttentiveSteps(Writer):
    """Steps and records over the `predict` and `commit` of a subclass, whose `details` are the quantities of one step."""

    predict: Callable[[Any], Any]
    commit: Callable[[Any, Tensor, Tensor], Any]
    details: Callable[[Any, int, int, int], tuple[Quantity, ...]]  # (prediction, choice, source, hypothesis)

    def step(self, state: Any, choice: int) -> tuple[Any, Step]:
        prediction = self.predict(state)
        rows = torch.zeros((1, 1), dtype=torch.long, device=self.device)
        return self.commit(prediction, rows, rows + choice), self.record(prediction, choice)

    def record(self, prediction: Any, choice: int, source: int = 0, hypothesis: int = 0) -> Step:
        return self.records([prediction], [choice], [hypothesis], source)[0]

    def records(self, predictions: Sequence[Any], choices: Sequence[int], hypotheses: Sequence[int], source: int = 0) -> list[Step]:
        """The records of a whole path: hypothesis hypotheses[t] of predictions[t] chose choices[t]."""
        labels = [self.labels[choice] for choice in choices]
        details = [
            partial(self.details, prediction, choice, source, hypothesis)
            for prediction, choice, hypothesis in zip(predictions, choices, hypotheses, strict=True)
        ]
        numbers = partial(attention_numbers, predictions, choices, hypotheses, source, self.labels)
        return path_steps(predictions[0].state.index, labels, choices, details, numbers)


@torch.inference_mode()
def attention_numbers(
    predictions: Sequence[Any], choices: Sequence[int], hypotheses: Sequence[int], source: int, labels: Sequence[str]
) -> PathNumbers:
    """One `topk` and one copy for all steps: hypothesis hypotheses[t] of predictions[t] chose choices[t], for one source.

    A prediction has log_probs f32[N, B, V], weights f32[N, B, S], and step.weights, None for a decoder without attention.
    """
    path = list(zip(predictions, hypotheses, strict=True))
    found, log_probs = candidates(torch.stack([p.log_probs[source, h] for p, h in path]), choices, labels)
    if predictions[0].step.weights is None:
        return PathNumbers(log_probs, found, [()] * len(path))
    keys = predictions[0].state.sources[source].axis
    rows = torch.stack([p.weights[source, h, : len(keys)] for p, h in path]).float().cpu().numpy()
    rows.flags.writeable = False  # so that the maps share it
    maps = [
        (AttentionMap("cross", Axis("token", (labels[choice],)), keys, Dense(row[None, None, None])),)
        for choice, row in zip(choices, rows, strict=True)
    ]
    return PathNumbers(log_probs, found, maps)
