"""Many sources at once, without records: what evaluation runs, and the choosers that the driver shares with it."""

from __future__ import annotations

from collections.abc import Sequence

from viz_core.decoding.beam import beam_search
from viz_core.decoding.forced import follow, reference_of
from viz_core.decoding.options import Beam, Decoding, Forced, Sampling
from viz_core.decoding.sampling import sampler
from viz_core.decoding.walk import Chooser, check_outputs, closing, ends_of, limits_of, walk
from viz_core.models.protocol import Source, Stepper


def chooser(stepper: Stepper, sources: Sequence[Source], decoding: Decoding, seed: int = 0) -> tuple[Chooser, list[int]]:
    """How one output a step is chosen, and the most steps of each source, for every method but `Beam`.

    seed: for sampling options without a seed of their own; source n draws with seed + n, so that it draws in a batch
    what it draws alone with that seed.
    """
    check_outputs(stepper, decoding.prefix, "prefix")
    if isinstance(decoding, Forced):
        reference = reference_of(stepper, decoding)
        limit = min(len(reference), decoding.max_steps or len(reference))
        return follow(stepper, [reference] * len(sources)), [limit] * len(sources)
    limits = limits_of(stepper, sources, decoding)
    if isinstance(decoding, Sampling):
        first = seed if decoding.seed is None else decoding.seed
        return closing(stepper, sampler(decoding, [first + n for n in range(len(sources))]), limits), limits
    return closing(stepper, lambda step, log_probs: log_probs.argmax(-1), limits), limits


def choices_of(stepper: Stepper, sources: Sequence[Source], decoding: Decoding, seed: int = 0) -> list[list[int]]:
    """The output of each source: chosen ids, `end` left out; of a beam the best."""
    if not sources:
        return []
    ends = ends_of(stepper)
    if isinstance(decoding, Beam):
        found = beam_search(stepper, sources, decoding, tree=False)
        return [[c for c in result.hypotheses[0].choices if c not in ends] for result in found]
    choose, limits = chooser(stepper, sources, decoding, seed)
    steps = [choices for _, choices in walk(stepper, stepper.start(sources), choose, limits, decoding.prefix)]
    rows = [list(row[:limit]) for row, limit in zip(zip(*steps, strict=True), limits, strict=True)]
    return [row[: next((t for t, c in enumerate(row) if c in ends), len(row))] for row in rows]
