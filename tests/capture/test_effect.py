"""Before and after, by hand."""

import math

import pytest
import torch

from viz_core.capture import compare
from viz_core.trace.errors import InputError, ShapeError


def test_divergence_and_change_by_hand():
    before, after = torch.tensor([[0.0, math.log(3.0)]]), torch.tensor([[0.0, 0.0]])  # (1/4, 3/4) → (1/2, 1/2)
    effect = compare(before, after, token=1)
    assert effect.kl.item() == pytest.approx(0.25 * math.log(0.5) + 0.75 * math.log(1.5), abs=1e-6)
    assert effect.change.item() == pytest.approx(math.log(0.5 / 0.75), abs=1e-6)
    torch.testing.assert_close(effect.token_before.exp(), torch.tensor([0.75]))


def test_equal_outputs_and_impossible_classes():
    logits = torch.tensor([1.0, -torch.inf, 2.0])
    effect = compare(logits, logits)
    assert effect.kl.item() == 0 and effect.change is None
    assert compare(torch.zeros(3), logits).kl.item() == math.inf  # what was possible is impossible now


def test_half_precision_and_batches():
    before, after = torch.randn(4, 7).bfloat16(), torch.randn(4, 7).bfloat16()
    expected = torch.nn.functional.kl_div(after.float().log_softmax(-1), before.float().softmax(-1), reduction="none").sum(-1)
    torch.testing.assert_close(compare(before, after).kl, expected)


def test_bad_outputs():
    with pytest.raises(ShapeError, match=r"\(2,\) and \(3,\)"):
        compare(torch.zeros(2), torch.zeros(3))
    with pytest.raises(InputError, match="no output 2; give a number in 0 … 1"):
        compare(torch.zeros(2), torch.zeros(2), token=2)
