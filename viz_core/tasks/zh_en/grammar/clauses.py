"""Ready clauses about one subject, for 因为…所以, 虽然…但是, 如果…就: cause and consequence that make sense together."""

from __future__ import annotations

import random
from functools import lru_cache

from . import lexicon
from .engine import Phrase, Slot
from .lexicon import Weighted
from .pieces import conjugate, piece, tokens


@lru_cache(maxsize=None)
def _predicates(kind: str) -> Weighted:
    return Weighted([_predicate(row["zh"], row["en"]) for row in lexicon.table("predicates") if kind in row["kinds"].split()])


def _predicate(zh: str, en: str) -> Phrase:
    words = tuple(zh.split())
    (head, links), *tail = tokens(words, en)
    if head in ("will", "can", "can't", "won't", "didn't", "should", "must"):
        whole = ((head, links), *tail)
        return Phrase(words, {"": whole})
    if head == "don't":
        rest = tuple(tail)
        forms = {"": ((head, links), *rest)}
        forms.update({f"present.{p}": ((h, links), *rest) for p, h in (("1s", "don't"), ("2s", "don't"), ("3s", "doesn't"), ("pl", "don't"))})
        return Phrase(words, forms)
    if head == "isn't":
        rest = tuple(tail)
        forms = {"present.1s": (("am", ()), ("not", links), *rest), "present.3s": (("isn't", links), *rest),
                 "present.2s": (("aren't", links), *rest), "present.pl": (("aren't", links), *rest), "": (("isn't", links), *rest)}  # fmt: skip
        return Phrase(words, forms)
    return Phrase(words, conjugate(head, links, tuple(tail)))


def predicate(kind: str) -> Slot:
    """A predicate of the table: ``reason``, ``result``, ``trouble``, ``virtue`` …"""
    return lambda rng, fill: _predicates(kind).draw(rng)


_WEATHER_NOW = Weighted([piece("下雨", "it is=1 raining=1"), piece("下 雪", "it is=1 snowing=1+2"), piece("天气 很 冷", "the weather=1 is very=2 cold=3"),
                         piece("天气 很 热", "the weather=1 is very=2 hot=3"), piece("天气 不 好", "the weather=1 isn't=2 good=3"), piece("天气 很 好", "the weather=1 is very=2 good=3"),
                         piece("外面 很 冷", "it is very=2 cold=3 outside=1"), piece("风 很 大", "the wind=1 is very=2 strong=3")])  # fmt: skip


def weather_now(rng: random.Random, fill: dict) -> Phrase:
    """下雨 → *it is raining*."""
    return _WEATHER_NOW.draw(rng)
