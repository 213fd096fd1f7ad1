"""Tapes by hand, and whatever a person may type."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viz_core.tasks.tapes import LONGEST, TASKS, copy, recall, repeat_copy
from viz_core.trace import InputError

SETTINGS = settings(max_examples=150, deadline=None)
TASK = pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)


def test_a_copy_tape_by_hand():
    tape = copy.read("10000001 01100000")
    assert tape.inputs.shape == (5, 9)
    assert tape.inputs[0].tolist() == [1, 0, 0, 0, 0, 0, 0, 1, 0]
    assert tape.inputs[2].tolist() == [0] * 8 + [1], "the end mark alone"
    assert not tape.inputs[3:].any(), "blank while the machine speaks"
    np.testing.assert_array_equal(tape.targets, tape.inputs[:2, :8])
    assert tape.labels == ("10000001", "01100000", "end", "say 1", "say 2")


def test_a_repeat_copy_tape_by_hand():
    tape = repeat_copy.read("10000001 01100000 x2")
    assert tape.inputs.shape == (2 + 1 + 2 * 2 + 1, 10)
    assert tape.inputs[2, 8:].tolist() == pytest.approx([1, (2 - 5.5) / 2.872])
    assert [list(map(int, row)) for row in tape.targets] == [
        [1, 0, 0, 0, 0, 0, 0, 1, 0], [0, 1, 1, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 1, 0], [0, 1, 1, 0, 0, 0, 0, 0, 0], [0] * 8 + [1],
    ]  # fmt: skip


def test_a_recall_tape_by_hand():
    tape = recall.read("100000 010000 001000 | 000100 000010 000001 | 111111 000000 111111 ? 100000 010000 001000")
    assert tape.inputs.shape == (3 * 4 + 5 + 3, 8)
    assert np.flatnonzero(tape.inputs[:, 6]).tolist() == [0, 4, 8], "an item begins"
    assert np.flatnonzero(tape.inputs[:, 7]).tolist() == [12, 16], "the query begins and ends"
    assert ["".join(str(int(bit)) for bit in row) for row in tape.targets] == ["000100", "000010", "000001"], "the item after it"
    assert not tape.inputs[-3:].any()


def test_the_asked_item_is_followed_by_the_answer():
    inputs, targets = recall.draw(np.random.default_rng(0), 50, 5)
    for row, right in zip(inputs, targets, strict=True):
        np.testing.assert_array_equal(recall.read(recall.text(row)).targets, right)


@TASK
def test_drawing_is_seeded(task):
    one, two, other = (task.draw(np.random.default_rng(seed), 3) for seed in (1, 1, 2))
    assert np.array_equal(one[0], two[0]) and np.array_equal(one[1], two[1])
    assert one[0].shape != other[0].shape or not np.array_equal(one[0], other[0])


@TASK
def test_lengths_stay_inside_the_trained_range(task):
    ticks = {task.draw(np.random.default_rng(seed), 1)[0].shape[1] for seed in range(80)}
    least, most = ({task.draw(np.random.default_rng(0), 1, n)[0].shape[1] for n in task.TRAINED} for _ in range(2))
    assert len(ticks) > 4
    if task is not repeat_copy:
        assert min(ticks) >= min(least) and max(ticks) <= max(most)


@TASK
def test_text_reads_back(task):
    for seed in range(10):
        inputs, targets = task.draw(np.random.default_rng(seed), 1)
        tape = task.read(task.text(inputs[0]))
        np.testing.assert_allclose(tape.inputs, inputs[0], atol=1e-6)
        np.testing.assert_array_equal(tape.targets, targets[0])
        assert len(tape.labels) == len(tape.inputs)


def test_narrow_vectors_are_filled_with_zeros():
    np.testing.assert_array_equal(copy.read("1 01 111").targets[:, :3], [[1, 0, 0], [0, 1, 0], [1, 1, 1]])


@pytest.mark.parametrize(
    ("task", "text", "said"),
    [
        (copy, "", "the tape is empty"),
        (copy, "10102", "has '2'"),
        (copy, "1010101010", "has 10 bits"),
        (copy, "1 " * 2000, "2,000 vectors"),
        (copy, "１０", "neither 0 nor 1"),
        (repeat_copy, "1010 0101", "end with how often"),
        (repeat_copy, "1010 x0", "end with how often"),
        (repeat_copy, "1010 " * 100 + "x9", "900"),
        (repeat_copy, "x3", "the tape is empty"),
        (recall, "1 1 1", "asks for nothing"),
        (recall, "1 1 1 | 0 0 1 ? 0 0 1", "is the last item"),
        (recall, "1 1 1 | 0 0 1 ? 0 1 1", "is not on the tape"),
        (recall, "1 1 | 0 0 1 ? 1 1", "has 2 vectors"),
        (recall, "1 1 1 | " * 100 + "0 0 1 ? 1 1 1", "items"),
    ],
)
def test_bad_tapes_are_told_in_one_sentence(task, text, said):
    with pytest.raises(InputError, match=said) as error:
        task.read(text)
    assert "\n" not in str(error.value) and len(str(error.value)) < 300


@TASK
@SETTINGS
@given(text=st.one_of(st.text(max_size=80), st.text(alphabet="01 x|?3", max_size=120), st.lists(st.text("01", max_size=9), max_size=300).map(" ".join)))
def test_any_text_is_a_tape_or_one_sentence(task, text):
    try:
        tape = task.read(text)
    except InputError as error:
        assert len(str(error)) < 300 and "\n" not in str(error)
        return
    assert len(tape.inputs) == len(tape.labels) and len(tape.targets) <= LONGEST + 1
    assert set(np.unique(tape.targets)) <= {0.0, 1.0}
