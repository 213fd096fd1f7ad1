"""The HSK sentences: 4,354 graded Chinese sentences with an English translation and word glosses.

From the PyPI package ``hsk-sentences-audio`` 1.0.0 (data CC BY-SA 4.0). 400 ids are
held out for the reported numbers and 200 kept for choosing a model; both lists were
drawn by ``draw_split`` and do not change. Training is the rest, without near-duplicates
of those 600 sentences and of the hand-written everyday test.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from viz_core.tasks.zh_en.filter import Protected
from viz_core.tasks.zh_en.handwritten import everyday_test
from viz_core.tasks.zh_en.pair import Pair
from viz_core.trace.errors import InputError

PACKAGE = "hsk_sentences_audio"
SEED = 20261121
HELD_OUT_SIZE = 400
DEVELOPMENT_SIZE = 200

_PLACEHOLDER = re.compile(r"placeholder|^PH$", re.IGNORECASE)
_HERE = Path(__file__).parent
HELD_OUT_FILE = _HERE / "held_out_ids.txt"
DEVELOPMENT_FILE = _HERE / "development_ids.txt"


class Sentence(NamedTuple):
    """One HSK sentence: its words with punctuation; a gloss and the pinyin of each (empty for punctuation)."""

    id: str
    level: int
    source: tuple[str, ...]
    glosses: tuple[str, ...]
    pinyin: tuple[str, ...]
    target: str


@lru_cache(maxsize=1)
def sentences() -> tuple[Sentence, ...]:
    """Every usable sentence in the package's order; those whose translation is a placeholder are left out."""
    try:
        text = files(PACKAGE).joinpath("data", "sentences.json").read_text(encoding="utf-8")
    except ModuleNotFoundError as error:
        raise InputError(
            "The HSK sentences are not installed; expected the package 'hsk-sentences-audio' 1.0.0; "
            "run: pip install hsk-sentences-audio==1.0.0"
        ) from error
    return tuple(
        _sentence(record)
        for record in json.loads(text)
        if not _PLACEHOLDER.search(record["translation"]["en"])
    )


def _sentence(record: dict) -> Sentence:
    tokens = record["tokens"]
    source, owners = with_punctuation(record["chinese"], [token["word"] for token in tokens])
    glosses, pinyin = (
        tuple("" if owner is None else tokens[owner][field] for owner in owners) for field in ("gloss_en", "pinyin")
    )
    return Sentence(record["id"], record["hsk_level"], source, glosses, pinyin, record["translation"]["en"].strip())


def with_punctuation(text: str, words: Sequence[str]) -> tuple[tuple[str, ...], tuple[int | None, ...]]:
    """Put the marks that ``words`` leaves out of ``text`` back, each as a word of its own.

    Returns the complete words and, for each, its index in ``words`` (None for a mark).
    Raises InputError when the words do not occur in the text in this order.
    """
    complete: list[str] = []
    owners: list[int | None] = []
    position = 0
    for index, word in enumerate(words):
        found = text.find(word, position)
        if found < 0:
            raise InputError(
                f"The word {word!r} does not follow in {text!r}; expected the sentence's words in order; "
                "reinstall hsk-sentences-audio==1.0.0."
            )
        marks = [mark for mark in text[position:found] if not mark.isspace()]
        complete += [*marks, word]
        owners += [None] * len(marks) + [index]
        position = found + len(word)
    marks = [mark for mark in text[position:] if not mark.isspace()]
    return tuple(complete + marks), tuple(owners + [None] * len(marks))


def draw_split(records: Sequence[Sentence]) -> tuple[list[str], list[str]]:
    """Draw (held-out ids, development ids) at random with the fixed ``SEED``, in proportion to the HSK levels."""
    generator = random.Random(SEED)
    held_out = _stratified(records, HELD_OUT_SIZE, generator)
    rest = [record for record in records if record.id not in set(held_out)]
    return held_out, _stratified(rest, DEVELOPMENT_SIZE, generator)


def _stratified(records: Sequence[Sentence], size: int, generator: random.Random) -> list[str]:
    """``size`` ids, each level getting its share by largest remainder."""
    levels: dict[int, list[str]] = {}
    for record in records:
        levels.setdefault(record.level, []).append(record.id)
    exact = {level: size * len(ids) / len(records) for level, ids in sorted(levels.items())}
    counts = {level: int(share) for level, share in exact.items()}
    by_remainder = sorted(exact, key=lambda level: counts[level] - exact[level])
    for level in by_remainder[: size - sum(counts.values())]:
        counts[level] += 1
    drawn = [id_ for level, count in counts.items() for id_ in generator.sample(sorted(levels[level]), count)]
    return sorted(drawn)


def read_ids(path: Path) -> tuple[str, ...]:
    """The ids in a file of one id a line."""
    return tuple(path.read_text(encoding="ascii").split())


def select(ids: Sequence[str]) -> tuple[Sentence, ...]:
    """The sentences with these ids, in the package's order; raises InputError on an id that is not there."""
    wanted = set(ids)
    found = tuple(sentence for sentence in sentences() if sentence.id in wanted)
    missing = wanted - {sentence.id for sentence in found}
    if missing:
        raise InputError(
            f"The HSK sentences hold no {min(missing)!r}; expected every id of the fixed lists; "
            "install hsk-sentences-audio==1.0.0."
        )
    return found


@lru_cache(maxsize=1)
def held_out() -> tuple[Pair, ...]:
    """The 400 test pairs."""
    return tuple(map(_pair, select(read_ids(HELD_OUT_FILE))))


@lru_cache(maxsize=1)
def development() -> tuple[Pair, ...]:
    """The 200 pairs for choosing a model."""
    return tuple(map(_pair, select(read_ids(DEVELOPMENT_FILE))))


@lru_cache(maxsize=1)
def _protected() -> tuple[Protected, Protected]:
    pairs, everyday = held_out() + development(), everyday_test()
    return (
        Protected([pair.source for pair in pairs], [pair.target for pair in pairs]),
        Protected([pair.source for pair in everyday], [pair.target for pair in everyday], strict=False),
    )


def may_train(source: str | Sequence[str], target: str) -> bool:
    """Whether a pair is no near-duplicate of anything tested on: held-out, development, everyday test."""
    return all(part.allows(source, target) for part in _protected())


@lru_cache(maxsize=1)
def training_sentences() -> tuple[Sentence, ...]:
    """Every other sentence that is no near-duplicate of a protected one."""
    reserved = set(read_ids(HELD_OUT_FILE) + read_ids(DEVELOPMENT_FILE))
    return tuple(s for s in sentences() if s.id not in reserved and may_train(s.source, s.target))


@lru_cache(maxsize=1)
def training() -> tuple[Pair, ...]:
    """The training sentences as pairs, without alignment (``silver.aligned`` adds one)."""
    return tuple(map(_pair, training_sentences()))


def _pair(sentence: Sentence) -> Pair:
    return Pair(sentence.id, sentence.source, sentence.target, None, "hsk")
