"""Accuracy of the reach models: perfect for a model that answers right, guessing for an untrained one."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from viz_core.evaluation import reach as evaluation
from viz_core.models.reach import INPUTS, OUTPUTS, ReachStepper, untrained
from viz_core.tasks import remember


class Knows(nn.Module):
    """Says the first letter at every step: right at the last."""

    def __init__(self, shift: int = 0) -> None:
        super().__init__()
        self.output, self.shift = nn.Linear(1, 1), shift

    def forward(self, symbols: torch.Tensor) -> torch.Tensor:
        said = [OUTPUTS.index(remember.LETTERS[(INPUTS.index(INPUTS[int(row[0])]) + self.shift) % 8]) for row in symbols]
        return nn.functional.one_hot(torch.tensor(said), len(OUTPUTS)).float()[:, None].expand(-1, symbols.shape[1], -1)


def test_right_and_wrong_answers_are_counted():
    assert evaluation.accuracy(Knows(), 5, 20, seed=0) == 1.0
    assert evaluation.accuracy(Knows(shift=1), 5, 20, seed=0) == 0.0


def test_all_lengths_or_the_one_that_is_asked_for():
    stepper = ReachStepper(Knows())
    found = evaluation.evaluate(stepper, 3, 0)
    assert found["n"] == 3 * len(evaluation.LENGTHS) and found["accuracy"] == 1.0 and found["accuracy_200"] == 1.0
    assert evaluation.evaluate(stepper, 4, 0, length=7) == {"n": 4, "accuracy": 1.0, "accuracy_7": 1.0}


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_untrained_models_know_nothing(cell):
    assert evaluation.accuracy(untrained(cell).module, 30, 200, seed=0) < 0.3
