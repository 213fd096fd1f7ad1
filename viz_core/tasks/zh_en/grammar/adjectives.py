"""Adjectives that fit their noun: 很贵 for a coat, 很高 for a person."""

from __future__ import annotations

import random
from functools import lru_cache

from . import english, lexicon
from .engine import Phrase, Slot
from .lexicon import Noun, Weighted, level_weight
from .pieces import tokens

# Not after 很, and not compared: a matter of yes or no, or only used before a noun.
_NOT_GRADED = frozenset("主要 真 错 对 假 晴 阴 多 少 男 女 一般 彩色 死 空 满 全 相同 唯一 所有 真正 免费 正式 特别 久 著名 共同 单独 "
                        "基本 个人 整个 其他 公共 国际 一定 最近 专业 固定 故意 好 坏 红 绿 蓝 黑 白 黄 紫 灰 粉 银 金 棕 圆 方 红色 "
                        "绿色 黑色 白色 蓝色 黄色 紫色 灰色 粉色 木头 优秀 完美 巨大 放心".split())  # fmt: skip
_GOOD = {"zh": "好", "level": "1", "en": "good", "classes": "", "nouns": "", "comparative": "", "superlative": ""}
# Feelings and states: natural in a predicate (他很累), odd before a noun (累的人).
_STATES = frozenset("累 忙 困 饿 渴 饱 放心 清楚 着急 担心 满意 生气 害怕 难过 小心 失望 激动 兴奋 吃惊 紧张 开心 伤心 高兴 疼 无聊 难受 烦 辛苦 不舒服 愉快 后悔 感动 抱歉 放松 轻松 准时 得意 幸福 寂寞 孤独 急 合格 清醒".split())  # fmt: skip


def _phrase(row: dict[str, str]) -> Phrase:
    zh, en = (row["zh"],), row["en"]
    forms = {"": tokens(zh, en), "er": tokens(zh, row["comparative"] or english.comparative(en)),
             "est": tokens(zh, row["superlative"] or english.superlative(en))}  # fmt: skip
    more = forms["er"]
    growing = (more[0], ("and", ()), more[0], *more[1:]) if more[0][0] == "more" else (*more, ("and", ()), *more)
    forms["growing"] = growing
    return Phrase(zh, forms, facts={"adjective": row})


@lru_cache(maxsize=None)
def _all() -> tuple[tuple[dict[str, str], Phrase], ...]:
    return tuple((row, _phrase(row)) for row in lexicon.words("adjectives") if not row["en"].startswith("made of"))


@lru_cache(maxsize=None)
def fitting(entry: Noun, plain: bool = False) -> Weighted | None:
    """Adjectives for a noun; ``None`` when the lexicon has none."""
    chosen = [
        (row, phrase) for row, phrase in _all()
        if row["level"] in "1230 4" and row["zh"] not in _NOT_GRADED and (not plain or _plain(row)) and _fits(row, entry)
    ]  # fmt: skip
    return Weighted(chosen, lambda pair: level_weight(int(pair[0]["level"]))) if chosen else None


def _fits(row: dict[str, str], entry: Noun) -> bool:
    if row["nouns"]:
        return entry.zh in row["nouns"].replace(" ", "").split(",")
    classes = entry.classes - {"person"} if "person" in entry.classes and len(entry.classes) > 3 else entry.classes
    return bool(classes & set(row["classes"].replace(" ", "").split(",")))


_GOOD_TRAITS = frozenset("高 漂亮 聪明 可爱 年轻 帅 勇敢 诚实 幽默 热情 健康 友好 有钱 善良 自信 努力 认真 有名 好看 能干 温柔 活泼 客气 耐心".split())
_BAD_TRAITS = frozenset("笨 懒 矮 胖 粗心 穷 自私 小气 老 固执".split())


def _plain(row: dict[str, str]) -> bool:
    """Whether 不 can stand before it: 不高, but not 不有钱 or 不不舒服."""
    return row["zh"][0] not in "有受不无没难"


@lru_cache(maxsize=None)
def _people(kind: str) -> Weighted:
    chosen = [
        phrase for row, phrase in _all()
        if "person" in row["classes"].split(",") and row["zh"] not in _NOT_GRADED and not row["nouns"]
        and row["level"] in "12304" and row["zh"] not in ("新", "专业", "普通", "可怜", "清醒")
        and {"state": row["zh"] in _STATES, "trait": row["zh"] not in _STATES, "good": row["zh"] in _GOOD_TRAITS,
             "bad": row["zh"] in _BAD_TRAITS, "plain": _plain(row), "": True}[kind]
    ]  # fmt: skip
    return Weighted(chosen, lambda phrase: level_weight(int(phrase.facts["adjective"]["level"])))


def quality(kind: str = "", other: str = "") -> Slot:
    """An adjective for people: any, or a passing ``state``, a lasting ``trait``, a ``good`` or ``bad`` trait.

    ``other`` names a slot whose adjective must not be repeated.
    """

    def draw(rng: random.Random, fill: dict) -> Phrase:
        while True:
            phrase = _people(kind).draw(rng)
            if not other or fill[other].en() != phrase.en():
                return phrase

    return draw


def quality_of(slot: str, plain: bool = False) -> Slot:
    """A gradable adjective that fits the noun in ``slot``; 好 where the lexicon offers none. ``plain``: can follow 不."""

    def draw(rng: random.Random, fill: dict) -> Phrase:
        options = fitting(fill[slot].facts["noun"], plain)
        return options.draw(rng)[1] if options else _phrase(_GOOD)

    return draw
