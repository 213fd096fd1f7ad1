"""Time expressions; the tense of the English verb follows from them."""

from __future__ import annotations

import random
from functools import lru_cache

from . import english, lexicon
from .engine import EMPTY, Phrase, Slot, Token
from .lexicon import Weighted
from .pieces import piece


@lru_cache(maxsize=None)
def _times(tenses: str) -> Weighted:
    return Weighted([piece(r["zh"], r["en"]) for r in lexicon.table("times") if r["tense"] in tenses.split()])


def time(tenses: str) -> Slot:
    """A time of one of the ``tenses``: past, future, day (a weekday), habit, part (of the day), season, now, today, recent."""
    return lambda rng, fill: _times(tenses).draw(rng)


def maybe(slot: Slot, chance: float = 0.5) -> Slot:
    """``slot`` or nothing."""
    return lambda rng, fill: slot(rng, fill) if rng.random() < chance else EMPTY


HOURS = ("一", "两", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_DIGITS = "零一二三四五六七八九"
_PARTS = {"早上": "in the morning", "上午": "in the morning", "下午": "in the afternoon", "晚上": "in the evening"}


def chinese_number(value: int) -> str:
    """0 ≤ value < 100,000,000 as Chinese writes it: 二十五, 一百零三, 两千."""
    if value >= 10000:
        high, low = divmod(value, 10000)
        gap = "零" if 0 < low < 1000 else ""
        return ("两" if high == 2 else chinese_number(high)) + "万" + (gap + chinese_number(low) if low else "")
    if value < 10:
        return _DIGITS[value]
    for unit, name in ((1000, "千"), (100, "百"), (10, "十")):
        if value >= unit:
            high, low = divmod(value, unit)
            lead = "" if unit == 10 and high == 1 else "两" if high == 2 and unit == 1000 else _DIGITS[high]
            gap = "零" if low and low < unit // 10 else ""
            tail = chinese_number(low) if low else ""
            return lead + name + gap + ("一" if tail[:1] == "十" and unit > 10 else "") + tail
    raise AssertionError("unreachable: value >= 10 always finds a unit")


def clock(rng: random.Random, fill: dict) -> Phrase:
    """三点, 三点半, 下午两点十分 → *three o'clock*, *half past three*, *ten past two in the afternoon*; form ``at``."""
    hour = rng.randrange(1, 13)
    zh: list[str] = [HOURS[hour - 1], "点"]
    word: Token = (english.number_words(hour), (0,))
    roll = rng.random()
    if roll < 0.55:
        en: tuple[Token, ...] = (word, ("o'clock", (1,)))
    elif roll < 0.8:
        zh.append("半")
        en = (("half", (2,)), ("past", (1,)), word)
    elif roll < 0.9:
        zh.append("一刻")
        en = (("a", (2,)), ("quarter", (2,)), ("past", (1,)), word)
    else:
        minutes = rng.choice((5, 10, 20, 25))
        zh += [chinese_number(minutes), "分"]
        en = ((english.number_words(minutes), (2,)), ("past", (1,)), word)
    if hour < 12 and rng.random() < 0.3:
        part = _part_for(hour, rng)
        links = (0,)
        en = tuple((text, tuple(i + 1 for i in refs)) for text, refs in en)
        en = (*en, *((text, links) for text in _PARTS[part].split()))
        zh = [part, *zh]
    return Phrase(tuple(zh), {"": en, "at": (("at", ()), *en), "until": (("until", ()), *en)})


def _part_for(hour: int, rng: random.Random) -> str:
    if hour in (5, 6):
        return rng.choice(("早上", "下午"))
    if hour in (7, 8):
        return rng.choice(("早上", "晚上"))
    return "上午" if hour in (10, 11) and rng.random() < 0.5 else "晚上" if hour in (9, 10) else "下午" if hour < 5 else "上午"


_UNITS = (("年", "year", ""), ("月", "month", "个"), ("星期", "week", "个"), ("天", "day", ""), ("小时", "hour", "个"),
          ("分钟", "minute", ""))  # fmt: skip


def duration(units: str = "") -> Slot:
    """三年, 两个小时, 半个小时 → *three years*, *two hours*, *half an hour*; ``units`` restricts the Chinese unit."""
    rows = [row for row in _UNITS if not units or row[0] in units.split()]

    def draw(rng: random.Random, fill: dict) -> Phrase:
        zh_unit, en_unit, measure = rng.choice(rows)
        value = rng.choice((5, 10, 15, 20, 30, 40)) if zh_unit == "分钟" else rng.choice((1, 1, 2, 2, 3, 3, 4, 5, 6, 8))
        if zh_unit == "小时" and rng.random() < 0.15:
            return piece("半 个 小时", "half=1 an hour=3")
        if zh_unit == "年" and rng.random() < 0.1:
            return piece("半 年", "half=1 a year=2")
        number = "两" if value == 2 else chinese_number(value)
        words = f"{number} {measure} {zh_unit}".split()
        last = len(words)
        count = "a" if value == 1 else english.number_words(value)
        if value == 1:
            count = english.article(en_unit)
        return piece(" ".join(words), f"{count}=1 {en_unit if value == 1 else en_unit + 's'}={last}")

    return draw


_MONTHS = "January February March April May June July August September October November December".split()


def date(rng: random.Random, fill: dict) -> Phrase:
    """三月五号 → *March fifth*."""
    month, day = rng.randrange(1, 13), rng.randrange(1, 29)
    word = rng.choice(("号", "号", "日"))
    en = ((_MONTHS[month - 1], (0, 1)), (english.ordinal_words(day), (2, 3)))
    return Phrase((chinese_number(month), "月", chinese_number(day), word), {"": en, "on": (("on", ()), *en)})


def month(rng: random.Random, fill: dict) -> Phrase:
    """五月 → *May*."""
    value = rng.randrange(1, 13)
    en = ((_MONTHS[value - 1], (0, 1)),)
    return Phrase((chinese_number(value), "月"), {"": en, "in": (("in", ()), *en)})


def weekday(rng: random.Random, fill: dict) -> Phrase:
    """星期三 → *Wednesday*; form ``on``."""
    value = rng.randrange(7)
    prefix = rng.choice(("星期", "星期", "周", "礼拜"))
    zh = prefix + ("一二三四五六日"[value] if value < 6 or prefix == "周" else rng.choice("天日" if prefix == "星期" else "天"))
    en = (("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()[value], (0,)),)
    return Phrase((zh,), {"": en, "on": (("on", ()), *en)})
