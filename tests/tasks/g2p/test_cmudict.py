"""The dictionary reader: what is kept, what is grouped, what is refused."""

import pytest

from viz_core.tasks.g2p import PHONEMES, SYMBOLS, Entry
from viz_core.tasks.g2p.cmudict import parse
from viz_core.trace.errors import InputError


def test_symbols_are_the_letters_and_the_apostrophe():
    assert "".join(SYMBOLS) == "abcdefghijklmnopqrstuvwxyz'"


def test_phonemes_are_39_distinct_symbols_without_stress():
    assert len(PHONEMES) == len(set(PHONEMES)) == 39
    assert all(phoneme.isalpha() for phoneme in PHONEMES)


def test_alternatives_are_grouped_under_one_lower_cased_spelling():
    lines = ["TOMATO  T AH0 M EY1 T OW2\n", "CAT  K AE1 T\n", "TOMATO(1)  T AH0 M AA1 T OW2\n"]
    assert parse(lines) == (
        Entry("cat", (("K", "AE", "T"),)),
        Entry(
            "tomato",
            (("T", "AH", "M", "EY", "T", "OW"), ("T", "AH", "M", "AA", "T", "OW")),
        ),
    )


def test_pronunciations_that_differ_in_stress_only_become_one():
    (entry,) = parse(["RECORD  R IH0 K AO1 R D", "RECORD(1)  R IH1 K AO0 R D"])
    assert entry.pronunciations == (("R", "IH", "K", "AO", "R", "D"),)


@pytest.mark.parametrize(
    "headword", ["A.", "A42128", "{BRACE", "CO-OP", "'", "ABCDEFGHIJKLMNOPQRSTU", ";;;"]
)
def test_other_headwords_are_left_out(headword):
    assert parse([f"{headword}  K AE1 T"]) == ()


@pytest.mark.parametrize("headword", ["ABCDEFGHIJKLMNOPQRST", "'BOUT", "A'S", "A"])
def test_letters_and_apostrophes_up_to_twenty_are_kept(headword):
    assert parse([f"{headword}  K AE1 T"]) == (Entry(headword.lower(), (("K", "AE", "T"),)),)


def test_unknown_phoneme_is_named():
    with pytest.raises(InputError, match=r"'CAT' holds 'QQ'; expected one of the 39"):
        parse(["CAT  K QQ1 T"])


def test_headword_without_phonemes_is_named():
    with pytest.raises(InputError, match=r"'CAT' has no phonemes"):
        parse(["CAT"])
