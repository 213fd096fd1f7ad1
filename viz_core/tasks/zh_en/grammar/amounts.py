"""Numbers in use: money, ages, years, amounts; each one phrase with exact links."""

from __future__ import annotations

import random

from . import english
from .engine import Phrase, Slot, Token
from .times import chinese_number


def number_between(low: int, high: int, step: int = 1) -> Slot:
    """A number in words on both sides; now and then in digits on both sides."""

    def draw(rng: random.Random, fill: dict) -> Phrase:
        value = rng.randrange(low, high + 1, step)
        if rng.random() < 0.15:
            return Phrase((str(value),), {"": ((str(value), (0,)),)}, "pl" if value != 1 else "3s")
        return _by_magnitude(value)

    return draw


def _by_magnitude(value: int) -> Phrase:
    """0 ≤ value < 10,000: thousands, hundreds and the rest linked one by one."""
    zh, rest, tokens = chinese_number(value), value, []
    parts: list[str] = []
    for unit, mark in ((1000, "千"), (100, "百")):
        if rest >= unit:
            head, zh = zh.split(mark, 1)
            tokens += [(word, (len(parts),)) for word in english.number_words(rest // unit * unit).split()]
            parts.append(head + mark)
            rest %= unit
    if zh:
        tokens += [(word, (len(parts),)) for word in english.number_words(rest).split()]
        parts.append(zh)
    return Phrase(tuple(parts), {"": tuple(tokens)}, "3s" if value == 1 else "pl")


_PRICES = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 20, 25, 30, 35, 40, 45, 50, 60, 80, 90, 100, 120, 150, 200, 300, 500, 800, 1000, 2000, 5000)


def price(rng: random.Random, fill: dict) -> Phrase:
    """二十块钱 → *twenty yuan*."""
    value = rng.choice(_PRICES)
    unit = rng.choice((("块",), ("块", "钱"), ("元",), ("块",)))
    links = tuple(range(1, 1 + len(unit)))
    if rng.random() < 0.15:
        return Phrase((str(value), *unit), {"": ((str(value), (0,)), ("yuan", links))})
    zh = "两" if value == 2 else chinese_number(value)
    words: tuple[Token, ...] = tuple((word, (0,)) for word in english.number_words(value).split())
    return Phrase((zh, *unit), {"": (*words, ("yuan", links))})


def age(rng: random.Random, fill: dict) -> Phrase:
    """二十岁 → *twenty years old*."""
    value = rng.randrange(1, 90)
    zh = str(value) if rng.random() < 0.15 else "两" if value == 2 else chinese_number(value)
    word = zh if zh.isdigit() else english.number_words(value)
    years = "year" if value == 1 else "years"
    return Phrase((zh, "岁"), {"": ((word, (0,)), (years, (1,)), ("old", (1,)))}, facts={"value": value})


def year(rng: random.Random, fill: dict) -> Phrase:
    """2024年 or 二零二四年 → *2024*."""
    value = str(rng.randrange(1950, 2031))
    zh = value if rng.random() < 0.6 else "".join("零一二三四五六七八九"[int(digit)] for digit in value)
    en = ((value, (0, 1)),)
    return Phrase((zh, "年"), {"": en, "in": (("in", ()), *en)})


def times_count(rng: random.Random, fill: dict) -> Phrase:
    """两次, 三遍 → *twice*, *three times*."""
    value = rng.choice((1, 1, 2, 2, 3, 3, 4, 5))
    zh = "两" if value == 2 else chinese_number(value)
    measure = rng.choice(("次", "次", "遍"))
    words = {1: ("once",), 2: ("twice",)}.get(value, (english.number_words(value), "times"))
    tokens = ((words[0], (0, 1)),) if len(words) == 1 else ((words[0], (0,)), (words[1], (1,)))
    return Phrase((zh, measure), {"": tokens})
