"""Translation quality and alignment error on held-out sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from viz_core.evaluation import sample
from viz_core.evaluation.outputs import outputs
from viz_core.explain.alignment import forced_weights, to_words
from viz_core.inputs.subwords import words
from viz_core.models.protocol import Stepper
from viz_core.tasks import metrics, zh_en
from viz_core.tasks.zh_en import grammar, silver
from viz_core.tasks.zh_en.pair import Pair

TASK = "zh-en"
LENGTHS = ((1, 4), (5, 7), (8, 10), (11, 40))  # source words, for quality against sentence length
GRAMMAR_SENTENCES = 400


def evaluate(stepper: Stepper, n: int | None, seed: int, beam: int = 5, length_penalty: float = 1.0) -> dict[str, Any]:
    """`bleu`, `chrf` (0–100) on the 400 held-out HSK sentences, by source length too; `aer` against silver alignments of
    those sentences and `aer_grammar` against exact alignments of held-out grammar sentences, with baselines."""
    pairs = sample(list(zh_en.held_out()), n, seed)
    texts = outputs(stepper, [pair.source for pair in pairs], beam, length_penalty)
    references = [pair.target for pair in pairs]
    result = {"n": len(pairs), "bleu": metrics.bleu(texts, references), "chrf": metrics.chrf(texts, references)}
    result |= by_length(pairs, texts)
    made = [Pair(s.pattern, s.source, s.target, s.alignment, "grammar") for s in grammar.held_out(GRAMMAR_SENTENCES, seed)]
    chosen = {pair.id for pair in pairs}
    result |= alignment_errors(stepper, [pair for pair in silver.held_out() if pair.id in chosen], "")
    result |= alignment_errors(stepper, made, "_grammar")
    generated = outputs(stepper, [pair.source for pair in made], beam, length_penalty)
    result["accuracy_grammar"] = float(np.mean([a == b.target for a, b in zip(generated, made, strict=True)]))
    return {**result, "beam": beam, "length_penalty": length_penalty}


def by_length(pairs: Sequence[Pair], texts: Sequence[str]) -> dict[str, float]:
    """chrF by source length in words: `chrf_1_4`, … (chrF, since BLEU of a few short sentences is noise)."""
    out = {}
    for low, high in LENGTHS:
        chosen = [i for i, pair in enumerate(pairs) if low <= len(pair.source) <= high]
        if chosen:
            out[f"chrf_{low}_{high}"] = metrics.chrf([texts[i] for i in chosen], [pairs[i].target for i in chosen])
            out[f"n_{low}_{high}"] = len(chosen)
    return out


def alignment_errors(stepper: Stepper, pairs: Sequence[Pair], suffix: str) -> dict[str, float]:
    """AER (Och & Ney 2003) of the heaviest source word of each target word, references forced.

    `aer`: over target words that the gold alignment links (silver links are incomplete, so a word without one is
    unknown, not wrong); `aer_all`: over all target words, every prediction for an unlinked word counted as wrong.
    Uniform and diagonal alignments are scored in the same way.
    """
    pairs = [pair for pair in pairs if pair.alignment]
    links = attention_links(stepper, pairs)
    sure = [set(pair.alignment or ()) for pair in pairs]
    linked = [{t for _, t in gold} for gold in sure]
    sizes = [(len(pair.source), len(words(pair.target))) for pair in pairs]
    diagonal = [metrics.diagonal_links(*size) for size in sizes]
    out = {
        f"n_aligned{suffix}": len(pairs),
        f"aer_diagonal{suffix}": metrics.alignment_error_rate(only(diagonal, linked), sure),
        f"aer_uniform{suffix}": metrics.uniform_alignment_error_rate(
            [(s, len(l)) for (s, _), l in zip(sizes, linked, strict=True)], sure
        ),
    }
    if links is not None:
        out[f"aer{suffix}"] = metrics.alignment_error_rate(only(links, linked), sure)
        out[f"aer_all{suffix}"] = metrics.alignment_error_rate(links, sure)
    return out


def only(links: Sequence[set[metrics.Link]], targets: Sequence[set[int]]) -> list[set[metrics.Link]]:
    """The links whose target word is among `targets`."""
    return [{link for link in row if link[1] in kept} for row, kept in zip(links, targets, strict=True)]


def attention_links(stepper: Stepper, pairs: Sequence[Pair]) -> list[set[metrics.Link]] | None:
    """One link a target word, None for a model without attention."""
    sources = [stepper.encode_units(pair.source) for pair in pairs]
    references = [stepper.choices(pair.target) for pair in pairs]
    weights = forced_weights(stepper, sources, references)
    if all(np.isnan(rows).all() for rows in weights):
        return None
    return [
        metrics.links_from_weights(to_words(rows, [stepper.labels[i] for i in reference], pair.target))
        for rows, reference, pair in zip(weights, references, pairs, strict=True)
    ]
