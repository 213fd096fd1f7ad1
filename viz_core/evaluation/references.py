"""Known right outputs of an input, and how close an output comes to them: BLEU or phoneme error, by task."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from viz_core.decoding import Beam, Greedy
from viz_core.decoding.batch import choices_of
from viz_core.models.protocol import Stepper
from viz_core.tasks import metrics

EXAMPLES = Path(__file__).parent / "examples.tsv"


class Quality(NamedTuple):
    """metric: `bleu` (0–100, sentence level) or `per` (0–1, may pass 1)."""

    metric: str
    value: float


def quality(task: str, output: str, references: Sequence[str]) -> Quality | None:
    """How close `output` comes to the closest reference; None without references or for a task without such a metric."""
    usable = [reference for reference in references if reference.strip()]
    if not usable:
        return None
    if task == "g2p":
        return Quality("per", metrics.phoneme_error_rate([output.split()], [[r.split() for r in usable]]))
    if task == "zh-en":
        import sacrebleu  # slow to import

        return Quality("bleu", float(sacrebleu.sentence_bleu(output, usable).score))
    return None


def known(task: str, text: str) -> tuple[str, ...]:
    """Reference outputs of an input that is among the examples, development or held-out data of a task, () otherwise."""
    finder = FINDERS.get(task)
    return finder().get(_key(text), ()) if finder else ()


def differing(stepper: Stepper, task: str, options: Beam, count: int) -> list[str]:
    """Those of `count` held-out inputs of a task whose greedy and beam outputs differ, as a person types them."""
    texts = HELD_OUT[task](count) if task in HELD_OUT else []
    sources = [stepper.encode(text) for text in texts]
    if not sources:
        return []
    pairs = zip(texts, choices_of(stepper, sources, Greedy()), choices_of(stepper, sources, options), strict=True)
    return [text for text, greedy, beam in pairs if stepper.text(greedy) != stepper.text(beam)]


def _key(text: str) -> str:
    return "".join(text.split()).replace("/", "").lower()


def _examples(task: str) -> list[tuple[str, str]]:
    """(input, reference) of the inputs that the cards offer; pronunciations are CMUdict's, translations our own."""
    rows = [line.split("\t") for line in EXAMPLES.read_text(encoding="utf-8").splitlines()]
    return [(source, target) for kind, source, target in rows if kind == task]


def _table(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for source, target in pairs:
        key = _key(source)
        if target not in found.get(key, ()):
            found[key] = (*found.get(key, ()), target)
    return found


@lru_cache(maxsize=1)
def _pronunciations() -> dict[str, tuple[str, ...]]:
    from viz_core.tasks import g2p

    entries = (*g2p.development(), *g2p.held_out())  # training needs a download
    spoken = [(entry.spelling, " ".join(p)) for entry in entries for p in entry.pronunciations]
    return _table([*_examples("g2p"), *spoken])


@lru_cache(maxsize=1)
def _translations() -> dict[str, tuple[str, ...]]:
    from viz_core.tasks import zh_en

    pairs = (*zh_en.held_out(), *zh_en.development())
    return _table([*_examples("zh-en"), *(("".join(pair.source), pair.target) for pair in pairs)])


def _held_out_words(count: int) -> list[str]:
    from viz_core.tasks import g2p

    entries = g2p.held_out()  # sorted by spelling: take them from everywhere
    return [entry.spelling for entry in entries[:: max(1, len(entries) // count)][:count]]


def _held_out_sentences(count: int) -> list[str]:
    from viz_core.tasks import zh_en

    pairs = list(zh_en.held_out())
    return ["".join(pair.source) for pair in pairs[:: max(1, len(pairs) // count)][:count]]


HELD_OUT: dict[str, Callable[[int], list[str]]] = {"g2p": _held_out_words, "zh-en": _held_out_sentences}
FINDERS: dict[str, Callable[[], dict[str, tuple[str, ...]]]] = {"g2p": _pronunciations, "zh-en": _translations}
