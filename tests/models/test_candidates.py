import numpy as np
import pytest
import torch

from viz_core.models.candidates import candidates
from viz_core.trace import Candidates, InputError

LABELS = "abcde"


def test_most_probable_first_for_every_step():
    table = torch.tensor([[0.1, 0.4, 0.2, 0.3, 0.0], [0.5, 0.2, 0.1, 0.1, 0.1]]).log()
    found, log_probs = candidates(table, [3, 0], LABELS, top=3)
    assert [item.labels for item in found][0] == ("b", "d", "c")
    assert found[1].labels[:2] == ("a", "b")
    np.testing.assert_allclose(np.exp(found[0].log_probs), [0.4, 0.3, 0.2], atol=1e-6)
    np.testing.assert_allclose(np.exp(log_probs), [0.3, 0.5], atol=1e-6)


def test_the_chosen_output_is_always_there_and_the_worst_makes_room():
    found, log_probs = candidates(torch.tensor([[0.1, 0.4, 0.2, 0.3]]).log(), [0], LABELS, top=2)
    assert found[0].labels == ("b", "a") and found[0].choices.tolist() == [1, 0]
    np.testing.assert_allclose(np.exp(found[0].log_probs), [0.4, 0.1], atol=1e-6)
    assert log_probs == found[0].log_probs[1:].tolist()


def test_what_has_probability_0_is_no_candidate():
    found, _ = candidates(torch.tensor([[0.0, 0.6, 0.0, 0.4]]).log(), [1], LABELS, top=4)
    assert found[0].labels == ("b", "d") and found[0].choices.tolist() == [1, 3]


def test_what_is_made_without_checks_passes_them():
    generator = torch.Generator().manual_seed(0)
    table = torch.randn(50, 20, generator=generator).log_softmax(-1)
    found, _ = candidates(table, torch.randint(20, (50,), generator=generator).tolist(), [f"w{i}" for i in range(20)])
    for one in found:
        again = Candidates(one.labels, one.choices, one.log_probs)
        assert again.choices.tolist() == one.choices.tolist() and (again.log_probs == one.log_probs).all()
        assert one.choices.dtype == np.int64 and one.log_probs.dtype == np.float32
        assert not one.choices.flags.writeable and not one.log_probs.flags.writeable


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_becomes_single(dtype):
    found, log_probs = candidates(torch.tensor([[0.5, 0.3, 0.2]]).log().to(dtype), [0], LABELS)
    assert found[0].log_probs.dtype == np.float32 and log_probs[0] == found[0].log_probs[0]


def test_log_probabilities_that_are_none_are_told():
    with pytest.raises(InputError, match="must be ≤ 0 and sorted"):
        candidates(torch.tensor([[0.1, float("nan"), -3.0]]), [2], LABELS)
