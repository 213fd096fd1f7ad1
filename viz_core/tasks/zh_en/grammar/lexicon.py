"""Word lists as tables in memory: nouns by class, adjectives by class, verbs by frame, names.

Frequent words (low HSK level) are drawn more often: a visitor types 朋友 more than 竹子. Level 0 means "everyday, but on
no HSK list".
"""

from __future__ import annotations

import csv
import random
from bisect import bisect
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Callable, Iterable, NamedTuple, Sequence

from viz_core.trace.errors import InputError

_HERE = Path(__file__).parent
_LEVEL_WEIGHT = {1: 30.0, 2: 20.0, 3: 10.0, 0: 2.0, 4: 3.0, 5: 1.0, 6: 0.4}
_INVARIANT = frozenset(["fish", "sheep", "TV series", "series", "aircraft", "deer"])


class Noun(NamedTuple):
    """One noun; ``plural`` is empty for uncountable nouns; ``plural_only`` marks *pants*, *glasses*, *noodles*, and what comes in pairs."""

    zh: str
    level: int
    classes: frozenset[str]
    en: str
    plural: str
    measure: str
    nationality: str = ""
    language: str = ""

    @property
    def plural_only(self) -> bool:
        """Whether only the plural is natural: *these pants are*, *a pair of shoes*."""
        paired = bool(self.plural) and self.measure in ("双", "副")
        return paired or self.plural == self.en and self.en not in _INVARIANT


class Weighted:
    """Items drawn in proportion to their weights."""

    def __init__(self, items: Iterable, weight: Callable = lambda item: 1.0):
        self.items = tuple(items)
        if not self.items:
            raise InputError("a weighted choice has no items: check the class or tag that selected them")
        self._cumulative = list(accumulate(weight(item) for item in self.items))

    def draw(self, rng: random.Random):
        """One item."""
        return self.items[bisect(self._cumulative, rng.random() * self._cumulative[-1])]


def read_table(path: Path) -> list[dict[str, str]]:
    """Rows of a tab-separated file with a header; empty cells are empty strings."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [{key: (value or "").strip() for key, value in row.items() if key} for row in rows if row.get("zh")]


@lru_cache(maxsize=None)
def table(name: str) -> tuple[dict[str, str], ...]:
    """A table of this grammar (``activities``, ``places`` …)."""
    return tuple(read_table(_HERE / "tables" / f"{name}.tsv"))


@lru_cache(maxsize=None)
def words(name: str) -> tuple[dict[str, str], ...]:
    """A word list of the lexicon (``nouns``, ``verbs`` …)."""
    return tuple(read_table(_HERE / "lexicon" / f"{name}.tsv"))


def level_weight(level: int) -> float:
    """How often to draw a word of this HSK level."""
    return _LEVEL_WEIGHT.get(level, 1.0)


@lru_cache(maxsize=None)
def nouns() -> tuple[Noun, ...]:
    """All nouns."""
    return tuple(
        Noun(row["zh"], int(row["level"] or 0), _classes(row), row["en"],
             "" if row["plural"] in ("-", "") else row["plural"], row["measure"] or "个", row["nationality"],
             row["language"])
        for row in words("nouns")
    )  # fmt: skip


_PETS = frozenset("狗 猫 鸟 鱼 马 兔子 小狗 小猫 乌龟".split())
_SEASONINGS = frozenset("油 盐 醋 酱油 糖 白糖 红糖 冰糖 调料 味精 胡椒 花椒 面粉 淀粉 酱 米 粮食 小麦".split())
_OWN_VEHICLES = frozenset("自行车 汽车 车 摩托车 电动车 跑车 小汽车".split())


def _classes(row: dict[str, str]) -> frozenset[str]:
    """The row's classes, and narrower ones: ``printed`` matter, ``pet``, ``own_vehicle``."""
    classes = set(row["classes"].replace(" ", "").split(","))
    if row["zh"] in _SEASONINGS:
        classes -= {"food", "drink"}
    if "money" in classes:
        classes.discard("object")
    if "reading" in classes and row["measure"] in "本份张封":
        classes.add("printed")
    if row["zh"] in _PETS:
        classes.add("pet")
    if row["zh"] in _OWN_VEHICLES:
        classes.add("own_vehicle")
    return frozenset(classes)


@lru_cache(maxsize=None)
def noun(zh: str) -> Noun:
    """The noun written ``zh``."""
    for entry in nouns():
        if entry.zh == zh:
            return entry
    raise InputError(f"the lexicon has no noun {zh!r}: add it to lexicon/nouns.tsv")


@lru_cache(maxsize=None)
def nouns_of(classes: str, exclude: str = "", levels: str = "", without: str = "") -> Weighted:
    """Nouns in any of the ``classes`` (names joined by ``|``), in none of ``exclude``, of one of ``levels`` (digits).

    ``without`` lists single Chinese words to leave out, joined by ``|``.
    """
    wanted, unwanted, words_out = set(classes.split("|")), set(exclude.split("|")), set(without.split("|"))
    chosen = [
        n for n in nouns()
        if n.classes & wanted and not n.classes & unwanted and n.zh not in words_out
        and (not levels or str(n.level) in levels)
    ]  # fmt: skip
    if not chosen:
        raise InputError(f"the lexicon has no noun of class {classes!r}: use a class that lexicon/nouns.tsv knows")
    return Weighted(chosen, lambda n: level_weight(n.level))


def frozen(items: Sequence[str]) -> Weighted:
    """Equally likely items."""
    return Weighted(items)
