"""Scores of captions against reference captions, each a sequence of words: BLEU-4 and CIDEr-D. Pure functions.

Words are compared as they are: lower case, no punctuation, already cut, so that no tokeniser has a say.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from viz_core.trace.errors import InputError

Caption = Sequence[str]
LONGEST = 4  # words of an n-gram
SIGMA = 6.0  # words, width of CIDEr-D's length penalty
_NGrams = Counter[tuple[str, ...]]


def bleu_4(captions: Sequence[Caption], references: Sequence[Sequence[Caption]]) -> float:
    """Corpus BLEU over 1- to 4-grams, 0–100, any number of references a caption: sacrebleu without a tokeniser, exp smoothing.

    Papineni et al. 2002; Post 2018. Raises InputError for none at all, or another number of references.
    """
    check(captions, references)
    import sacrebleu  # slow to import, and only evaluation needs it

    most = max(map(len, references))
    columns = [[" ".join(own[i]) if i < len(own) else None for own in references] for i in range(most)]
    return float(sacrebleu.corpus_bleu([" ".join(words) for words in captions], columns, tokenize="none", force=True).score)


def cider_d(captions: Sequence[Caption], references: Sequence[Sequence[Caption]]) -> float:
    """Corpus CIDEr-D, 0–10: how like its references each caption is, rare n-grams counting more (Vedantam et al. 2015, §6, eq. 4).

    The mean over pictures, n = 1 … 4 and references of 10 · exp(−(l − l')² / 2σ²) · min(g, g') · g' / (‖g‖ ‖g'‖), g the
    counts of n-grams × log(pictures / pictures with the n-gram in a reference) (eq. 1); l, l': words; σ = 6. Words are not
    stemmed. Raises InputError for fewer than two pictures: each n-gram would then be everywhere and weigh 0.
    """
    check(captions, references)
    if len(captions) < 2:
        raise InputError("CIDEr weighs n-grams by how many pictures they belong to, and there is 1; give captions of at least 2 pictures")
    seen = Counter(gram for own in references for gram in set().union(*map(ngrams, own)))
    scores = [_one(caption, own, seen, len(references)) for caption, own in zip(captions, references, strict=True)]
    return sum(scores) / len(scores)


def ngrams(words: Caption) -> _NGrams:
    """How often a caption has each n-gram of 1 to 4 words."""
    return Counter(tuple(words[i : i + n]) for n in range(1, LONGEST + 1) for i in range(len(words) - n + 1))


def check(captions: Sequence[Caption], references: Sequence[Sequence[Caption]]) -> None:
    """Raises InputError unless every caption has a reference or more, and there is a caption."""
    if not captions or len(captions) != len(references):
        raise InputError(f"there are {len(captions)} captions for {len(references)} sets of references; give one each and at least one")
    if bare := [number for number, own in enumerate(references) if not own]:
        raise InputError(f"caption {bare[0]} has no reference; give one or more")


def _one(caption: Caption, references: Sequence[Caption], seen: _NGrams, pictures: int) -> float:
    """CIDEr-D of one caption."""
    found = [_similarity(caption, reference, seen, pictures) for reference in references]
    return 10 * sum(found) / len(found)


def _similarity(caption: Caption, reference: Caption, seen: _NGrams, pictures: int) -> float:
    """Mean over n of the clipped cosine, under the length penalty, 0–1."""
    own, other = (_weighted(ngrams(words), seen, pictures) for words in (caption, reference))
    cosines = []
    for n in range(1, LONGEST + 1):
        a, b = ({gram: weight for gram, weight in side.items() if len(gram) == n} for side in (own, other))
        lengths = _norm(a.values()) * _norm(b.values())
        cosines.append(sum(min(weight, b[gram]) * b[gram] for gram, weight in a.items() if gram in b) / lengths if lengths else 0.0)
    return math.exp(-((len(caption) - len(reference)) ** 2) / (2 * SIGMA**2)) * sum(cosines) / LONGEST


def _weighted(counts: _NGrams, seen: _NGrams, pictures: int) -> dict[tuple[str, ...], float]:
    return {gram: count * math.log(pictures / max(1, seen[gram])) for gram, count in counts.items()}


def _norm(values: Iterable[float]) -> float:
    return math.sqrt(sum(value * value for value in values))
