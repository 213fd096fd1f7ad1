"""People: relatives, friends, names, titles, groups, and pronouns as any of them."""

from __future__ import annotations

import random
from functools import lru_cache

from . import lexicon
from .engine import Phrase, Slot, Token
from .lexicon import Weighted, nouns_of
from .pieces import Part, chain, noun_piece
from .pronouns import OWNERS, PRONOUNS, SINGULAR, THIRD, pronoun
from .things import determined

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
    return OWNERS.draw(rng)


def _owned(owner: Phrase, marked: bool, zh: str, en: str, person: str = "3s") -> Phrase:
    word = owner.en("poss")[0][0]
    det: Part = ((*owner.zh, "的"), ((word, (0, 1)),)) if marked else (owner.zh, ((word, (0,)),))
    return chain(det, ((zh,), tuple((w, (0,)) for w in en.split())), person=person)


_FEMALE = frozenset("妈姐妹奶女妻太婆姥母姑嫂婶姨")


def he_or_she(slot: str) -> Slot:
    """他 or 她, whichever fits the relative in ``slot``."""
    return lambda rng, fill: PRONOUNS["她" if _FEMALE & set(fill[slot].zh[-1]) and fill[slot].zh[-1] != "女婿" else "他"]


_ACQUAINTANCES = Weighted(
    [("朋友", "friend"), ("老师", "teacher"), ("同学", "classmate"), ("同事", "colleague"), ("邻居", "neighbor"),
     ("好朋友", "good friend"), ("经理", "manager"), ("医生", "doctor"), ("女朋友", "girlfriend"), ("孩子", "child"),
     ("男朋友", "boyfriend"), ("学生", "student"), ("室友", "roommate"), ("父母", "parents"), ("家人", "family")]
)  # fmt: skip


def acquaintance(rng: random.Random, fill: dict) -> Phrase:
    """我的朋友, 我们老师 → *my friend*, *our teacher*."""
    zh, en = _ACQUAINTANCES.draw(rng)
    marked = len(zh) > 2 or zh not in ("父母", "家人") and rng.random() < 0.9
    return _owned(_owner_of(zh, rng), marked, zh, en, "pl" if zh == "父母" else "3s")


@lru_cache(maxsize=None)
def _names() -> tuple[Weighted, Weighted, Weighted]:
    taken = {row["zh"] for name in ("nouns", "adverbs", "adjectives") for row in lexicon.words(name)}
    rows = [row for row in lexicon.words("names") if row["kind"] == "surname" or row["zh"] not in taken]
    given = {row["zh"]: noun_piece(_split_name(row["zh"], row["en"]), row["en"]) for row in rows if row["kind"] != "surname"}
    chinese = [given[row["zh"]] for row in rows if row["kind"] == "full"]
    return Weighted(given.values()), Weighted([row for row in rows if row["kind"] == "surname"]), Weighted(chinese)


def name(rng: random.Random, fill: dict) -> Phrase:
    """李明, 玛丽 → *Li Ming*, *Mary*."""
    return _names()[0].draw(rng)


def chinese_name(rng: random.Random, fill: dict) -> Phrase:
    """李明 → *Li Ming*: a name that tells nothing about sex."""
    return _names()[2].draw(rng)


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


def that_person(rng: random.Random, fill: dict) -> Phrase:
    """那个医生, 这位老师 → *that doctor*, *this teacher*."""
    entry = nouns_of("profession", exclude="kin", levels="1230").draw(rng) if rng.random() < 0.6 else lexicon.noun(
        rng.choice(("人", "孩子", "学生", "老师", "朋友")))  # fmt: skip
    return determined(entry, rng.choice(("this", "that")), rng)


_GROUPS = Weighted(
    [noun_piece(f"{zh} 们", f"the {en}=1+2", "pl") for zh, en in (("同学", "students"), ("孩子", "children"), ("学生", "students"),
     ("老师", "teachers"), ("朋友", "friends"), ("人", "people"))] + [noun_piece("很多 人", "many people", "pl")]
)  # fmt: skip


def together(rng: random.Random, fill: dict) -> Phrase:
    """我和他, 我跟妈妈 → *he and I*: English puts the speaker last."""
    first = SINGULAR.draw(rng)
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
    return THIRD.draw(rng) if rng.random() < 0.5 else _OTHERS.draw(rng)[0](rng, fill)
