"""Bare phrases: single words, nouns with adjectives, amounts, verb and object, compounds; and fixed expressions."""

# ruff: noqa: E501  (a table: one pattern a line)

from __future__ import annotations

import random
from functools import lru_cache

from .. import lexicon
from ..adjectives import fitting, quality_of
from ..engine import Pattern as P, Phrase
from ..lexicon import Weighted, level_weight, nouns_of
from ..people import kin, name, person, titled
from ..pronouns import pronoun
from ..things import color, determined, thing
from ..whereabouts import place
from ..nouns import city, country, language, nationality
from ..pieces import piece
from ..times import time
from ..verb_phrases import activity, verb_with_object
from ..furnishing import spot

_ALL = "food|fruit|drink|animal|clothing|object|tool|reading|device|vehicle|furniture|building|plant|container|media"


@lru_cache(maxsize=None)
def _table(file: str) -> Weighted:
    return Weighted([piece(row["zh"], row["en"]) for row in lexicon.table(file)])


def fixed(rng: random.Random, fill: dict) -> Phrase:
    """你好 → *hello*."""
    return _table("fixed").draw(rng)


def compound(rng: random.Random, fill: dict) -> Phrase:
    """机器学习 → *machine learning*."""
    return _table("compounds").draw(rng)


@lru_cache(maxsize=None)
def _vocabulary(list_name: str) -> Weighted:
    rows = [row for row in lexicon.words(list_name) if row["en"] and row.get("frame") != "verbal" and row["zh"] not in ("会", "能", "要")]
    seen: dict[str, dict[str, str]] = {}
    for row in rows:
        seen.setdefault(row["zh"], row)
    return Weighted([(piece(row["zh"], row["en"]), int(row["level"] or 0)) for row in seen.values()], lambda pair: level_weight(pair[1]) ** 0.5)


def word(list_name: str):
    """A single word of a word list, as in a dictionary."""
    return lambda rng, fill: _vocabulary(list_name).draw(rng)[0]


def described(rng: random.Random, fill: dict) -> Phrase:
    """漂亮 的 衣服, 很 贵 的 车 → *beautiful clothes*, *a very expensive car*: bare things are plural, after 一 single."""
    while True:
        entry = nouns_of(_ALL).draw(rng)
        options = fitting(entry)
        if options and not entry.en.startswith("the "):
            break
    row, adjective = options.draw(rng)
    style = rng.random()
    english_adjective = tuple((text, (0,)) for text, _ in adjective.en())
    if len(row["zh"]) == 1 and style < 0.3:
        middle = ((row["zh"],), english_adjective)
    elif style < 0.75:
        middle = ((row["zh"], "的"), tuple((text, (0, 1)) for text, _ in english_adjective))
    else:
        middle = (("很", row["zh"], "的"), (("very", (0,)), *((text, (1, 2)) for text, _ in english_adjective)))
    return determined(entry, rng.choice(("bare", "a", "this", "that", "my")) if entry.plural else "bare", rng, middle)


def colored(rng: random.Random, fill: dict) -> Phrase:
    """红色 的 衣服 → *red clothes*."""
    entry = nouns_of("clothing|vehicle|furniture|plant|container|device|building|animal", levels="1230").draw(rng)
    middle = color(rng)
    if len(middle[0][0]) == 1 and entry.zh[0] in "绿红白黑蓝":
        middle = (("红色", "的"), (("red", (0, 1)),))
    choices = ("bare", "bare", "a", "this", "my") if entry.plural else ("bare",)
    return determined(entry, rng.choice(choices), rng, middle)


PATTERNS = [
    P("fixed", "{x}", "{x}", weight=14, x=fixed),
    P("compound", "{x}", "{x}", weight=14, kind="phrase", x=compound),
    P("np.described", "{x}", "{x}", weight=8, kind="phrase", x=described),
    P("np.colored", "{x}", "{x}", weight=5, kind="phrase", x=colored),
    P("np.amount", "{x}", "{x}", weight=6, kind="phrase", x=thing(_ALL + "|person", "a number number some many this that these those")),
    P("np.mine", "{x}", "{x}", weight=3, kind="phrase", x=thing(_ALL, "my")),
    *(P(f"np.and.{kind}", "{x} 和 {y}", "{x} and=和 {y}", weight=1, kind="phrase", x=thing(kind, "bare", levels="1230"),
        y=thing(kind, "bare", levels="1230")) for kind in ("food", "fruit", "drink", "animal", "clothing", "furniture")),
    P("np.person.and", "{x} 和 {y}", "{x} and=和 {y}", weight=1.5, kind="phrase", x=kin, y=kin),
    P("np.kin", "{x}", "{x}", weight=1.5, kind="phrase", x=kin),
    P("np.title", "{x}", "{x}", weight=1, kind="phrase", x=titled),
    P("np.name", "{x}", "{x}", weight=1, kind="phrase", x=name),
    P("np.city", "{x}", "{x}", weight=1.5, kind="phrase", x=city),
    P("np.country", "{x}", "{x}", weight=1.5, kind="phrase", x=country),
    P("np.nationality", "{x}", "{x}", weight=1, kind="phrase", x=nationality),
    P("np.language", "{x}", "{x}", weight=1, kind="phrase", x=language),
    P("np.pronoun", "{x}", "{x}", weight=.5, kind="phrase", x=pronoun),
    P("np.pronoun.of", "{x} 的", "{x.mine}=的", weight=.5, kind="phrase", x=pronoun),
    P("np.spot", "{x}", "{x}", weight=2, kind="phrase", x=spot()),
    P("np.place", "在 {x}", "{x.at}=在", weight=1.5, kind="phrase", x=place()),
    P("np.of.city", "{x} 的 {y}", "{x.poss}=的 {y}", weight=1.5, kind="phrase", x=city, y=thing("weather|food|building", "bare", levels="123")),
    P("np.time", "{x}", "{x}", weight=2, kind="phrase", x=time("past future habit part day season now today")),
    P("word.noun", "{x}", "{x}", weight=12, kind="phrase", x=word("nouns")),
    P("word.verb", "{x}", "{x}", weight=5, kind="phrase", x=word("verbs")),
    P("word.adjective", "{x}", "{x}", weight=5, kind="phrase", x=word("adjectives")),
    P("word.adverb", "{x}", "{x}", weight=2, kind="phrase", x=word("adverbs")),
    P("vp.activity", "{x}", "{x}", weight=6, kind="phrase", x=activity()),
    P("vp.built", "{x}", "{x}", weight=5, kind="phrase", x=verb_with_object("bare bare this a my number")),
    P("vp.not", "不 {x}", "not=不 {x}", weight=1, kind="phrase", x=activity()),
    P("adj.very", "很 {a}", "very=很 {a}", weight=2, kind="phrase", o=thing(_ALL, "bare"), a=quality_of("o")),
    P("adj.most", "最 {a} 的 {o}", "the=最 {a.est}=的 {o}", weight=2, kind="phrase", o=thing(_ALL, "kind"), a=quality_of("o")),
]
