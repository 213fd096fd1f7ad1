"""Where a beam search left the greedy path, what that cost at once and what it earned later."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from viz_core.trace import InputError, Trace


class BeamGain(NamedTuple):
    """The first step at which two outputs differ, and their log-probabilities (nats) there and behind it.

    step: 0-based; greedy, beam: the token of each; greedy_now, beam_now: its log p after the same beginning;
    greedy_later, beam_later: the sum of log p of all steps after it; rank: of the beam's token among the candidates
    there (0 is best, −1 when it is not among those that were recorded).
    """

    step: int
    greedy: str
    beam: str
    greedy_now: float
    beam_now: float
    greedy_later: float
    beam_later: float
    rank: int

    @property
    def cost(self) -> float:
        """What the beam gave up at that step, nats, ≥ 0."""
        return self.greedy_now - self.beam_now

    @property
    def gain(self) -> float:
        """What it won behind that step, nats."""
        return self.beam_later - self.greedy_later


def beam_gain(greedy: Trace, beam: Trace) -> BeamGain | None:
    """None when both outputs are the same. Raises InputError when the traces are not of one model and source."""
    if (greedy.run.get("sha256"), greedy.source) != (beam.run.get("sha256"), beam.source):
        raise InputError("the two traces are of different models or sources; compare runs of one model on one source")
    pairs = zip(greedy.steps, beam.steps, strict=False)
    step = next((i for i, (a, b) in enumerate(pairs) if a.choice != b.choice), None)
    if step is None:
        return None
    a, b = greedy.steps[step], beam.steps[step]
    found = np.flatnonzero(a.candidates.choices == b.choice) if a.candidates else []
    return BeamGain(
        step, a.emitted, b.emitted, _total(greedy, step, step + 1), _total(beam, step, step + 1),
        _total(greedy, step + 1, None), _total(beam, step + 1, None), int(found[0]) if len(found) else -1,
    )  # fmt: skip


def _total(trace: Trace, start: int, end: int | None) -> float:
    return float(sum(step.log_prob or 0.0 for step in trace.steps[start:end]))
