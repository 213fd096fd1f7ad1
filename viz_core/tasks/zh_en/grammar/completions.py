"""Verbs with a result, a possibility or a direction: 看完 → *finish reading*, 听不懂 → *can't understand*, 跑出去 → *run out*."""

from __future__ import annotations

import random
from functools import lru_cache

from . import lexicon
from .engine import Phrase, Slot
from .lexicon import Weighted
from .things import determined
from .pieces import tokens, verb_piece, conjugate


@lru_cache(maxsize=None)
def _table(name: str, kind: str) -> Weighted:
    rows = [row for row in lexicon.table(name) if kind in row["kinds"].split()]
    return Weighted(rows)


def completed(kind: str, determiners: str) -> Slot:
    """A result verb and an object it takes, for instance 找到 我 的 钥匙 → *find my key*; ``kind`` selects rows."""
    options = determiners.split()

    def draw(rng: random.Random, fill: dict) -> Phrase:
        row = _table("results", kind).draw(rng)
        entry = lexicon.noun(rng.choice(row["nouns"].split(",")))
        obj = determined(entry, rng.choice(options), rng)
        words = tuple(row["zh"].split())
        (head, links), *tail = tokens(words, row["en"])
        shifted = tuple((text, tuple(i + len(words) for i in refs)) for text, refs in obj.en())
        position = next((i for i, (text, _) in enumerate(tail) if text == "_"), len(tail))
        rest = (*tail[:position], *shifted, *tail[position + 1 :])
        facts = {"split": len(words), "noun": entry, "person": obj.person}
        forms = conjugate(head, links, rest)
        bare = conjugate(head, links, tuple(token for token in tail if token[0] != "_"))
        return Phrase((*words, *obj.zh), {**forms, "done": bare["pp"], "object": shifted}, obj.person, facts)

    return draw


def fixed_verbs(*pairs: tuple[str, str]) -> Slot:
    """One of these ready verb phrases."""
    options = Weighted([verb_piece(zh, en) for zh, en in pairs])
    return lambda rng, fill: options.draw(rng)
