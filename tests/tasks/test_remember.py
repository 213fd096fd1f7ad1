"""The remember-the-first task: what a source is, what is right to say, what is refused."""

from __future__ import annotations

import random

import pytest

from viz_core.tasks import remember
from viz_core.trace import InputError


def test_a_source_has_the_asked_number_of_fillers_between_first_letter_and_question():
    units = remember.source(5, random.Random(0))
    assert len(units) == 7 and units[-1] == "?" and set(units[:-1]) <= set(remember.LETTERS)


def test_only_the_last_position_answers_and_with_the_first_letter():
    assert remember.target(("C", "A", "D", "?")) == ("·", "·", "·", "C")


def test_held_out_sources_repeat_with_their_seed_and_change_with_it():
    assert remember.held_out(10, 3, seed=1) == remember.held_out(10, 3, seed=1) != remember.held_out(10, 3, seed=2)


def test_reading_forgives_case_spaces_and_the_question_mark():
    assert remember.read(" c a D ") == ("C", "A", "D", "?") == remember.read("CAD?")


@pytest.mark.parametrize(("text", "said"), [("", "no letter"), ("?", "no letter"), ("CAZ", "'Z'"), ("C?A", r"'\?'"), ("A" * 302, "302 letters")])
def test_what_cannot_be_read_is_named(text, said):
    with pytest.raises(InputError, match=said):
        remember.read(text)


@pytest.mark.parametrize("fillers", [-1, 301])
def test_fillers_out_of_range_are_refused(fillers):
    with pytest.raises(InputError, match=str(fillers)):
        remember.source(fillers, random.Random(0))
