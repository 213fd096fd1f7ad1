"""What a noun names rightly."""

from pathlib import Path

import pytest

from viz_core.tasks.captions import NOUNS, described
from viz_core.tasks.captions.drawings import drawings
from viz_core.tasks.captions.grammar import noun_of
from viz_core.tasks.captions.naming import _otherwise, apt
from viz_core.tasks.captions.scenes import PARTS, _chance, _described
from viz_core.tasks.everyday_pictures.sources import Item, words


@pytest.mark.parametrize(
    ("class_name", "said", "right"),
    [
        ("microscope", "microscope", True), ("microscope", "telescope", False), ("book", "stack of books", False), ("book", "open book", True),
        ("fish", "tropical fish", True), ("sheep", "a sheep", True), ("shoe", "ballet shoes", False), ("lemon", "lime", False),
    ],
)  # fmt: skip
def test_apt_by_hand(class_name, said, right):
    noun = noun_of(class_name)
    assert noun is not None and apt(Item("emoji", "x.png", Path("x.png"), words(said), ""), noun) == right


def test_other_names_are_no_nouns_of_their_own():
    assert set(_otherwise()) <= {noun.en for noun in NOUNS}
    assert not set().union(*_otherwise().values()) & ({noun.en for noun in NOUNS} - {"star"})  # "Earth and north star" is a globe


def test_scenes_show_apt_drawings_only():
    for part in PARTS:
        assert all(drawing.apt for number in range(400) for drawing in _described(part, _chance(part, number))[1])
    assert any(not drawing.apt for found in drawings("training").values() for drawing in found)
    assert described("held-out", 7) == _described("held-out", _chance("held-out", 7))[0]
