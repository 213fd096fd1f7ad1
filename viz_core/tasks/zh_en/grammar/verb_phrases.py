"""Verb phrases: ready activities (看 电视 → *watch TV*) and verbs of the lexicon with a fitting object."""

from __future__ import annotations

import random
from functools import lru_cache

from . import lexicon
from .engine import Phrase, Slot, Token
from .lexicon import Weighted, level_weight, nouns_of
from .things import countable, determined
from .whereabouts import place
from .pieces import conjugate, verb_piece


@lru_cache(maxsize=None)
def _activities(tags: str, exclude: str) -> Weighted:
    rows = [r for r in lexicon.table("activities") if set(tags) <= set(r["tags"]) and not set(exclude) & set(r["tags"])]
    return Weighted([verb_piece(row["zh"], row["en"]) for row in rows])


def activity(tags: str = "", exclude: str = "") -> Slot:
    """A ready activity; ``tags``: d takes time, h people like it, s it is a skill, t a task that can be finished."""
    return lambda rng, fill: _activities(tags, exclude).draw(rng)


# No progress, no plan: states of mind and belonging, and things that happen to people.
_STATES = frozenset("有 住 认识 知道 懂 爱 要 影响 相信 了解 明白 需要 记得 同意 信任 尊重 羡慕 喜欢 讨厌 怕 害怕 熟悉 属于 "
                    "拥有 缺少 像 姓 是 恨 反对 支持 关心 想念 看不起 原谅 当 跟 分 花 点 开始 结束 来 经过 欢迎 佩服 依靠".split())
_ONLY = {"听": "音乐,歌,新闻,广播,古典音乐,流行音乐,录音,讲座,故事"}
_HAPPENINGS = frozenset("看见 遇到 发现 忘记 丢 听见 看到 听到 见到 碰见 碰到 得到 收到 失去 错过 获得 赢 输 打破 摔 提高 "
                        "弄丢 弄坏 通过 打碎 受到 引起 造成 忘 增加 减少 降低 改变".split())  # fmt: skip


@lru_cache(maxsize=None)
def transitive(levels: str, only: str = "") -> Weighted:
    """Verbs with an object and a person as subject.

    ``only``: verbs joined by ``|``, or ``happening`` for things that befall people; otherwise deliberate actions.
    """
    wanted = _HAPPENINGS if only == "happening" else set(only.split("|")) if only else None
    rows = [
        row for row in lexicon.words("verbs")
        if row["frame"] == "transitive" and "person" in row["subjects"] and row["level"] in levels
        and (row["objects"] or row["nouns"]) and (row["zh"] in wanted if wanted is not None else row["zh"] not in _STATES | _HAPPENINGS)
    ]  # fmt: skip
    return Weighted(rows, lambda row: level_weight(int(row["level"])))


def verb_with_object(determiners: str, levels: str = "1230", only: str = "") -> Slot:
    """A transitive verb of the lexicon and an object it can take, with one of ``determiners``."""
    options = determiners.split()

    def draw(rng: random.Random, fill: dict) -> Phrase:
        row = transitive(levels, only).draw(rng)
        built = with_object(row, object_for(row, rng.choice(options), rng))
        return _ready().get("".join(built.zh), built)

    return draw


@lru_cache(maxsize=None)
def _ready() -> dict[str, Phrase]:
    """Activities by their Chinese text: their wording wins, so that one Chinese phrase has one translation."""
    return {row["zh"].replace(" ", ""): verb_piece(row["zh"], row["en"]) for row in lexicon.table("activities")}


def object_for(row: dict[str, str], determiner: str, rng: random.Random) -> Phrase:
    """An object that the verb in ``row`` takes."""
    nouns = _ONLY.get(row["zh"]) or row["nouns"]
    if nouns:
        entry = lexicon.noun(rng.choice(nouns.replace(" ", "").split(",")))
    else:
        entry = nouns_of(row["objects"].replace(",", "|").replace(" ", ""), levels="12340").draw(rng)
    if determiner in ("a", "number", "this", "that") and not countable(entry):
        determiner = "bare"
    if determiner == "some" and not entry.plural:
        determiner = "bare"
    if "kin" in entry.classes:
        determiner = "my"
    elif entry.classes & {"subject", "language", "sport", "money"} and determiner == "my":
        determiner = "bare"
    return determined(entry, determiner, rng)._replace(facts={"noun": entry, "verb": row})


def with_object(row: dict[str, str], obj: Phrase) -> Phrase:
    """The verb phrase of a lexicon row and an object."""
    tail = tuple((text, tuple(i + 1 for i in links)) for text, links in obj.en("obj"))
    return Phrase((row["zh"], *obj.zh), _verb_forms(row["zh"], row["en"], tail), facts=obj.facts)


def _verb_forms(zh: str, en: str, tail: tuple[Token, ...]) -> dict[str, tuple[Token, ...]]:
    head, *particles = en.split()
    return conjugate(head, (0,), (*((word, (0,)) for word in particles), *tail))


def does(tags: str = "", exclude: str = "", determiners: str = "bare bare this my") -> Slot:
    """Either a ready activity or a verb with an object."""
    ready, built = activity(tags, exclude), verb_with_object(determiners)
    return lambda rng, fill: (ready if rng.random() < 0.7 else built)(rng, fill)


@lru_cache(maxsize=None)
def _by_place() -> dict[str, Weighted]:
    known = {row["zh"]: verb_piece(row["zh"], row["en"]) for row in lexicon.table("activities")}
    return {row["zh"]: Weighted([known[zh] for zh in row["activities"].split(";")]) for row in lexicon.table("place_activities")}


def activity_at(slot: str) -> Slot:
    """What people do at the place in ``slot``: 图书馆 → 看书."""
    return lambda rng, fill: _by_place()[fill[slot].zh[0]].draw(rng)


def busy_place(exclude: str = "") -> Slot:
    """A place where the table of places knows what people do."""
    return place(exclude=exclude, only=frozenset(row["zh"] for row in lexicon.table("place_activities")))
