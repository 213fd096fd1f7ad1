"""Beam search as most callers want it: outputs, and the tree when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from viz_core.decoding.search import Hypothesis, Search, search, with_rows
from viz_core.decoding.beam_tree import tree_of
from viz_core.decoding.options import Beam
from viz_core.models.protocol import Source, Stepper
from viz_core.trace import Axis, BeamTree


class BeamResult(NamedTuple):
    """hypotheses: the n_best best outputs, best score first (fewer when fewer finished). tree: None when not asked for."""

    hypotheses: tuple[Hypothesis, ...]
    tree: BeamTree | None


def beam_search(stepper: Stepper, sources: Sequence[Source], options: Beam, *, tree: bool = True) -> list[BeamResult]:
    """The best outputs of each source. Results are the same with and without trees, and in a batch as alone.

    Raises InputError for a prefix that the model cannot write.
    """
    if not sources:
        return []
    return results(search(stepper, sources, options, weights=tree), stepper, sources, tree)


def results(found: Search, stepper: Stepper, sources: Sequence[Source], tree: bool) -> list[BeamResult]:
    """What a finished search says of each source."""
    found = with_rows(found, stepper) if tree else found
    return [
        BeamResult(tuple(done[: found.options.n_best]), tree_of(found, n, key_axis(stepper, sources[n]), stepper.labels) if tree else None)
        for n, done in enumerate(found.finished)
    ]


def key_axis(stepper: Stepper, source: Source) -> Axis:
    """What the attention rows of a tree are over: the source, unless the model says otherwise."""
    return stepper.key_axis(source) if hasattr(stepper, "key_axis") else source.axis
