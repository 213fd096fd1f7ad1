"""Held-out, validation and training stories are fixed and have nothing in common."""

from __future__ import annotations

import hashlib

import pytest

from viz_core.tasks.stories import split
from viz_core.trace.errors import InputError


@pytest.mark.parametrize("number", [4, 15])
def test_sets_share_no_story(number, monkeypatch):
    monkeypatch.setattr(split, "TRAINING", 2000)
    sets = [{story.text for story in part} for part in (split.held_out(number), split.validation(number), split.training(number))]
    assert [len(one) for one in sets[:2]] == [1000, 500] and len(split.training(number)) == 2000
    assert not sets[0] & sets[1] and not sets[0] & sets[2] and not sets[1] & sets[2]


def test_held_out_stories_are_those_the_published_numbers_were_measured_on():
    text = "\n".join(story.text + story.answer for number in (1, 5, 14) for story in split.held_out(number))
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "2b136a34c6d4dd39"


def test_an_unknown_family_is_named():
    with pytest.raises(InputError, match="17"):
        split.held_out(17)
