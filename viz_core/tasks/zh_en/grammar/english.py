"""English inflection: agreement, verb forms, plurals, degrees of comparison, numbers and spelling out.

A *person* is one of ``"1s"`` (I), ``"2s"`` (you, one), ``"3s"`` (he, she, it, any singular noun) and ``"pl"`` (we, they, you
all, plurals): English needs no finer distinction to choose a form.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Sequence

PERSONS = ("1s", "2s", "3s", "pl")
_COLUMN = {"1s": 0, "2s": 2, "3s": 1, "pl": 2}

_IRREGULAR_VERBS = """
be was been|become became become|begin began begun|bite bit bitten|blow blew blown|break broke broken
bring brought brought|build built built|burn burned burned|buy bought bought|catch caught caught|choose chose chosen
come came come|cost cost cost|cut cut cut|do did done|draw drew drawn|drink drank drunk|drive drove driven
eat ate eaten|fall fell fallen|feed fed fed|feel felt felt|fight fought fought|find found found|fly flew flown
forget forgot forgotten|forgive forgave forgiven|freeze froze frozen|get got gotten|give gave given|go went gone
grow grew grown|hang hung hung|have had had|hear heard heard|hide hid hidden|hit hit hit|hold held held
hurt hurt hurt|keep kept kept|know knew known|lay laid laid|lead led led|learn learned learned|leave left left
lend lent lent|let let let|lie lay lain|light lit lit|lose lost lost|make made made|mean meant meant|meet met met
pay paid paid|put put put|read read read|ride rode ridden|ring rang rung|rise rose risen|run ran run|say said said
see saw seen|sell sold sold|send sent sent|set set set|shake shook shaken|shine shone shone|shut shut shut
sing sang sung|sink sank sunk|sit sat sat|sleep slept slept|speak spoke spoken|spend spent spent|stand stood stood
steal stole stolen|sweep swept swept|swim swam swum|take took taken|teach taught taught|tell told told
think thought thought|throw threw thrown|understand understood understood|wake woke woken|wear wore worn
win won won|write wrote written|hang hung hung|misunderstand misunderstood misunderstood
"""
_VERBS = {row.split()[0]: tuple(row.split()[1:]) for row in re.split(r"[|\n]", _IRREGULAR_VERBS) if row.strip()}
# Final consonants that double: one stressed short vowel before one consonant (stress cannot be read off the spelling).
_DOUBLING = frozenset(
    "beg chat clap cut drag drop fit forget get grab hit hug jog let mop nap pat plan prefer put refer rub run set"
    " shop shut sit skip slip stop swim travel trip wag win wrap begin admit permit knit".split()
)
_KEEP_SINGLE = frozenset(["travel"])  # American spelling: traveled, traveling

_AUXILIARY = {
    "is": ("am", "is", "are"), "isn't": ("am not", "isn't", "aren't"), "was": ("was", "was", "were"),
    "wasn't": ("wasn't", "wasn't", "weren't"), "has": ("have", "has", "have"),
    "hasn't": ("haven't", "hasn't", "haven't"), "do": ("do", "does", "do"), "don't": ("don't", "doesn't", "don't"),
}  # fmt: skip

_IRREGULAR_PLURALS = {
    "child": "children", "man": "men", "woman": "women", "foot": "feet", "tooth": "teeth", "mouse": "mice",
    "person": "people", "goose": "geese", "fish": "fish", "sheep": "sheep", "knife": "knives", "wife": "wives",
    "life": "lives", "leaf": "leaves", "half": "halves", "shelf": "shelves", "wolf": "wolves", "potato": "potatoes",
    "tomato": "tomatoes", "hero": "heroes",
}  # fmt: skip

_IRREGULAR_DEGREES = {
    "good": ("better", "best"), "well": ("better", "best"), "bad": ("worse", "worst"), "far": ("farther", "farthest"),
    "many": ("more", "most"), "much": ("more", "most"), "little": ("less", "least"), "few": ("fewer", "fewest"),
    "fun": ("more fun", "most fun"),
}  # fmt: skip

_SMALL = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
          " seventeen eighteen nineteen").split()  # fmt: skip
_TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
             "nine": "ninth", "twelve": "twelfth"}  # fmt: skip


def agree(word: str, person: str) -> str:
    """``word`` (an auxiliary or a base verb) in the present, or ``was``, for ``person``: ``agree("do", "3s") == "does"``."""
    lower = word.lower()
    if lower in _AUXILIARY:
        form = _AUXILIARY[lower][_COLUMN[person]]
        return form.capitalize() if word[0].isupper() else form
    return third(word) if person == "3s" else word


def third(verb: str) -> str:
    """Third person singular present: ``study`` → ``studies``."""
    if verb in ("be", "have", "do", "go"):
        return {"be": "is", "have": "has", "do": "does", "go": "goes"}[verb]
    return _add_s(verb)


def past(verb: str) -> str:
    """Simple past: ``buy`` → ``bought``."""
    return _VERBS[verb][0] if verb in _VERBS else _regular_past(verb)


def participle(verb: str) -> str:
    """Past participle: ``eat`` → ``eaten``."""
    return _VERBS[verb][1] if verb in _VERBS else _regular_past(verb)


def gerund(verb: str) -> str:
    """Present participle: ``swim`` → ``swimming``."""
    if verb in ("be", "see"):
        return verb + "ing"
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "ye", "oe")):
        return verb[:-1] + "ing"
    return _doubled(verb) + "ing"


def plural(noun: str) -> str:
    """Plural of the last word of ``noun``: ``train station`` → ``train stations``."""
    head, _, last = noun.rpartition(" ")
    last = _IRREGULAR_PLURALS.get(last) or _add_s(last)
    return f"{head} {last}".strip()


def comparative(adjective: str) -> str:
    """``big`` → ``bigger``, ``expensive`` → ``more expensive``."""
    if adjective in _IRREGULAR_DEGREES:
        return _IRREGULAR_DEGREES[adjective][0]
    return _with_degree(adjective, "er") or f"more {adjective}"


def superlative(adjective: str) -> str:
    """``big`` → ``biggest``, ``expensive`` → ``most expensive``."""
    if adjective in _IRREGULAR_DEGREES:
        return _IRREGULAR_DEGREES[adjective][1]
    return _with_degree(adjective, "est") or f"most {adjective}"


@lru_cache(maxsize=None)
def number_words(value: int) -> str:
    """0 ≤ value < 1,000,000 in words: ``number_words(125) == "one hundred twenty-five"``."""
    if value < 20:
        return _SMALL[value]
    if value < 100:
        tens, ones = divmod(value, 10)
        return _TENS[tens] + (f"-{_SMALL[ones]}" if ones else "")
    unit, name = (100, "hundred") if value < 1000 else (1000, "thousand")
    high, low = divmod(value, unit)
    return f"{number_words(high)} {name}" + (f" {number_words(low)}" if low else "")


def ordinal_words(value: int) -> str:
    """``ordinal_words(21) == "twenty-first"``."""
    words = number_words(value)
    cut = max(words.rfind("-"), words.rfind(" ")) + 1
    last = words[cut:]
    last = _ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return words[:cut] + last


@lru_cache(maxsize=None)
def article(next_word: str) -> str:
    """``a`` or ``an`` by the sound that ``next_word`` begins with."""
    word = next_word.lower()
    if re.match(r"(one|once|uni|use|usu|euro|ewe)", word) and not word.startswith("unim"):
        return "a"
    if word.startswith(("hour", "honest", "honor")) or word in ("8", "11", "18", "mp3", "x-ray"):
        return "an"
    return "an" if word[0] in "aeiou" or re.match(r"8\d?$", word) else "a"


_WORDS = re.compile(
    r"o'clock|(?:Mr|Mrs|Ms|Dr)\.|[A-Za-z]+n't|'(?:s|d|ll|re|ve|m)\b|[^\W\d_]+(?:-[^\W\d_]+)*|\d+(?:[.:,]\d+)*|[^\s\w]"
)


def target_words(target: str) -> list[str]:
    """Split an English sentence into the words and punctuation that alignment indices count.

    ``"My mother's book isn't new."`` → ``["My", "mother", "'s", "book", "isn't", "new", "."]``
    """
    return _WORDS.findall(target)


def spell(tokens: Sequence[str], sentence: bool) -> str:
    """Join words with English spacing; a sentence begins with a capital letter."""
    text = ""
    for token in tokens:
        glued = not text or token in ".,?!'" or token in ("'s", "'d")
        text += token if glued else f" {token}"
    return text[:1].upper() + text[1:] if sentence else text


def _add_s(word: str) -> str:
    if re.search(r"(s|x|z|ch|sh)$", word):
        return word + "es"
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + "s"


def _regular_past(verb: str) -> str:
    if verb.endswith("e"):
        return verb + "d"
    if re.search(r"[^aeiou]y$", verb):
        return verb[:-1] + "ied"
    return _doubled(verb) + "ed"


def _doubled(verb: str) -> str:
    return verb + verb[-1] if verb in _DOUBLING - _KEEP_SINGLE else verb


def _with_degree(adjective: str, ending: str) -> str | None:
    if " " in adjective or adjective.endswith(("ed", "ing", "ful", "less", "ous", "al", "ic", "nt", "ble")):
        return None
    vowels = len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", adjective)))
    if adjective.endswith("y") and vowels <= 2 and re.search(r"[^aeiou]y$", adjective):
        return adjective[:-1] + "i" + ending
    if vowels != 1 and adjective not in ("quiet", "clever", "narrow", "simple", "gentle"):
        return None
    if adjective.endswith("e"):
        return adjective + ending[1:]
    if re.search(r"[^aeiou][aeiou][bdgmnpt]$", adjective):
        return adjective + adjective[-1] + ending
    return adjective + ending
