"""Single nouns with the forms a pattern needs: jobs, nationalities, countries, languages."""

from __future__ import annotations

import random
from functools import lru_cache

from .engine import Phrase
from .lexicon import Noun, Weighted, level_weight, nouns_of

_NO_JOB = "国王|公主|王子|将军|总统|总理|主席|皇帝|女王|王后|博士|硕士|员工|模特|师傅"


def _words(text: str, *before: str) -> tuple:
    return (*((word, ()) for word in before), *((word, (0,)) for word in text.split()))


@lru_cache(maxsize=None)
def _job(entry: Noun) -> Phrase:
    forms = {"": _words(entry.en, "a"), "present.pl": _words(entry.plural), "pl": _words(entry.plural),
             "the": _words(entry.en, "the"), "kind": _words(entry.en)}  # fmt: skip
    return Phrase((entry.zh,), forms)


def job(rng: random.Random, fill: dict) -> Phrase:
    """老师 → *a teacher*; ``{j|s}`` becomes *teachers* after a plural subject."""
    entry = nouns_of("profession", without=_NO_JOB).draw(rng) if rng.random() < 0.85 else nouns_of("person", without="", levels="1", exclude="kin|profession").draw(rng)
    return _job(entry) if entry.zh not in ("人", "先生", "小姐", "朋友", "同学") else job(rng, fill)


@lru_cache(maxsize=None)
def _countries() -> Weighted:
    chosen = [n for n in nouns_of("country").items if n.nationality and n.nationality != "New Zealander"]
    return Weighted(chosen, lambda n: 30 if n.zh == "中国" else 8 if n.zh in "美国英国法国德国日本韩国" else 1)


def nationality(rng: random.Random, fill: dict) -> Phrase:
    """中国 人 → *Chinese*."""
    entry = _countries().draw(rng)
    return Phrase((entry.zh, "人"), {"": tuple((word, (0, 1)) for word in entry.nationality.split())})


def country(rng: random.Random, fill: dict) -> Phrase:
    """法国 → *France*."""
    return name_of(_countries().draw(rng))


def city(rng: random.Random, fill: dict) -> Phrase:
    """北京 → *Beijing*."""
    return name_of(nouns_of("city").draw(rng) if rng.random() < 0.5 else rng.choice(nouns_of("city").items[:4]))


@lru_cache(maxsize=None)
def name_of(entry: Noun) -> Phrase:
    """A noun as it stands, with a possessive."""
    plain = _words(entry.en)
    return Phrase((entry.zh,), {"": plain, "poss": (*plain, ("'s", ()))}, facts={"noun": entry})


def where_from(rng: random.Random, fill: dict) -> Phrase:
    """A city or a country."""
    return (city if rng.random() < 0.5 else country)(rng, fill)


@lru_cache(maxsize=None)
def _languages() -> Weighted:
    chosen = [n for n in nouns_of("language").items if n.zh not in ("语言", "方言", "拉丁语", "外语")]
    return Weighted(chosen, lambda n: level_weight(n.level) * (6 if n.en in ("Chinese", "English") else 1))


def language(rng: random.Random, fill: dict) -> Phrase:
    """汉语 → *Chinese*."""
    return name_of(_languages().draw(rng))
