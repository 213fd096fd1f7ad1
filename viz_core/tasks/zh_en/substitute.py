"""More training pairs from the same ones: one word exchanged for another of its class, on both sides.

书在桌子上 *The book is on the table* gives 报纸在桌子上 *The newspaper is on the table*. A
word is exchanged only where nothing can go wrong: it stands once in the Chinese, exactly
one form of its English stands once in the English, and the new word has the same
classes, measure word and countability in the grammar's lexicon. The form (singular or
plural), the capital letter and a/an follow.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from viz_core.tasks.zh_en.grammar.english import article, target_words
from viz_core.tasks.zh_en.grammar.lexicon import level_weight, nouns, words
from viz_core.tasks.zh_en.pair import Pair

_NUMBERS = {"两": "two", "三": "three", "四": "four", "五": "five", "六": "six", "七": "seven", "八": "eight", "九": "nine"}
# 月 and 号 name months and days, 第 makes ordinals, 十 百 千 万 and digits make other numbers.
_NUMBER_NEIGHBOURS = frozenset("月 号 第 零 一 二 十 百 千 万 亿 星期 周 半 点 分之 多 几".split())
# Abstract words, weather, events and open places depend too much on what is said about them, adjectives on their noun.
_CLASSES = frozenset(
    """person profession kin animal food fruit drink clothing vehicle device furniture building job_place city country
    subject language sport object tool container reading media plant place meal money""".split()
)
_NEVER = frozenset("人 事 时候 东西 家 年 天 月 星期 小时 分钟 点 日子 头 面 手 心 会 花 中国 中文 汉语".split())
"""Words in too many set phrases to exchange."""


class Term(NamedTuple):
    """A word of the lexicon: Chinese, its English forms, what must be equal for an exchange, and how common it is."""

    zh: str
    forms: tuple[str, ...]
    group: tuple
    weight: float


def substituted(pair: Pair, generator: random.Random) -> Pair | None:
    """The pair with one word exchanged, drawn at random; None where no word may be.

    Links are kept when the English keeps its number of words, and dropped otherwise.
    """
    choices = list(_exchangeable(pair))
    if not choices:
        return None
    position, old, form = generator.choice(choices)
    others = [term for term in _groups()[old.group] if term.zh != old.zh and term.zh not in pair.source]
    if not others:
        return None
    new = generator.choices(others, [term.weight for term in others])[0]
    target = replace_word(pair.target, old.forms[form], new.forms[form])
    same_length = len(target_words(target)) == len(target_words(pair.target))
    return pair._replace(
        id=f"{pair.id}:{old.zh}>{new.zh}",
        source=(*pair.source[:position], new.zh, *pair.source[position + 1 :]),
        target=target,
        alignment=pair.alignment if same_length else None,
        origin=f"{pair.origin}-substituted",
    )


def replace_word(text: str, old: str, new: str) -> str:
    """Put ``new`` in the place of the one ``old``, with its capital letter and the right a or an before it."""
    match = _find(text, old)[0]
    start, end = match.span()
    if text[start].isupper() and not old[0].isupper():
        new = new[:1].upper() + new[1:]
    before = re.sub(r"\b([Aa])n? $", lambda a: f"{a[1]}{article(new)[1:]} ", text[:start])
    return before + new + text[end:]


def _exchangeable(pair: Pair) -> Iterator[tuple[int, Term, int]]:
    """(position in the source, term, index of its form) for every word that may be exchanged."""
    for position, word in enumerate(pair.source):
        if pair.source.count(word) > 1:
            continue
        neighbours = pair.source[max(0, position - 1) : position] + pair.source[position + 1 : position + 2]
        if word in _NUMBERS and any(n in _NUMBER_NEIGHBOURS or n in _NUMBERS for n in neighbours):
            continue
        for term in _terms().get(word, ()):
            found = [len(_find(pair.target, form)) for form in term.forms]
            if sorted(found) == [0] * (len(found) - 1) + [1]:
                yield position, term, found.index(1)


def _find(text: str, word: str) -> list[re.Match[str]]:
    """The places of a word or several, not inside a longer or hyphenated word nor before a bare apostrophe (students').

    Capital letters of the text may differ where ``word`` has none.
    """
    flags = re.IGNORECASE if word.islower() else 0
    return list(re.finditer(rf"(?<![\w-]){re.escape(word)}(?![\w-]|'(?!s))", text, flags))


@lru_cache(maxsize=1)
def _groups() -> dict[tuple, list[Term]]:
    """Terms that may replace one another."""
    groups: dict[tuple, list[Term]] = {}
    for term in _lexicon():
        groups.setdefault(term.group, []).append(term)
    return groups


@lru_cache(maxsize=1)
def _terms() -> dict[str, list[Term]]:
    terms: dict[str, list[Term]] = {}
    for term in _lexicon():
        terms.setdefault(term.zh, []).append(term)
    return terms


def _lexicon() -> Iterator[Term]:
    for noun in nouns():
        # Where singular and plural look alike (fish), the sentence does not say which one it has.
        exact = noun.plural != noun.en and not noun.en.startswith("the ") and " " not in noun.zh
        if exact and noun.zh not in _NEVER and noun.classes <= _CLASSES and noun.classes != {"place"}:
            forms = (noun.en, noun.plural) if noun.plural else (noun.en,)
            group = ("noun", noun.classes, noun.measure, len(forms), noun.en[0].isupper())
            yield Term(noun.zh, forms, group, level_weight(noun.level))
    for row in words("names"):
        yield Term(row["zh"], (row["en"],), ("name", row["kind"]), 1.0)
    for zh, en in _NUMBERS.items():
        yield Term(zh, (en,), ("number",), 1.0)
