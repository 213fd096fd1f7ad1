"""Outputs of many sources, by beam search in batches of similar length."""

from __future__ import annotations

from collections.abc import Sequence

from viz_core.decoding.batch import choices_of
from viz_core.decoding.options import Beam
from viz_core.models.protocol import Stepper

BATCH = 64  # sources decoded together


def outputs(stepper: Stepper, units: Sequence[Sequence[str]], beam: int, length_penalty: float) -> list[str]:
    """The best output of each source (cut into units already) as text, in the order given."""
    options = Beam(width=beam, length_penalty=length_penalty)
    order = sorted(range(len(units)), key=lambda i: len(units[i]))
    texts = [""] * len(units)
    for start in range(0, len(order), BATCH):
        chosen = order[start : start + BATCH]
        sources = [stepper.encode_units(units[i]) for i in chosen]
        for i, choices in zip(chosen, choices_of(stepper, sources, options), strict=True):
            texts[i] = stepper.text(choices)
    return texts
