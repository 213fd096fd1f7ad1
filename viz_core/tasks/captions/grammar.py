"""What captions say and how: things with colour, number and size, and where they are to each other, in English and Chinese.

    a small red cat to the left of two apples        一 只 小的 红色的 猫 在 两 个 苹果 的 左边

A description means one caption in each language and a caption means one description, so that a caption is right or wrong
word for word. Words are lower case without punctuation; a Chinese number and its classifier are two, so that a number that
was never seen with a noun has been seen with others.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from viz_core.trace.errors import InputError

LANGUAGES = ("en", "zh")
RELATIONS = ("left", "above")
SIZES = ("small", "big")
MOST = 4
"""Most things of a kind in a caption."""
UNKNOWN_CAPTION = {"en": ("something", "i", "do", "not", "know"), "zh": ("我", "不", "认识", "的", "东西")}
"""What is said of a picture that shows none of the nouns."""

_SEPARATOR = {"en": " ", "zh": ""}
_NUMBERS = {"en": ("two", "three", "four"), "zh": ("一", "两", "三", "四")}
_SIZES = {"en": {"small": "small", "big": "big"}, "zh": {"small": "小的", "big": "大的"}}
_RELATIONS = {
    "en": {"left": ("to", "the", "left", "of"), "above": ("above",)},
    "zh": {"left": "左边", "above": "上面"},
}


class Noun(NamedTuple):
    """en, plural: the English word; zh, classifier: the Chinese word and its measure word; class_name: of everyday_pictures."""

    en: str
    plural: str
    zh: str
    classifier: str
    class_name: str


class Colour(NamedTuple):
    """en, zh: its words; rgb: the brightest tint, 0 … 255 each."""

    en: str
    zh: str
    rgb: tuple[int, int, int]


class Thing(NamedTuple):
    """noun: number in `NOUNS`; count: 1 … `MOST`; colour: number in `COLOURS` or None for its own; size: of `SIZES` or None."""

    noun: int
    count: int = 1
    colour: int | None = None
    size: str | None = None


class Description(NamedTuple):
    """One thing and no relation, or two: the first is left of, or above, the second."""

    things: tuple[Thing, ...]
    relation: str | None = None


COLOURS = (
    Colour("red", "红色的", (230, 30, 30)),
    Colour("yellow", "黄色的", (250, 215, 30)),
    Colour("green", "绿色的", (40, 190, 60)),
    Colour("blue", "蓝色的", (45, 95, 245)),
    Colour("purple", "紫色的", (165, 50, 225)),
)


def _nouns() -> tuple[Noun, ...]:
    """The lines of nouns.tsv: class, English singular and plural, Chinese word, classifier."""
    lines = Path(__file__).with_name("nouns.tsv").read_text(encoding="utf-8").splitlines()
    return tuple(Noun(en, plural, zh, classifier, name) for name, en, plural, zh, classifier in (line.split("\t") for line in lines))


NOUNS = _nouns()
"""What can be named: the countable classes of everyday_pictures that are no part of a body, no sign, not usually drawn as a
pair or a bunch, and told apart from one another in a drawing of 40 pixels."""


def caption(description: Description, language: str) -> tuple[str, ...]:
    """The words of a description. InputError for another language than `LANGUAGES` and for what no caption says."""
    first, *second = _phrases(description, language)
    if not second:
        return first
    words = _RELATIONS[language][description.relation]
    return (*first, *words, *second[0]) if language == "en" else (*first, "在", *second[0], "的", words)


def noun_places(description: Description, language: str) -> tuple[int, ...]:
    """Where each thing's noun stands among the words of `caption`, counted from 0; a noun ends its phrase."""
    first, *second = _phrases(description, language)
    if not second:
        return (len(first) - 1,)
    between = len(_RELATIONS["en"][description.relation]) if language == "en" else 1
    return len(first) - 1, len(first) + between + len(second[0]) - 1


def text(words: tuple[str, ...], language: str) -> str:
    """A caption as it is written: English words with spaces between, Chinese ones without."""
    return _SEPARATOR[_known(language)].join(words)


@lru_cache(maxsize=1)
def words() -> tuple[str, ...]:
    """Every word that captions use, English before Chinese, each once, in a fixed order."""
    english = ("a", "an", *_NUMBERS["en"], *_SIZES["en"].values(), *(colour.en for colour in COLOURS))
    english += (*(word for noun in NOUNS for word in (noun.en, noun.plural)), *_RELATIONS["en"]["left"], *_RELATIONS["en"]["above"])
    classifiers = dict.fromkeys(noun.classifier for noun in NOUNS)
    chinese = (*_NUMBERS["zh"], *classifiers, *_SIZES["zh"].values())
    chinese += (*(colour.zh for colour in COLOURS), *(noun.zh for noun in NOUNS), "在", "的", *_RELATIONS["zh"].values())
    return tuple(dict.fromkeys((*english, *UNKNOWN_CAPTION["en"], *chinese, *UNKNOWN_CAPTION["zh"])))


def numbers() -> dict[str, int]:
    """How many things a number word counts, in either language."""
    english = {word: count for count, word in enumerate(_NUMBERS["en"], start=2)}
    return {"a": 1, "an": 1, **english, **{word: count for count, word in enumerate(_NUMBERS["zh"], start=1)}}


def exchangeable() -> tuple[tuple[str, ...], ...]:
    """Groups of words that can stand in one another's place in a caption, whatever the picture shows: numbers, sizes, colours,
    nouns in the singular and in the plural, of each language."""
    classifiers = dict.fromkeys(noun.classifier for noun in NOUNS)
    groups: list[tuple[str, ...]] = [*_NUMBERS.values(), tuple(classifiers)]
    for language in LANGUAGES:
        groups += [tuple(_SIZES[language].values()), tuple(getattr(colour, language) for colour in COLOURS), tuple(getattr(noun, language) for noun in NOUNS)]
    return (*groups, tuple(noun.plural for noun in NOUNS))


def parted(given: tuple[str, ...]) -> tuple[str, ...]:
    """Words as the grammar has them, of a model that writes a Chinese number and its classifier as one word."""
    classifiers = {noun.classifier for noun in NOUNS}
    joined = (word[:1] in _NUMBERS["zh"] and word[1:] in classifiers for word in given)
    return tuple(part for word, two in zip(given, joined, strict=True) for part in ((word[0], word[1:]) if two else (word,)))


def noun_of(class_name: str) -> int | None:
    """Number of the noun that names a class of everyday_pictures; None for a class without one."""
    return next((number for number, noun in enumerate(NOUNS) if noun.class_name == class_name), None)


def _phrases(description: Description, language: str) -> list[tuple[str, ...]]:
    """The noun phrase of each thing, after a check of the whole description."""
    things, relation = description
    if (len(things), relation) not in {(1, None), *((2, known) for known in RELATIONS)}:
        raise InputError(f"{len(things)} things with the relation {relation!r} have no caption; give one thing and None, or two and one of {', '.join(RELATIONS)}")
    phrase = {"en": _english, "zh": _chinese}[_known(language)]
    return [phrase(_checked(thing)) for thing in things]


def _english(thing: Thing) -> tuple[str, ...]:
    noun = NOUNS[thing.noun]
    following = _adjectives(thing, "en") + ((noun.en if thing.count == 1 else noun.plural),)
    number = ("an" if following[0][0] in "aeiou" else "a") if thing.count == 1 else _NUMBERS["en"][thing.count - 2]
    return number, *following


def _chinese(thing: Thing) -> tuple[str, ...]:
    noun = NOUNS[thing.noun]
    return _NUMBERS["zh"][thing.count - 1], noun.classifier, *_adjectives(thing, "zh"), noun.zh


def _adjectives(thing: Thing, language: str) -> tuple[str, ...]:
    size = () if thing.size is None else (_SIZES[language][thing.size],)
    return size if thing.colour is None else (*size, getattr(COLOURS[thing.colour], language))


def _checked(thing: Thing) -> Thing:
    """The thing; InputError when a number or the size is none that captions know."""
    if not 0 <= thing.noun < len(NOUNS):
        raise InputError(f"there is no noun {thing.noun}; they are numbered 0 to {len(NOUNS) - 1}")
    if not 1 <= thing.count <= MOST:
        raise InputError(f"a caption cannot count {thing.count} things; give 1 to {MOST}")
    if thing.colour is not None and not 0 <= thing.colour < len(COLOURS):
        raise InputError(f"there is no colour {thing.colour}; they are numbered 0 to {len(COLOURS) - 1}")
    if thing.size not in (None, *SIZES):
        raise InputError(f"there is no size {thing.size!r}; use None or one of {', '.join(SIZES)}")
    return thing


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise InputError(f"there are no captions in {language!r}; use one of {', '.join(LANGUAGES)}")
    return language
