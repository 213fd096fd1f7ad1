"""Greedy decoding: the most probable output at every step."""

from __future__ import annotations

from collections.abc import Sequence

from viz_core.decoding.batch import choices_of
from viz_core.decoding.options import Greedy
from viz_core.models.protocol import Source, Stepper


def greedy_choices(stepper: Stepper, sources: Sequence[Source]) -> list[list[int]]:
    """The most probable output at every step, for each source: chosen ids, `end` left out."""
    return choices_of(stepper, sources, Greedy())
