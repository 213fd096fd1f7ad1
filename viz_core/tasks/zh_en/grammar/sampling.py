"""Sentences out of patterns: punctuation, word boundaries as visitors' input gets them, the held-out part."""

from __future__ import annotations

import hashlib
import itertools
import random
import re
from functools import lru_cache
from typing import Iterator, NamedTuple, Sequence

from viz_core.inputs.segment import segment

from .engine import Pattern, Phrase, with_articles
from .english import spell
from .lexicon import Weighted

_FINAL = {".": "。", "?": "？", "!": "！"}
_PARTICLES = frozenset("吗呢吧啊")
PUNCTUATED = 0.65
"""Share of sentences that end with punctuation, on both sides or on neither."""


class Sentence(NamedTuple):
    """A translation pair.

    ``source``: Chinese words as ``inputs.segment`` cuts them; ``target``: English text; ``alignment``: pairs (index in ``source``,
    index in ``target_words(target)``); ``pattern``: which pattern made it.
    """

    source: tuple[str, ...]
    target: str
    alignment: frozenset[tuple[int, int]]
    pattern: str


@lru_cache(maxsize=1)
def _patterns() -> Weighted:
    from .patterns import PATTERNS

    return Weighted(PATTERNS, lambda pattern: pattern.weight)


def pattern_ids() -> tuple[str, ...]:
    """Names of all patterns."""
    return tuple(pattern.name for pattern in _patterns().items)


def sample(rng: random.Random) -> Sentence:
    """One sentence from a pattern drawn by weight."""
    return from_pattern(_patterns().draw(rng), rng)


def from_pattern(pattern: Pattern, rng: random.Random) -> Sentence:
    """One sentence of ``pattern``."""
    return realise(pattern.sample(rng), pattern.name, pattern.kind, rng.random() < PUNCTUATED)


def realise(phrase: Phrase, name: str, kind: str, punctuated: bool) -> Sentence:
    """Spell out both sides, cut the Chinese with ``segment``, and carry the links over by character positions."""
    zh, tokens = list(phrase.zh), with_articles(phrase.en())
    if kind == "sentence":
        zh, tokens = _end(zh, tokens, punctuated)
    source = tuple(segment("".join(zh)))
    words_at = _overlaps(zh, source)
    alignment = {(word, index) for index, (_, links) in enumerate(tokens) for p in links for word in words_at[p]}
    target = spell([text for text, _ in tokens], sentence=kind == "sentence")
    return Sentence(source, target, frozenset(alignment), name)


def _end(zh: list[str], tokens: list, punctuated: bool) -> tuple[list[str], list]:
    mark = "."
    if tokens[-1][0] in _FINAL:
        mark, _ = tokens.pop()
    if not punctuated:
        return zh, tokens
    links = (len(zh),)
    linked = {p for _, positions in tokens for p in positions}
    if mark == "?" and zh[-1] in _PARTICLES and len(zh) - 1 not in linked:
        links = (len(zh) - 1, len(zh))
    return [*zh, _FINAL[mark]], [*tokens, (mark, links)]


def _overlaps(units: Sequence[str], words: Sequence[str]) -> list[list[int]]:
    """For each unit, the indices of the words that share a character with it."""
    owner = [index for index, word in enumerate(words) for _ in word]
    spans, start = [], 0
    for unit in units:
        spans.append(sorted(set(owner[start : start + len(unit)])))
        start += len(unit)
    return spans


_PUNCTUATION = re.compile(r"[。？！，、.?!,\s]+$")


def is_held_out(source: Sequence[str]) -> bool:
    """Whether a Chinese sentence belongs to the held-out fiftieth; final punctuation does not matter."""
    text = _PUNCTUATION.sub("", "".join(source))
    return int(hashlib.sha1(text.encode()).hexdigest(), 16) % 50 == 0


def training(seed: int) -> Iterator[Sentence]:
    """Endless sentences that are not held out."""
    rng = random.Random(seed)
    while True:
        sentence = sample(rng)
        if not is_held_out(sentence.source):
            yield sentence


def held_out(n: int, seed: int = 0) -> list[Sentence]:
    """``n`` distinct sentences that training never sees."""
    rng = random.Random(f"held-out {seed}")
    found: dict[tuple[str, ...], Sentence] = {}
    drawn = (sample(rng) for _ in itertools.count())
    while len(found) < n:
        sentence = next(drawn)
        if is_held_out(sentence.source):
            found.setdefault(sentence.source, sentence)
    return list(found.values())
