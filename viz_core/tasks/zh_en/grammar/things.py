"""Things with determiners, numbers, measure words and colours.

Article rule (one rendering each, so that it can be learned): a bare Chinese noun is a plural or a mass noun (吃苹果 → *eat
apples*); rooms, buildings and other one-of-a-kind things are definite (房间 → *the room*); 一 → *a*.
"""

from __future__ import annotations

import random

from . import english
from .engine import Phrase, Slot
from .lexicon import Noun, nouns_of
from .pieces import Part, chain
from .pronouns import OWNERS

_MASS_UNITS = {
    "杯": ("cup", "cups"), "瓶": ("bottle", "bottles"), "碗": ("bowl", "bowls"), "块": ("piece", "pieces"),
    "片": ("slice", "slices"), "盒": ("box", "boxes"), "袋": ("bag", "bags"), "包": ("pack", "packs"),
    "斤": ("jin", "jin"), "顿": ("", ""), "滴": ("drop", "drops"),
}  # fmt: skip
_PAIRS = frozenset("双副条")
NUMERALS = (("两", 2), ("三", 3), ("四", 4), ("五", 5), ("六", 6), ("七", 7), ("八", 8), ("九", 9), ("十", 10))


def words_of(entry: Noun, plural: bool = False) -> Part:
    """The noun itself, singular or plural."""
    text = (entry.plural or entry.en) if plural else entry.en
    return (entry.zh,), tuple((word, (0,)) for word in text.split())


def determined(entry: Noun, determiner: str, rng: random.Random, middle: Part | None = None) -> Phrase:
    """``entry`` with a determiner: ``bare the this that these those a number some many my``; ``middle`` is an adjective."""
    if determiner in ("a", "number", "howmany") and not countable(entry) or determiner == "some" and not entry.plural:
        determiner = "bare"
    many = determiner in ("these", "those", "number", "some", "many", "bare", "howmany")
    plural = (many or entry.plural_only) and bool(entry.plural)
    person_code = "pl" if plural else "3s"
    middles = (middle,) if middle else ()
    return chain(*_determiner(entry, determiner, rng), *middles, words_of(entry, plural), person=person_code)


def _determiner(entry: Noun, determiner: str, rng: random.Random) -> tuple[Part, ...]:
    measure, single = entry.measure, not entry.plural_only
    if determiner in ("bare", "kind"):
        return ()
    if determiner == "howmany":
        return ((("几", measure), (("how", (0,)), ("many", (0,)))),)
    if determiner == "which":
        return ((("哪", measure), (("which", (0, 1)),)),)
    if determiner == "any":
        return (((), (("a", ()),)),) if entry.plural and single else ()
    if determiner == "the":
        return () if entry.en.startswith("the ") else (((), (("the", ()),)),)
    if determiner in ("this", "that"):
        zh = "这" if determiner == "this" else "那"
        word = determiner if single else {"this": "these", "that": "those"}[determiner]
        return (((zh, measure), ((word, (0, 1)),)),)
    if determiner in ("these", "those"):
        word = determiner if entry.plural else {"these": "this", "those": "that"}[determiner]
        return ((("这些" if determiner == "these" else "那些",), ((word, (0,)),)),)
    if determiner == "my":
        owner = OWNERS.draw(rng)
        return (((*owner.zh, "的"), ((owner.en("poss")[0][0], (0, 1)),)),)
    return (_quantity(entry, determiner, rng),)


def _quantity(entry: Noun, determiner: str, rng: random.Random) -> Part:
    measure = entry.measure
    if determiner == "some":
        word = rng.choice(("一些", "好几")) if entry.plural else "一些"
        return ((word,) if word == "一些" else (word, measure), (("some" if word == "一些" else "several", (0,)),))
    if determiner == "many":
        return ("很多",), (("many" if entry.plural else "a lot of", (0,)),) if entry.plural else tuple(
            (w, (0,)) for w in "a lot of".split())  # fmt: skip
    zh, value = ("一", 1) if determiner == "a" else _numeral(rng)
    number = "a" if value == 1 else english.number_words(value)
    if entry.plural_only and measure in _PAIRS:
        unit = "pair" if value == 1 else "pairs"
        return (zh, measure), ((number, (0,)), (unit, (1,)), ("of", (1,)))
    if not entry.plural or entry.plural_only:
        unit = ("tablet", "tablets")[value > 1] if entry.zh.endswith("药") and measure == "片" else _MASS_UNITS[measure][value > 1]
        return (zh, measure), ((number, (0,)), (unit, (1,)), ("of", (1,)))
    return (zh, measure), ((number, (0,)),)


def _numeral(rng: random.Random) -> tuple[str, int]:
    return NUMERALS[min(int(rng.expovariate(0.45)), len(NUMERALS) - 1)]


def countable(entry: Noun) -> bool:
    """Whether a number can stand before the noun with its measure word in good English."""
    if entry.plural_only:
        return entry.measure in _PAIRS or bool(_MASS_UNITS.get(entry.measure, ("",))[0])
    return bool(entry.plural) or bool(_MASS_UNITS.get(entry.measure, ("",))[0])


_NOBODYS = frozenset(["place", "building", "weather", "nature"])


def thing(classes: str, determiners: str, **limits: str) -> Slot:
    """A noun of ``classes`` with one of the ``determiners`` (blank-separated, repeats weigh more).

    Two slots of one sentence do not share a noun.
    """
    options = determiners.split()

    def draw(rng: random.Random, fill: dict) -> Phrase:
        for _ in range(200):
            entry, determiner = nouns_of(classes, **limits).draw(rng), rng.choice(options)
            if _natural(entry, determiner) and all(other.facts.get("noun") is not entry for other in fill.values()):
                break
        phrase = determined(entry, determiner, rng)
        it = ((("them" if phrase.person == "pl" else "it"), ()),)
        return phrase._replace(facts={"noun": entry}, forms={**phrase.forms, "pro": it})

    return draw


def _natural(entry: Noun, determiner: str) -> bool:
    if entry.en.startswith("the "):
        return determiner == "the"
    if determiner == "kind":
        return not entry.plural_only
    if determiner == "my":
        return not entry.classes & _NOBODYS
    if determiner == "some":
        return bool(entry.plural)
    return determiner not in ("a", "number", "this", "that", "howmany", "which") or countable(entry)


_COLORS = (("红色", "red"), ("白色", "white"), ("黑色", "black"), ("蓝色", "blue"), ("绿色", "green"), ("黄色", "yellow"),
           ("灰色", "gray"), ("紫色", "purple"), ("粉色", "pink"), ("红", "red"), ("白", "white"), ("黑", "black"), ("蓝", "blue"))  # fmt: skip


def color(rng: random.Random) -> Part:
    """红色 的, 红 → *red*."""
    zh, en = rng.choice(_COLORS)
    return ((zh, "的"), ((en, (0, 1)),)) if len(zh) == 2 else ((zh,), ((en, (0,)),))


def colored_clothing(rng: random.Random, fill: dict) -> Phrase:
    """红色的裙子 → *a red skirt*, 黑色的鞋 → *black shoes*."""
    entry = nouns_of("clothing", levels="1230", without="服装|内衣|眼镜|太阳镜|口罩").draw(rng)
    article: Part = ((), (("a", ()),) if entry.plural and not entry.plural_only else ())
    return chain(article, color(rng), words_of(entry, entry.plural_only))
