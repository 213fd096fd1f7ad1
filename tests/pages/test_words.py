"""Catalogues: complete, compiled, with the same places to fill in; sentences of the core are recognised."""

from __future__ import annotations

import re

import pytest

from viz_core import zoo as zoos
from viz_core.inputs import segment, units
from viz_core.trace.errors import InputError
from viz_core.ui import catalogue, sentences, words

@pytest.fixture
def zoo() -> None:
    """The models that ship: their cards are read here, too."""


FIELDS = re.compile(r"%?\{[^}]*\}|`[^`]*`")


def entries() -> list:
    return [message for message in catalogue.translated("zh_CN") if message.id]


def test_every_sentence_of_pages_and_figures_is_translated() -> None:
    known = {message.id for message in entries() if message.string}
    missing = [m.id for m in catalogue.messages() if m.id and m.id not in known]
    assert not missing, f"translate these in viz_core.po, then run python -m viz_core.ui.catalogue: {missing}"


def test_translations_fill_in_the_same_places() -> None:
    for message in entries():
        assert sorted(FIELDS.findall(message.id)) == sorted(FIELDS.findall(message.string)), message.id


def test_the_compiled_catalogue_is_up_to_date() -> None:
    translate = words.translation("zh_CN")
    assert all(translate(message.id) == message.string for message in entries())
    assert words.translation("en")("Alignment") == "Alignment"


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (units.letters, ""), (units.letters, "a" * 401), (units.letters, "a b"), (units.letters, "a7"), (units.letters, "'"),
        (units.chinese, ""), (units.chinese, "abc"), (segment.segment, "。"),
    ],
)  # fmt: skip
def test_errors_of_the_core_are_recognised(read, text: str) -> None:
    with pytest.raises(InputError) as told:
        read(text)
    found = [p for p in sentences.PATTERNS if sentences._expression(p).fullmatch(str(told.value))]
    assert found, str(told.value)


def test_a_card_speaks_the_reader_s_language() -> None:
    messages = {message.id for message in catalogue.messages()}
    for card in zoos.cards.cards().values():
        assert {card.title, card.data} <= messages
