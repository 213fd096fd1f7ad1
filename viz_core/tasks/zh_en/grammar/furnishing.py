"""Where things are: 桌子上 → *on the table*, 学校旁边 → *next to the school*."""

from __future__ import annotations

import random
from functools import lru_cache

from .engine import Phrase
from .lexicon import Weighted, noun

_ON = "桌子 椅子 床 沙发 书架 书桌 墙"
_IN = "房间 教室 冰箱 箱子 盒子 书包 包 杯子 瓶子 碗 行李箱 抽屉 办公室 厨房 客厅 卧室 公园 医院 图书馆 超市 商店 学校 城市"
_BY = "学校 医院 银行 商店 超市 饭店 火车站 图书馆 邮局 宾馆 公园 公司 机场 桌子 门 窗户 书店 电影院 酒店 餐厅"
_UNDER = "桌子 椅子 床 沙发 树"
_RELATIONS = (
    ("上", "on", _ON), ("上面", "on", _ON), ("里", "in", _IN), ("里面", "in", _IN), ("里边", "in", _IN), ("下面", "under", _UNDER), ("下", "under", _UNDER),
    ("旁边", "next to", _BY), ("前面", "in front of", _BY), ("后面", "behind", _BY), ("对面", "across from", _BY),
    ("附近", "near", _BY), ("左边", "to the left of", _BY), ("右边", "to the right of", _BY),
)  # fmt: skip


def _spot(place: str, zh: str, en: str) -> Phrase:
    entry = noun(place)
    relation = tuple((word, (1,)) for word in en.split())
    tokens = (*relation, ("the", ()), *((word, (0,)) for word in entry.en.split()))
    return Phrase((place, zh), {"": tokens}, facts={"relation": zh})


@lru_cache(maxsize=None)
def _spots(relations: str, roomy: bool) -> Weighted:
    wanted = relations.split()
    return Weighted([
        _spot(place, zh, en) for zh, en, places in _RELATIONS if not wanted or zh in wanted
        for place in places.split() if not roomy or noun(place).classes & {"building", "room", "place"}
    ])  # fmt: skip


def spot(relations: str = "", roomy: bool = False):
    """A position relative to a thing; ``relations`` restricts the position words; ``roomy``: large enough for people."""

    def draw(rng: random.Random, fill: dict) -> Phrase:
        return _spots(relations, roomy).draw(rng)

    return draw
