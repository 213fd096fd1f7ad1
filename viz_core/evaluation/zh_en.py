"""Translation quality and alignment error on held-out sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from viz_core.evaluation import sample
from viz_core.evaluation.alignment import attention_links, head_errors, linked_error_rate
from viz_core.evaluation.outputs import outputs
from viz_core.inputs.subwords import words
from viz_core.models.protocol import Stepper
from viz_core.tasks import metrics, zh_en
from viz_core.tasks.zh_en import grammar, silver
from viz_core.tasks.zh_en.pair import Pair

TASK = "zh-en"
# Source words, marks included. HSK sentences are short: no finer ranges have 40 of the 400 held-out ones in each.
LENGTHS = ((1, 5), (6, 6), (7, 7), (8, 8), (9, 40))
GRAMMAR_SENTENCES = 400
# That of Vaswani et al. 2017, §6.1. Of 0.6, 1.0 and 1.4 it has the best BLEU on the development sentences, for RNN and Transformer alike.
LENGTH_PENALTY = 0.6


def evaluate(stepper: Stepper, n: int | None, seed: int, beam: int = 5, length_penalty: float = LENGTH_PENALTY) -> dict[str, Any]:
    """`bleu`, `chrf` (0–100, by source length too) and `aer` (0–1) of the 400 held-out HSK sentences, or `n` of them.

    With `_grammar` in the name: the same of as many held-out grammar sentences, whose gold alignment is exact, and
    `accuracy_grammar`, the share that equals the reference. `aer` of HSK is against silver alignments, of those
    sentences that have one (`n_aligned`).
    """
    natural = sample(list(zh_en.held_out()), n, seed)
    chosen = {pair.id for pair in natural}
    made = grammar_pairs(min(n or GRAMMAR_SENTENCES, GRAMMAR_SENTENCES), seed)
    texts = outputs(stepper, [pair.source for pair in natural], beam, length_penalty)
    made_texts = outputs(stepper, [pair.source for pair in made], beam, length_penalty)
    return {
        "n": len(natural),
        **quality(natural, texts, ""),
        **alignment_errors(stepper, [pair for pair in silver.held_out() if pair.id in chosen], ""),
        "n_grammar": len(made),
        **quality(made, made_texts, "_grammar"),
        "accuracy_grammar": float(np.mean([text == pair.target for text, pair in zip(made_texts, made, strict=True)])),
        **alignment_errors(stepper, made, "_grammar"),
        "beam": beam,
        "length_penalty": length_penalty,
    }


def grammar_pairs(n: int, seed: int) -> list[Pair]:
    """Held-out grammar sentences, cut into words as typed ones are."""
    return [Pair(s.pattern, s.source, s.target, s.alignment, "grammar") for s in grammar.held_out(n, seed)]


def quality(pairs: Sequence[Pair], texts: Sequence[str], suffix: str) -> dict[str, float]:
    """`bleu`, `chrf`, and chrF by source length in words: `chrf_1_5` with its count `n_1_5`, ….

    By length chrF only, since BLEU of a few short sentences is noise; a range without a sentence is left out.
    """
    references = [pair.target for pair in pairs]
    found = {f"bleu{suffix}": metrics.bleu(texts, references), f"chrf{suffix}": metrics.chrf(texts, references)}
    for low, high in LENGTHS:
        inside = [i for i, pair in enumerate(pairs) if low <= len(pair.source) <= high]
        if inside:
            found[f"chrf{suffix}_{low}_{high}"] = metrics.chrf([texts[i] for i in inside], [references[i] for i in inside])
            found[f"n{suffix}_{low}_{high}"] = len(inside)
    return found


def alignment_errors(stepper: Stepper, pairs: Sequence[Pair], suffix: str) -> dict[str, float]:
    """AER (Och & Ney 2003) of the heaviest source word of each target word, references forced.

    `aer`: over target words that the gold alignment links (silver links are incomplete, so a word without one is
    unknown, not wrong); `aer_all`: over all target words, every prediction for an unlinked word counted as wrong.
    `aer_uniform` and `aer_diagonal`: a random source word, the one at the same relative position, scored as `aer` is.
    A model without attention has the baselines only; without a gold alignment there is only `n_aligned`, 0. Of a
    Transformer `aer` is that of the layer, head and shift its file names (chosen on development data), and all others stand
    beside it: see `head_errors`.
    """
    pairs = [pair for pair in pairs if pair.alignment]
    found: dict[str, float] = {f"n_aligned{suffix}": len(pairs)}
    if not pairs:
        return found
    links = attention_links(stepper, pairs)
    gold = [set(pair.alignment or ()) for pair in pairs]
    diagonal = [metrics.diagonal_links(len(pair.source), len(words(pair.target))) for pair in pairs]
    found |= head_errors(stepper, pairs, suffix)
    if links is not None:
        found[f"aer{suffix}"] = linked_error_rate(links, gold)
        found[f"aer_all{suffix}"] = metrics.alignment_error_rate(links, gold)
    found[f"aer_diagonal{suffix}"] = linked_error_rate(diagonal, gold)
    sizes = [(len(pair.source), len({target for _, target in links})) for pair, links in zip(pairs, gold, strict=True)]
    found[f"aer_uniform{suffix}"] = metrics.uniform_alignment_error_rate(sizes, gold)
    return found
