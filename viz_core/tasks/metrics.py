"""Metrics of sequence tasks: translation quality, alignment error, edit-distance rates. Pure functions.

A *link* is a pair ``(source index, target index)``; an alignment is a set of links.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence, Set
from typing import Any

import numpy as np

from viz_core.trace.errors import InputError, ShapeError

Link = tuple[int, int]


def bleu(hypotheses: Sequence[str], references: Sequence[str]) -> float:
    """Corpus BLEU, 0–100, one reference a sentence: sacrebleu's defaults (cased, 13a tokens, exp smoothing).

    Papineni et al. 2002, "BLEU: a method for automatic evaluation of machine translation";
    Post 2018, "A call for clarity in reporting BLEU scores".
    """
    _check_counts(hypotheses, references)
    import sacrebleu  # slow to import, and only evaluation needs it

    return float(sacrebleu.corpus_bleu(list(hypotheses), [list(references)]).score)


def chrf(hypotheses: Sequence[str], references: Sequence[str]) -> float:
    """Corpus chrF, 0–100: F-score (β = 2) over character 1- to 6-grams, sacrebleu's defaults.

    Popović 2015, "chrF: character n-gram F-score for automatic MT evaluation".
    """
    _check_counts(hypotheses, references)
    import sacrebleu

    return float(sacrebleu.corpus_chrf(list(hypotheses), [list(references)]).score)


def alignment_error_rate(
    predicted: Sequence[Set[Link]], sure: Sequence[Set[Link]], possible: Sequence[Set[Link]] | None = None
) -> float:
    """AER over a corpus, 0 (perfect) to 1: 1 − (|A∩S| + |A∩P|) / (|A| + |S|).

    Och & Ney 2003, "A systematic comparison of various statistical alignment models",
    section 3, equation for AER. One set of links a sentence in each argument;
    ``possible`` defaults to ``sure``.
    """
    possible = sure if possible is None else possible
    _check_alignments(sure, possible)
    _check_counts(predicted, sure)
    hits = sum(len(a & s) + len(a & p) for a, s, p in zip(predicted, sure, possible))
    total = sum(map(len, predicted)) + sum(map(len, sure))
    if total == 0:
        raise InputError(
            f"The {len(sure)} sentences have 0 predicted and 0 sure links; expected at least one; "
            "pass sentences that have an alignment."
        )
    return 1 - hits / total


def uniform_alignment_error_rate(
    sizes: Sequence[tuple[int, int]], sure: Sequence[Set[Link]], possible: Sequence[Set[Link]] | None = None
) -> float:
    """The expected AER of linking every target word to one source word drawn uniformly, computed exactly.

    ``sizes`` holds (source words, target words that predict) of each sentence. The
    number of predicted links is fixed (one a target word), so the expectation is linear:
    a link is hit with probability 1 / (source words).
    """
    possible = sure if possible is None else possible
    _check_alignments(sure, possible)
    _check_counts(sizes, sure)
    hits = sum((len(s) + len(p)) / n_source for (n_source, _), s, p in zip(sizes, sure, possible))
    total = sum(n_target for _, n_target in sizes) + sum(map(len, sure))
    return 1 - hits / total


def diagonal_links(n_source: int, n_target: int) -> set[Link]:
    """Link every target word to the source word at the nearest relative position (the earlier one on a tie)."""
    if n_source < 1:
        raise InputError(f"A sentence of {n_source} source words has no diagonal; expected at least 1.")
    centres = (np.arange(n_source) + 0.5) / n_source
    return {(int(np.abs(centres - (t + 0.5) / n_target).argmin()), t) for t in range(n_target)}


def links_from_weights(weights: Any, threshold: float | None = None) -> set[Link]:
    """Links from attention ``weights[target, source]``.

    Without ``threshold`` each target word links to its heaviest source word (the
    first one on a tie); with it, to every source word whose weight is at least
    ``threshold``. A masked row (NaN) gives no link. Raises ShapeError unless the
    array has two dimensions and at least one source word.
    """
    table = np.asarray(weights, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] == 0:
        raise ShapeError(
            f"The attention weights have shape {table.shape}; expected (target words, source words) "
            "with at least one source word; select one layer and head."
        )
    if threshold is not None:
        targets, sources = np.nonzero(table >= threshold)
        return {(int(s), int(t)) for s, t in zip(sources, targets)}
    return {(int(row.argmax()), t) for t, row in enumerate(table) if not np.isnan(row).any()}


def on_linked_targets(predicted: Set[Link], sure: Set[Link]) -> set[Link]:
    """The predicted links of target words that have a sure link.

    For alignments that leave many words open (silver ones): a guess for an open word is neither right nor wrong.
    """
    targets = {target for _, target in sure}
    return {link for link in predicted if link[1] in targets}


def edit_distance(first: Sequence[Hashable], second: Sequence[Hashable]) -> int:
    """Levenshtein distance: the fewest insertions, deletions and substitutions from one sequence to the other."""
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, start=1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(second, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (a != b))
    return row[-1]


def phoneme_error_rate(
    predictions: Sequence[Sequence[str]], references: Sequence[Sequence[Sequence[str]]]
) -> float:
    """Summed edit distances to the closest references over those references' summed length (≥ 0, may pass 1).

    ``references[i]`` lists every accepted answer for item i; the first listed
    counts on a tie (Yao & Zweig 2015, section 4).
    """
    _check_counts(predictions, references)
    closest = [
        min(((edit_distance(p, r), len(r)) for r in accepted), key=lambda pair: pair[0])
        for p, accepted in zip(predictions, references)
    ]
    return sum(distance for distance, _ in closest) / sum(length for _, length in closest)


def word_error_rate(
    predictions: Sequence[Sequence[str]], references: Sequence[Sequence[Sequence[str]]]
) -> float:
    """Share of items (words to pronounce) whose prediction equals none of its accepted answers, 0–1."""
    _check_counts(predictions, references)
    wrong = sum(all(list(p) != list(r) for r in accepted) for p, accepted in zip(predictions, references))
    return wrong / len(predictions)


def _check_counts(first: Sequence[Any], second: Sequence[Any]) -> None:
    if len(first) != len(second) or not first:
        raise InputError(
            f"There are {len(first)} predictions for {len(second)} references; expected one each and at least one; "
            "predict every item, in the references' order."
        )


def _check_alignments(sure: Sequence[Set[Link]], possible: Sequence[Set[Link]]) -> None:
    if len(sure) != len(possible) or any(not s <= p for s, p in zip(sure, possible)):
        raise InputError(
            f"{len(sure)} sure and {len(possible)} possible alignments do not fit; expected one each with every "
            "sure link also possible; add the sure links to the possible ones."
        )
