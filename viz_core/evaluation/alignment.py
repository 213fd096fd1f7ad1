"""Alignment error of attention: of the map a model aligns with, and of every cross-attention head of a Transformer.

Axes: T target positions, S source positions, L layers, H heads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viz_core.explain.alignment import forced_cross, forced_weights, shifted, to_words
from viz_core.models.protocol import Stepper
from viz_core.models.transformer_stepper import TransformerStepper
from viz_core.tasks import metrics
from viz_core.tasks.zh_en import silver
from viz_core.tasks.zh_en.pair import Pair

Links = list[set[metrics.Link]]


class Reading(NamedTuple):
    """One way to read an alignment off cross-attention. layer: from 0; head: None for the mean of all; shifted: see
    `explain.alignment.shifted`; links: one a target word of every pair."""

    layer: int
    head: int | None
    shifted: bool
    links: Links

    @property
    def key(self) -> str:
        """`aer_layer_1_head_2_shifted`: layers and heads from 0, as they are counted everywhere in the program."""
        head = "" if self.head is None else f"_head_{self.head}"
        return f"aer_layer_{self.layer}{head}{'_shifted' if self.shifted else ''}"


class Choice(NamedTuple):
    """The reading with the lowest error on the development sentences, and that error."""

    layer: int
    head: int | None
    shifted: bool
    error: float


def choose(stepper: TransformerStepper, pairs: Sequence[Pair] | None = None) -> Choice:
    """Which layer, head (or mean of heads) and shift aligns best; chosen on development data, never on held-out data.

    pairs: with alignments; None: the development sentences that have a silver one. Of equal errors the mean of heads, the
    unshifted row and the earlier layer win.
    """
    pairs = silver.development() if pairs is None else pairs
    gold = [set(pair.alignment or ()) for pair in pairs]
    errors = [(linked_error_rate(reading.links, gold), reading) for reading in readings(stepper, pairs)]
    error, best = min(errors, key=lambda item: (item[0], item[1].head is not None, item[1].shifted, item[1].layer))
    return Choice(best.layer, best.head, best.shifted, error)


def head_errors(stepper: Stepper, pairs: Sequence[Pair], suffix: str) -> dict[str, float]:
    """`aer_layer_1`, `aer_layer_1_head_2`, … and the same `_shifted`, against the pairs' alignments, as `aer` is scored.

    Nothing for a model whose attention has no layers and heads.
    """
    if not isinstance(stepper, TransformerStepper):
        return {}
    gold = [set(pair.alignment or ()) for pair in pairs]
    return {f"{reading.key}{suffix}": linked_error_rate(reading.links, gold) for reading in readings(stepper, pairs)}


def readings(stepper: TransformerStepper, pairs: Sequence[Pair]) -> Iterator[Reading]:
    """Every layer's heads and their mean, each with and without the shift; references forced once."""
    sources, references = encoded(stepper, pairs)
    rows = forced_cross(stepper, sources, references)  # (T, L, H, S) a pair
    for moved in (False, True):
        words = [_words(stepper, shifted(row) if moved else row, ids, pair) for row, ids, pair in zip(rows, references, pairs, strict=True)]
        for layer in range(stepper.module.config.layers):
            for head in (None, *range(stepper.module.config.heads)):
                chosen = [word[:, layer].mean(1) if head is None else word[:, layer, head] for word in words]
                yield Reading(layer, head, moved, [metrics.links_from_weights(row) for row in chosen])


def attention_links(stepper: Stepper, pairs: Sequence[Pair]) -> Links | None:
    """One link a target word, from its heaviest source word; None for a model without attention."""
    sources, references = encoded(stepper, pairs)
    weights = forced_weights(stepper, sources, references)
    if all(np.isnan(rows).all() for rows in weights):
        return None
    if getattr(stepper, "alignment_shifted", False):
        weights = [shifted(rows) for rows in weights]
    return [
        metrics.links_from_weights(_words(stepper, rows, reference, pair))
        for rows, reference, pair in zip(weights, references, pairs, strict=True)
    ]


def encoded(stepper: Stepper, pairs: Sequence[Pair]) -> tuple[list, list[list[int]]]:
    """Sources and reference ids of the pairs."""
    return [stepper.encode_units(pair.source) for pair in pairs], [stepper.choices(pair.target) for pair in pairs]


def _words(stepper: Stepper, rows: NDArray, reference: Sequence[int], pair: Pair) -> NDArray:
    return to_words(rows, [stepper.labels[i] for i in reference], pair.target)


def linked_error_rate(predicted: Sequence[set[metrics.Link]], gold: Sequence[set[metrics.Link]]) -> float:
    """AER over the target words that the gold alignment links."""
    judged = [metrics.on_linked_targets(row, sure) for row, sure in zip(predicted, gold, strict=True)]
    return metrics.alignment_error_rate(judged, gold)
