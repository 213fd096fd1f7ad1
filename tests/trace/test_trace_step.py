import numpy as np
import pytest

from viz_core.trace import Axis, Candidates, InputError, Quantity, ShapeError, Step, numbered


def test_quantity_has_one_axis_a_dimension():
    item = Quantity("gate", "i_t", [numbered("channel", 2)], [0.1, 0.9])
    assert item.axes == (numbered("channel", 2),) and item.values.dtype == np.float32
    assert Quantity("norm", "x", (), 3.0).values.shape == ()
    with pytest.raises(ShapeError, match=r"quantity 'gate' has shape \(2,\) but its axes \(step, channel\) have sizes \(1, 2\)"):
        Quantity("gate", "i_t", (Axis("step", ("0",)), numbered("channel", 2)), [0.1, 0.9])
    with pytest.raises(InputError, match="quantity symbol is a value of type NoneType; give text"):
        Quantity("gate", None, (), 1.0)


def test_candidates_best_first():
    item = Candidates(["a", 1], [7, 2], [-0.1, -np.inf])
    assert item.labels == ("a", "1") and item.choices.dtype == np.int64
    Candidates("ab", [0, 1], [-np.inf, -np.inf])
    Candidates("a", [0], [5e-5])  # rounding of log-softmax


@pytest.mark.parametrize("values", [[-2, -1], [0.5, -1], [-1, np.nan], [np.nan, -1]])
def test_candidates_that_are_not_sorted_log_probabilities(values):
    with pytest.raises(InputError, match="must be ≤ 0 and sorted from best to worst; take them"):
        Candidates("ab", [0, 1], values)


@pytest.mark.parametrize(("labels", "choices", "values"), [("a", [1, 2], [0, 0]), ("ab", [[1, 2]], [0, 0]), ("ab", [1, 2], [0])])
def test_candidates_of_different_lengths(labels, choices, values):
    with pytest.raises(ShapeError, match="give one of each a candidate"):
        Candidates(labels, choices, values)


def test_quantities_are_made_once_at_first_use():
    calls = []
    made = (Quantity("h", "h", (), 1.0), Quantity("c", "c", (), 2.0))
    step = Step(0, "a", details=lambda: calls.append(1) or list(made))
    assert not calls
    assert step.quantities == made and step.quantity("c") is made[1] and calls == [1]
    with pytest.raises(InputError, match="step 0 has no quantity 'q'; it has: h, c"):
        step.quantity("q")
    assert Step(0, "a", details=list(made)).quantities == made
    with pytest.raises(InputError, match="it has: none"):
        Step(1, "a").quantity("q")


def test_numbers_of_a_step_are_python_numbers():
    step = Step(0, "a", choice=np.int64(3), log_prob=np.float32(-0.5))
    assert type(step.choice) is int and type(step.log_prob) is float


@pytest.mark.parametrize("value", [0.1, float("nan"), float("inf")])
def test_log_probability_of_a_step_is_at_most_0(value):
    with pytest.raises(InputError, match="step 4 has log-probability .*; it must be ≤ 0, or None"):
        Step(4, "a", log_prob=value)


def test_words_of_a_step_are_text():
    with pytest.raises(InputError, match="emitted of step 0 is '3' .int.; give text"):
        Step(0, "a", emitted=3)
