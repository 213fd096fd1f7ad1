"""Places to go to and be at: 学校 → *the school*, *to school*, *at school*."""

from __future__ import annotations

import random
from functools import lru_cache

from . import lexicon
from .engine import Phrase, Slot
from .lexicon import Weighted
from .pieces import tokens


@lru_cache(maxsize=None)
def _places() -> tuple[Phrase, ...]:
    return tuple(_place(row["zh"], row["en"], row["at"], row["to"], row["kind"]) for row in lexicon.table("places"))


def _place(zh: str, en: str, at: str, to: str, kind: str) -> Phrase:
    words = (zh,)
    noun = en if " " in en or en[0].isupper() or kind in ("h", "u", "t") else f"the {en}"
    away = {"here": "here", "there": "there"}.get(en, en)
    forms = {"": tokens(words, noun), "at": tokens(words, at), "to": tokens(words, to or f"to {en}"),
             "from": tokens(words, f"from {away}"), "back": tokens(words, "back " + (to or f"to {en}"))}  # fmt: skip
    forms["poss"] = (*forms[""], ("'s", ()))
    return Phrase(words, forms, "3s", {"kind": kind})


def place(kinds: str = "", exclude: str = "", only: frozenset[str] = frozenset()) -> Slot:
    """A place with forms ``at``, ``to``, ``from``; ``kinds``: c city or country, s good for study, r room, o open country, h, u or t adverb, - other."""

    @lru_cache(maxsize=None)
    def options() -> Weighted:
        chosen = [p for p in _places() if (not kinds or (p.facts["kind"] or "-") in kinds) and (p.facts["kind"] or "-") not in exclude
                  and (not only or p.zh[0] in only)]
        return Weighted(chosen)

    def draw(rng: random.Random, fill: dict) -> Phrase:
        while (chosen := options().draw(rng)) in fill.values():
            pass
        return chosen

    return draw
