"""Ready phrases from one line of text: ``piece("看 电视", "watch TV")`` links 看–watch and 电视–TV.

Links are written ``word=1+2`` (numbers of the Chinese words), or left out: then articles stay unlinked, a preposition goes
with the word before it, and the remaining words are linked one to one; a single Chinese word takes all of them.
"""

from __future__ import annotations

from functools import lru_cache

from viz_core.trace.errors import InputError

from . import english
from .engine import Phrase, Token

Part = tuple[tuple[str, ...], tuple[Token, ...]]

_ARTICLES = frozenset(["a", "an", "the"])
_PREPOSITIONS = frozenset("to of at in on for with up off about from out by back".split())
_PUNCTUATION = frozenset(",?!")
_BE_PRESENT = {"1s": "am", "2s": "are", "3s": "is", "pl": "are"}


def tokens(zh: tuple[str, ...], en: str) -> tuple[Token, ...]:
    """English words with links into ``zh``."""
    written = en.split()
    if any("=" in word for word in written):
        return tuple(_explicit(word) for word in written)
    if len(zh) == 1:
        return tuple((word, () if word in _PUNCTUATION or word in _ARTICLES and len(written) > 1 else (0,)) for word in written)
    content = [word for word in written if word not in _ARTICLES | _PREPOSITIONS]
    if len(content) != len(zh):
        raise InputError(f"cannot link {en!r} to {' '.join(zh)!r} word by word: write the links, as in 'watch=1 TV=2'")
    linked, position = [], -1
    for word in written:
        if word in _ARTICLES:
            linked.append((word, ()))
            continue
        position += word not in _PREPOSITIONS
        linked.append((word, (max(position, 0),)))
    return tuple(linked)


def _explicit(word: str) -> Token:
    text, _, links = word.partition("=")
    return text, tuple(int(i) - 1 for i in links.split("+")) if links else ()


@lru_cache(maxsize=None)
def piece(zh: str, en: str, person: str = "3s", **facts: object) -> Phrase:
    """A phrase with one English form."""
    words = tuple(zh.split())
    return Phrase(words, {"": tokens(words, en)}, person, facts)


@lru_cache(maxsize=None)
def noun_piece(zh: str, en: str, person: str = "3s", plural: str = "") -> Phrase:
    """A noun phrase with a possessive form (``my mother 's``) and, if given, a plural."""
    words = tuple(zh.split())
    plain = tokens(words, en)
    forms = {"": plain, "poss": (*plain, ("'s", ()))}
    if plural:
        forms["pl"] = tokens(words, plural)
    return Phrase(words, forms, person)


def conjugate(head: str, links: tuple[int, ...], tail: tuple[Token, ...]) -> dict[str, tuple[Token, ...]]:
    """All forms of a verb phrase: base, three presents, past (by person for *be*), participle, gerund."""
    def form(word: str) -> tuple[Token, ...]:
        return ((word, links), *tail)

    base, past = form(head), form(english.past(head))
    third = form(english.third(head))
    present = {p: form(_BE_PRESENT[p]) if head == "be" else (third if p == "3s" else base) for p in english.PERSONS}
    return {
        "": base, "base": base, "past": past, "pp": form(english.participle(head)), "ing": form(english.gerund(head)),
        **{f"present.{p}": f for p, f in present.items()},
    }  # fmt: skip


@lru_cache(maxsize=None)
def verb_piece(zh: str, en: str) -> Phrase:
    """A verb phrase; the first English word is the verb."""
    words = tuple(zh.split())
    (head, links), *tail = tokens(words, en)
    return Phrase(words, conjugate(head, links, tuple(tail)))


def chain(*parts: Part, person: str = "3s") -> Phrase:
    """Parts one after another, in the same order in both languages; with a possessive form."""
    zh: tuple[str, ...] = ()
    en: list[Token] = []
    for words, english_side in parts:
        en += [(text, tuple(i + len(zh) for i in links)) for text, links in english_side]
        zh += words
    plain = tuple(en)
    owned = "'" if person == "pl" and plain[-1][0].endswith("s") else "'s"
    return Phrase(zh, {"": plain, "poss": (*plain, (owned, ()))}, person)
