"""Whether a noun names a picture rightly: the classes of everyday_pictures are broader than the words of a caption.

A telescope lies in the class of microscopes, a stack of books among books, and neither is a microscope or a book.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from viz_core.tasks.captions.grammar import NOUNS
from viz_core.tasks.everyday_pictures import Item


def apt(item: Item, noun: int) -> bool:
    """Do a picture's words neither say that it shows several ("stack of books") nor another thing of the class (otherwise.txt)?"""
    several = {NOUNS[noun].plural} - {NOUNS[noun].en}
    return not (several | _otherwise().get(NOUNS[noun].en, frozenset())) & set(item.words)


@lru_cache(maxsize=1)
def _otherwise() -> dict[str, frozenset[str]]:
    """Noun → words of things that lie in its class and are called otherwise."""
    lines = Path(__file__).with_name("otherwise.txt").read_text(encoding="utf-8").splitlines()
    return {noun: frozenset(words) for noun, *words in (line.split() for line in lines)}
