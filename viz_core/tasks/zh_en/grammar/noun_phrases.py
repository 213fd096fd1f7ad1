"""Noun phrases: pronouns, people, things with determiners, numbers, measure words and adjectives, places.

Article rule (one rendering each, so that it can be learned): a bare Chinese noun as an object is a plural or a mass noun
(吃苹果 → *eat apples*); rooms, buildings and other one-of-a-kind things are definite (房间 → *the room*); 一 → *a*.
"""

from __future__ import annotations

import random
from functools import lru_cache
from typing import Callable

from . import english, lexicon
from .engine import Phrase, Slot, Token
from .lexicon import Noun, Weighted, nouns_of
from .pieces import noun_piece, tokens

Part = tuple[tuple[str, ...], tuple[Token, ...]]

_PRONOUNS = (
    ("我", "I", "me", "my", "myself", "1s", 30), ("你", "you", "you", "your", "yourself", "2s", 18),
    ("他", "he", "him", "his", "himself", "3s", 24), ("她", "she", "her", "her", "herself", "3s", 20),
    ("我们", "we", "us", "our", "ourselves", "pl", 14), ("你们", "you", "you", "your", "yourselves", "pl", 5),
    ("他们", "they", "them", "their", "themselves", "pl", 9), ("她们", "they", "them", "their", "themselves", "pl", 3),
)  # fmt: skip
_MINE = {"my": "mine", "your": "yours", "his": "his", "her": "hers", "our": "ours", "their": "theirs"}


def _pronoun(zh: str, subject: str, obj: str, possessive: str, own: str, person: str, weight: int) -> Phrase:
    forms = {"": ((subject, (0,)),), "obj": ((obj, (0,)),), "poss": ((possessive, (0,)),), "self": ((own, (0,)),),
             "mine": ((_MINE[possessive], (0,)),)}
    return Phrase((zh,), forms, person, {"weight": weight, "pronoun": True})


PRONOUNS = {row[0]: _pronoun(*row) for row in _PRONOUNS}
_ANY = Weighted(PRONOUNS.values(), lambda p: p.facts["weight"])
_THIRD = Weighted([PRONOUNS[zh] for zh in ("他", "她", "他们")])
_OWNERS = Weighted(PRONOUNS.values(), lambda p: p.facts["weight"] * (2 if p.zh == ("我",) else 1))
_SINGULAR = Weighted([PRONOUNS[zh] for zh in "我你他她"], lambda p: p.facts["weight"])


def pronoun(rng: random.Random, fill: dict) -> Phrase:
    """我 你 他 她 我们 你们 他们 她们."""
    return _ANY.draw(rng)


def pronoun_singular(rng: random.Random, fill: dict) -> Phrase:
    """我 你 他 她."""
    return _SINGULAR.draw(rng)


def one_of(*choices: str) -> Slot:
    """One of these pronouns."""
    options = Weighted([PRONOUNS[zh] for zh in choices], lambda p: p.facts["weight"])
    return lambda rng, fill: options.draw(rng)


def chain(*parts: Part, person: str = "3s") -> Phrase:
    """Parts one after another, in the same order in both languages; with a possessive form."""
    zh: tuple[str, ...] = ()
    en: list[Token] = []
    for words, english_side in parts:
        en += [(text, tuple(i + len(zh) for i in links)) for text, links in english_side]
        zh += words
    plain = tuple(en)
    return Phrase(zh, {"": plain, "poss": (*plain, ("'s", ()))}, person)


_KIN_TITLES = {"爸爸": "father", "妈妈": "mother", "爷爷": "grandfather", "奶奶": "grandmother"}
_KIN_OUT = "家人|亲戚|父母|家长|夫妻|双胞胎|老公|老婆|孩子|兄弟|姐妹|祖先|后代|夫妇|亲人"


def kin(rng: random.Random, fill: dict) -> Phrase:
    """我妈妈, 他的姐姐 → *my mother*, *his older sister*."""
    entry = nouns_of("kin", without=_KIN_OUT).draw(rng)
    owner = _owner_of(entry.zh, rng)
    name = _KIN_TITLES.get(entry.zh, entry.en)
    return _owned(owner, rng.random() < 0.3, entry.zh, name)


_HERS = frozenset("丈夫 先生 男朋友 老公 女婿 公公 婆婆 未婚夫".split())
_HIS = frozenset("妻子 太太 女朋友 老婆 岳父 岳母 未婚妻".split())


def _owner_of(zh: str, rng: random.Random) -> Phrase:
    """A plausible owner: nobody shares a husband."""
    if zh in _HERS:
        return PRONOUNS[rng.choice("我你她她")]
    if zh in _HIS:
        return PRONOUNS[rng.choice("我你他他")]
    return _OWNERS.draw(rng)


def _owned(owner: Phrase, marked: bool, zh: str, en: str, person: str = "3s") -> Phrase:
    word = owner.en("poss")[0][0]
    det: Part = ((*owner.zh, "的"), ((word, (0, 1)),)) if marked else (owner.zh, ((word, (0,)),))
    return chain(det, ((zh,), tuple((w, (0,)) for w in en.split())), person=person)


_ACQUAINTANCES = Weighted(
    [("朋友", "friend"), ("老师", "teacher"), ("同学", "classmate"), ("同事", "colleague"), ("邻居", "neighbor"),
     ("好朋友", "good friend"), ("经理", "manager"), ("医生", "doctor"), ("女朋友", "girlfriend"), ("孩子", "child"),
     ("男朋友", "boyfriend"), ("学生", "student"), ("室友", "roommate"), ("父母", "parents"), ("家人", "family")]
)  # fmt: skip


def acquaintance(rng: random.Random, fill: dict) -> Phrase:
    """我的朋友, 我们老师 → *my friend*, *our teacher*."""
    zh, en = _ACQUAINTANCES.draw(rng)
    return _owned(_owner_of(zh, rng), zh not in ("父母", "家人") and rng.random() < 0.9, zh, en, "pl" if zh == "父母" else "3s")


@lru_cache(maxsize=None)
def _names() -> tuple[Weighted, Weighted]:
    rows = lexicon.words("names")
    given = [noun_piece(_split_name(row["zh"], row["en"]), row["en"]) for row in rows if row["kind"] != "surname"]
    return Weighted(given), Weighted([row for row in rows if row["kind"] == "surname"])


def name(rng: random.Random, fill: dict) -> Phrase:
    """李明, 玛丽 → *Li Ming*, *Mary*."""
    return _names()[0].draw(rng)


def _split_name(zh: str, en: str) -> str:
    """王芳, *Wang Fang* → 王 芳: the surname is a word of its own in both languages."""
    return f"{zh[0]} {zh[1:]}" if " " in en else zh


_TITLES = Weighted([("老师", "Teacher {}", 4), ("先生", "Mr. {}", 3), ("医生", "Dr. {}", 2), ("小姐", "Miss {}", 2),
                    ("经理", "Manager {}", 1), ("女士", "Ms. {}", 1), ("教授", "Professor {}", 1)],
                   lambda t: t[2])  # fmt: skip


def titled(rng: random.Random, fill: dict) -> Phrase:
    """王老师, 李先生 → *Teacher Wang*, *Mr. Li*."""
    surname, (zh, en, _) = _names()[1].draw(rng), _TITLES.draw(rng)
    title = en.split()[0]
    plain = ((title, (1,)), (surname["en"], (0,)))
    return Phrase((surname["zh"], zh), {"": plain, "poss": (*plain, ("'s", ()))})


_PERSON_WORDS = "人|孩子|朋友|学生|老师|医生|服务员|女孩|男孩|小姑娘|年轻人|老人|女人|男人"


def that_person(rng: random.Random, fill: dict) -> Phrase:
    """那个医生, 这位老师 → *that doctor*, *this teacher*."""
    entry = nouns_of("profession", exclude="kin", levels="1230").draw(rng) if rng.random() < 0.6 else lexicon.noun(
        rng.choice(("人", "孩子", "学生", "老师", "朋友")))  # fmt: skip
    return determined(entry, rng.choice(("this", "that")), rng)


_GROUPS = Weighted([noun_piece("大家", "everyone"), noun_piece("同学 们", "the students=1+2", "pl"),
                    noun_piece("孩子 们", "the children=1+2", "pl"), noun_piece("很多 人", "many people", "pl")])  # fmt: skip


def together(rng: random.Random, fill: dict) -> Phrase:
    """我和他, 我跟妈妈 → *he and I*: English puts the speaker last."""
    first = _SINGULAR.draw(rng)
    second = rng.choice((kin, name, acquaintance))(rng, fill)
    word = rng.choice(("和", "跟"))
    zh = (*first.zh, word, *second.zh)
    shifted = tuple((text, tuple(i + 2 for i in links)) for text, links in second.en())
    own = first.en()[0][0]
    joint: tuple[Token, ...] = (("and", (1,)),)
    plain = (*shifted, *joint, (own, (0,))) if first.zh == ("我",) else ((own, (0,)), *joint, *shifted)
    return Phrase(zh, {"": plain}, "pl")


_PEOPLE = Weighted([(pronoun, 54), (kin, 14), (name, 9), (titled, 6), (acquaintance, 10), (that_person, 5)], lambda p: p[1])


def person(rng: random.Random, fill: dict) -> Phrase:
    """Any person as a subject: mostly pronouns."""
    return _PEOPLE.draw(rng)[0](rng, fill)


def people(rng: random.Random, fill: dict) -> Phrase:
    """A person, or a group."""
    roll = rng.random()
    return _GROUPS.draw(rng) if roll < 0.05 else together(rng, fill) if roll < 0.12 else person(rng, fill)


_OTHERS = Weighted([(kin, 4), (name, 3), (titled, 2), (acquaintance, 4)], lambda p: p[1])


def other(rng: random.Random, fill: dict) -> Phrase:
    """A person who is not the subject ``s``: a pronoun of another person, or somebody with a name or a role."""
    subject = fill.get("s")
    if rng.random() < 0.45:
        options = [p for p in _objects_for(subject.zh if subject else ())]
        return rng.choice(options)
    for _ in range(8):
        candidate = _OTHERS.draw(rng)[0](rng, fill)
        if not subject or not set(candidate.zh[:1]) & set(subject.zh[:1]):
            return candidate
    return PRONOUNS["他们"]


@lru_cache(maxsize=None)
def _objects_for(subject: tuple[str, ...]) -> tuple[Phrase, ...]:
    first = subject[0][0] if subject else ""
    allowed = {"我": "你 他 她 你们 他们", "你": "我 他 她 我们 他们"}.get(first, "我 你 我们 你们" if len(subject) else "我 你 他 她 我们 他们")
    return tuple(PRONOUNS[zh] for zh in allowed.split())


_ASKED = Weighted([PRONOUNS[zh] for zh in ("你", "他", "她", "你们", "他们", "她们", "我们")],
                  lambda p: {"你": 60, "他": 26, "她": 22, "你们": 10, "他们": 10, "她们": 3, "我们": 4}[p.zh[0]])  # fmt: skip


def asked_pronoun(rng: random.Random, fill: dict) -> Phrase:
    """A pronoun as the subject of a question: people ask about others, mostly *you*."""
    return _ASKED.draw(rng)


def asked(rng: random.Random, fill: dict) -> Phrase:
    """Any person as the subject of a question."""
    return _ASKED.draw(rng) if rng.random() < 0.6 else _OTHERS.draw(rng)[0](rng, fill)


def thirds(rng: random.Random, fill: dict) -> Phrase:
    """他, 她, 他们, or a named person."""
    return _THIRD.draw(rng) if rng.random() < 0.5 else _OTHERS.draw(rng)[0](rng, fill)


# Things ---------------------------------------------------------------------------------------------------------------

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
        owner = _OWNERS.draw(rng)
        return (((*owner.zh, "的"), ((owner.en("poss")[0][0], (0, 1)),)),)
    return (_quantity(entry, determiner, rng),)


def _quantity(entry: Noun, determiner: str, rng: random.Random) -> Part:
    measure = entry.measure
    if determiner == "some":
        word = rng.choice(("一些", "几")) if entry.plural else "一些"
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
        unit = _MASS_UNITS[measure][value > 1]
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
    """A noun of ``classes`` with one of the ``determiners`` (blank-separated, repeats weigh more)."""
    options = determiners.split()

    def draw(rng: random.Random, fill: dict) -> Phrase:
        entry = nouns_of(classes, **limits).draw(rng)
        determiner = rng.choice(options)
        while entry.en.startswith("the ") and determiner != "the" or determiner == "kind" and entry.plural_only:
            entry = nouns_of(classes, **limits).draw(rng)
        if determiner == "my" and entry.classes & _NOBODYS:
            determiner = "this"
        while determiner in ("a", "number", "this", "that", "howmany") and not countable(entry):
            entry, determiner = nouns_of(classes, **limits).draw(rng), rng.choice(options)
        if determiner == "some" and not entry.plural:
            determiner = "bare"
        return determined(entry, determiner, rng)._replace(facts={"noun": entry})

    return draw


def mixed(*options: tuple[Callable, float]) -> Slot:
    """One of several slots, by weight."""
    weighted = Weighted(options, lambda o: o[1])
    return lambda rng, fill: weighted.draw(rng)[0](rng, fill)


@lru_cache(maxsize=None)
def _places() -> tuple[Phrase, ...]:
    return tuple(_place(row["zh"], row["en"], row["at"], row["to"], row["kind"]) for row in lexicon.table("places"))


def _place(zh: str, en: str, at: str, to: str, kind: str) -> Phrase:
    words = (zh,)
    noun = en if " " in en or en[0].isupper() or kind in ("h", "u") else f"the {en}"
    away = {"here": "here", "there": "there"}.get(en, en)
    forms = {"": tokens(words, noun), "at": tokens(words, at), "to": tokens(words, to or f"to {en}"),
             "from": tokens(words, f"from {away}"), "back": tokens(words, "back " + (to or f"to {en}"))}  # fmt: skip
    forms["poss"] = (*forms[""], ("'s", ()))
    return Phrase(words, forms, "3s", {"kind": kind})


def place(kinds: str = "", exclude: str = "", only: frozenset[str] = frozenset()) -> Slot:
    """A place with forms ``at``, ``to``, ``from``; ``kinds``: c city or country, s good for study, r room, o open country, h or u adverb, - other."""

    @lru_cache(maxsize=None)
    def options() -> Weighted:
        chosen = [p for p in _places() if (not kinds or (p.facts["kind"] or "-") in kinds) and (p.facts["kind"] or "-") not in exclude
                  and (not only or p.zh[0] in only)]
        return Weighted(chosen)

    return lambda rng, fill: options().draw(rng)
