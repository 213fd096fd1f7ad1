"""The shipped split: fixed, complete, and with nothing in two places."""

import hashlib
from itertools import product
from string import ascii_lowercase

import pytest

from viz_core.tasks.g2p import PHONEMES, SYMBOLS, Entry, development, held_out, split, training
from viz_core.trace.errors import InputError

TOY = tuple(
    Entry(first + second, (("K",), ("AE", "T"))) for first, second in product(ascii_lowercase, "xy")
)


@pytest.mark.parametrize(
    "path, digest",
    [
        (split.HELD_OUT_FILE, "383977292eddc7be4f856ac8697b5b0992b5dc9a8895c85a1d746ac6729e5a7b"),
        (split.DEVELOPMENT_FILE, "9f055d010c8480931e90f9350b10533880e6d4cb403049f2ad4dbfa5a524e3b0"),
    ],
)
def test_the_files_never_change(path, digest):
    """Reported numbers are comparable only while these entries stay the same."""
    text = path.read_text(encoding="ascii")
    assert hashlib.sha256(text.encode("ascii")).hexdigest() == digest


@pytest.mark.parametrize("entries, size", [(held_out(), 5_000), (development(), 1_000)])
def test_shipped_entries_are_distinct_and_well_formed(entries, size):
    assert len({entry.spelling for entry in entries}) == len(entries) == size
    assert list(entries) == sorted(entries)
    for spelling, pronunciations in entries:
        assert 1 <= len(spelling) <= 20 and set(spelling) <= set(SYMBOLS)
        assert pronunciations and len(set(pronunciations)) == len(pronunciations)
        assert all(said and set(said) <= set(PHONEMES) for said in pronunciations)


def test_held_out_and_development_share_no_spelling():
    assert not {entry.spelling for entry in held_out()} & {
        entry.spelling for entry in development()
    }


def test_training_leaves_out_every_reserved_spelling(monkeypatch):
    fresh = Entry("zzyzx", (("Z", "AY", "Z", "IH", "K", "S"),))
    monkeypatch.setattr(
        split, "dictionary", lambda: held_out()[:3] + development()[:3] + (fresh,)
    )
    training.cache_clear()
    try:
        assert training() == (fresh,)
    finally:
        training.cache_clear()


def test_draw_is_disjoint_sorted_and_ignores_the_order_of_entries():
    test, choose = split.draw_split(TOY, held_out_size=10, development_size=5)
    assert (len(test), len(choose)) == (10, 5)
    assert not set(test) & set(choose)
    assert list(test) == sorted(test) and list(choose) == sorted(choose)
    assert split.draw_split(TOY[::-1], 10, 5) == (test, choose)


def test_draw_from_too_few_entries_is_refused():
    with pytest.raises(InputError, match="52 entries cannot give a split of 53"):
        split.draw_split(TOY, held_out_size=50, development_size=3)


def test_entries_survive_writing_and_reading(tmp_path):
    path = tmp_path / "entries.tsv"
    split.write_entries(TOY, path)
    assert path.read_bytes().startswith(b"ax\tK\tAE T\nay\tK\tAE T\n")
    assert split.read_entries(path) == TOY


@pytest.mark.parametrize("line", ["cat", "cat\t", "\tK AE T", ""])
def test_damaged_line_is_named(tmp_path, line):
    path = tmp_path / "entries.tsv"
    path.write_text(f"dog\tD AO G\n{line}\n")
    with pytest.raises(InputError, match=r"Line 2 of entries.tsv"):
        split.read_entries(path)
