"""Metrics of the tape tasks on machines whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from viz_core.evaluation import copy as copy_metric
from viz_core.evaluation import recall as recall_metric
from viz_core.evaluation import repeat_copy as repeat_metric
from viz_core.evaluation.tapes import wrong_bits
from viz_core.models.tape_stepper import TapeStepper
from viz_core.tasks.tapes import VALIDATION_SEED, copy, recall, repeat_copy
from viz_core.trace import InputError


class Perfect(nn.Module):
    """Copies by cheating: it sees the whole tape at once. flip: the bit of every vector that it gets wrong."""

    def __init__(self, flip: int | None = None) -> None:
        super().__init__()
        self.flip, self.output = flip, nn.Linear(1, 8)

    def forward(self, symbols, cells=None):
        length = symbols.shape[1] // 2
        said = symbols[:, :length, :8].clone()
        if self.flip is not None:
            said[..., self.flip] = 1 - said[..., self.flip]
        return torch.cat([symbols.new_zeros(len(symbols), length + 1, 8), 2 * said - 1], dim=1)


def evaluate(module: nn.Module, **options):
    return copy_metric.evaluate(TapeStepper(module, copy), options.pop("n", 40), options.pop("seed", 0), **options)


def test_a_perfect_machine_has_no_wrong_bit():
    found = evaluate(Perfect())
    assert found["wrong_bits"] == 0 and found["bit_error_rate"] == 0 and found["bit_error_rate_120"] == 0 and found["n"] == 40


def test_one_wrong_bit_in_eight():
    found = evaluate(Perfect(flip=3))
    assert found["bit_error_rate"] == pytest.approx(1 / 8) and found["bit_error_rate_60"] == pytest.approx(1 / 8)
    assert evaluate(Perfect(flip=3), length=120)["length"] == 120


def test_the_same_seed_measures_the_same():
    module = nn.Sequential(nn.Linear(9, 8))
    one, two, other = (evaluate(module, seed=seed, length=5)["bit_error_rate"] for seed in (0, 0, 1))
    assert one == two != other


def test_held_out_tapes_are_not_those_of_validation():
    seen = []

    class Listening(Perfect):
        def forward(self, symbols, cells=None):
            seen.append(symbols)
            return super().forward(symbols)

    for base in (VALIDATION_SEED, 900_000):
        copy_metric.at_length(Listening(), 6, 5, 0, base=base)
    assert not torch.equal(*seen)


def test_recall_counts_items_and_repeat_copy_whole_tapes():
    class Silent(nn.Module):
        def __init__(self, outputs):
            super().__init__()
            self.output = nn.Linear(1, outputs)

        def forward(self, symbols, cells=None):
            return symbols.new_full((*symbols.shape[:2], self.output.out_features), -1.0)

    found = recall_metric.evaluate(TapeStepper(Silent(6), recall), 20, 0)
    assert found["accuracy"] == 0 and found["n"] == 20 * 11 and "accuracy_beyond" in found
    found = repeat_metric.evaluate(TapeStepper(Silent(9), repeat_copy), 20, 0)
    assert found["accuracy"] == 0 and 0.2 < found["bit_error_rate"] < 0.6


@pytest.mark.parametrize("options", [{"length": 0}, {"length": 10_000}, {"cells": 0}, {"cells": 10**9}, {"length": 2.5}])
def test_bad_options_are_told(options):
    with pytest.raises(InputError):
        evaluate(Perfect(), **options)


def test_wrong_bits_by_hand():
    inputs = copy.laid_out(np.ones((1, 2, 8), np.float32))
    found = wrong_bits(Perfect(flip=0), inputs, np.ones((1, 2, 8)))
    assert found.sum() == 2 and found[0, :, 0].all()
