"""One translation example, the record every corpus here is made of."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple


class Pair(NamedTuple):
    """A Chinese sentence in words and its English translation.

    ``alignment`` holds links (source word, target word), the target cut by
    ``grammar.english.target_words``; None where no alignment is known. ``origin`` names the corpus:
    "hsk", "hsk-substituted", "authored", "authored-substituted", "grammar", "cedict" or "everyday".
    """

    id: str
    source: tuple[str, ...]
    target: str
    alignment: frozenset[tuple[int, int]] | None
    origin: str


def is_punctuation(text: str) -> bool:
    """Whether the text is made of punctuation and symbols only (and is not empty)."""
    return bool(text) and all(unicodedata.category(c)[0] in "PS" for c in text)
