"""Trust tests by words: by hand, and on a loaded decoder and encoder."""

from __future__ import annotations

import numpy as np
import pytest
from tests.models.tiny_generators import generator
from tests.models.tiny_generators import source as plain_source

from viz_core.driver import run
from viz_core.explain.trust import experiment, trust
from viz_core.explain.word_groups import Groups, groups_of, has_words, label, output_words, together
from viz_core.models.protocol import Source
from viz_core.trace import Axis, InputError

GROUPS = Groups(columns=((0, 1), (2,)), rows=((0,), (1, 2)))
MAP = np.array([[0.1, 0.2, 0.7], [0.2, 0.2, 0.6], [0.0, 0.4, 0.6]])


def test_weights_to_a_word_are_summed_and_from_a_word_averaged():
    np.testing.assert_allclose(GROUPS.map(MAP), [[0.3, 0.7], [0.4, 0.6]])
    np.testing.assert_allclose(GROUPS.summed(MAP), [[0.3, 0.7], [0.8, 1.2]])


def test_a_word_goes_with_all_its_tokens():
    assert GROUPS.spread(np.array([[True, False], [False, True]])).tolist() == [[True, True, False], [False, False, True]]


def test_log_p_of_a_word_is_a_sum_and_its_states_are_averaged():
    values = np.array([[-1.0, -2.0, -4.0]])
    assert GROUPS.values(values, "log_prob").tolist() == [[-1, -6]] and GROUPS.values(values, "similarity").tolist() == [[-1, -3]]
    assert GROUPS.tokens([1]).tolist() == [1, 2]


def test_words_are_neighbours_of_one_number():
    assert together([4, 4, 5, 7, 7, 7]) == ((0, 1), (2,), (3, 4, 5)) and together([]) == ()
    assert label(["▁un", "happy"]) == "unhappy" and label(["un", "##happy"]) == "unhappy" and label(["▁"]) == "▁"


def worded(name: str) -> tuple:
    """A random model, and a source of seven tokens in four words."""
    stepper = generator(name, seed=1)
    found = plain_source(stepper, (5, 6, 7, 8, 9, 10, 11))
    axis = Axis("token", found.axis.labels, {"words": [0, 0, 1, 2, 2, 2, 3], "special": [False] * 7})
    return stepper, Source(found.text, axis, found.ids)


@pytest.mark.parametrize("name", ["gpt2", "bart"])
def test_a_test_by_words_is_the_test_of_those_sets(name):
    stepper, source = worded(name)
    choices = [4, 9, 6]
    by_tokens, by_words = (experiment(stepper, source, choices, words=words, orders=8) for words in (False, True))
    assert len(by_words.positions) == 4 and len(by_tokens.positions) == 7 and has_words(source)
    kept = np.array([[True, False, True, True]])
    tokens = by_tokens.readings(np.array([[True, True, False, True, True, True, True]]))
    rows = output_words(stepper, choices)
    np.testing.assert_allclose(by_words.readings(kept)[0], [tokens[0, list(row)].sum() for row in rows], atol=1e-5)
    assert by_words.rivals["shapley"].shape == by_words.rivals["gradient_input"].shape == (len(rows), 4)
    np.testing.assert_allclose(by_words.rivals["shapley"].sum(), by_tokens.rivals["shapley"].sum(), atol=1e-4, err_msg="the whole")


@pytest.mark.parametrize("step", [None, 0])
def test_a_report_by_words(step):
    stepper, source = worded("bart")
    trace = run(stepper, source, "greedy:max_steps=4")
    choices = [item.choice for item in trace.steps]
    by_tokens = trust(stepper, source, trace, None, done=experiment(stepper, source, choices, orders=8))
    done = experiment(stepper, source, choices, words=True, orders=8)
    found = trust(stepper, source, trace, step, done=done)
    assert len(found.positions) == 4 and found.positions.labels == done.positions.labels
    if step is None:
        same = by_tokens.importance[:2].sum(), by_tokens.importance[2], by_tokens.importance[3:6].sum(), by_tokens.importance[6]
        one_each = all(len(row) == 1 for row in done.groups.rows)
        if one_each:
            np.testing.assert_allclose(found.importance, same, atol=1e-5)
        assert found.controls.own * len(done.groups.rows) == pytest.approx(by_tokens.controls.own * len(choices), abs=1e-4)
        assert found.full * len(done.groups.rows) == pytest.approx(by_tokens.full * len(choices), abs=1e-4)


def test_a_source_without_words_is_refused():
    stepper = generator("bart", seed=1)
    with pytest.raises(InputError, match="token by token"):
        experiment(stepper, plain_source(stepper, (5, 6, 7)), [4], words=True, orders=4)


def test_words_of_an_encoder_are_rows_and_columns():
    _, source = worded("bart")
    assert groups_of(object(), source, list(range(1, 7)), list(range(1, 7)), True) == Groups(((0,), (1,), (2, 3, 4), (5,)), ((0,), (1,), (2, 3, 4), (5,)))
