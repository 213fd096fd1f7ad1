"""Greedy decoding, many sources at once."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from viz_core.models.protocol import Source, Stepper


def greedy_choices(stepper: Stepper, sources: Sequence[Source]) -> list[list[int]]:
    """The most probable output at every step, for each source: chosen ids, `end` left out."""
    state = stepper.start(sources)
    rows: torch.Tensor | None = None
    chosen, limit = [], max(stepper.limit(source) for source in sources)
    finished = None
    for _ in range(limit):
        prediction = stepper.predict(state)
        best = prediction.log_probs.argmax(-1)  # (N, 1)
        rows = torch.zeros_like(best) if rows is None else rows
        finished = best.eq(stepper.end) if finished is None else finished | best.eq(stepper.end)
        chosen.append(best[:, 0])
        if bool(finished.all()):
            break
        state = stepper.commit(prediction, rows, best)
    columns = torch.stack(chosen, 1).tolist()
    return [row[: row.index(stepper.end)] if stepper.end in row else row for row in columns]
