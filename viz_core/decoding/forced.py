"""Teacher forcing: what a model thinks of an output that somebody gives it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from viz_core.decoding.options import MAX_STEPS, Forced
from viz_core.decoding.walk import Chooser, check_outputs, check_possible, ends_of, walk
from viz_core.models.protocol import Source, Stepper
from viz_core.trace.errors import InputError


def reference_of(stepper: Stepper, options: Forced) -> tuple[int, ...]:
    """The ids to force; InputError when the model cannot write them, or when `end` comes before the last."""
    reference = options.reference
    ids = tuple(stepper.choices(reference)) if isinstance(reference, str) else reference
    check_outputs(stepper, ids, "reference")
    ended = [place for place, choice in enumerate(ids[:-1]) if choice in ends_of(stepper)]
    if ended:
        where = f"step {ended[0] + 1} of {len(ids)}"
        raise InputError(f"the reference has the end at {where}; give ids with the end last or not at all")
    if len(ids) > MAX_STEPS:
        raise InputError(f"the reference has {len(ids)} outputs; at most {MAX_STEPS} are forced, so shorten it")
    return ids


def follow(stepper: Stepper, references: Sequence[Sequence[int]]) -> Chooser:
    """A chooser that follows reference n for source n; an output of probability 0 is an InputError."""

    def choose(step: int, log_probs: Tensor) -> Tensor:
        going = [n for n, reference in enumerate(references) if step < len(reference)]
        check_possible(stepper, log_probs, [references[n][step] for n in going], going, step)
        column = [reference[step] if step < len(reference) else max(stepper.end, 0) for reference in references]
        return torch.tensor(column, device=log_probs.device)

    return choose


def forced_log_probs(stepper: Stepper, sources: Sequence[Source], references: Sequence[Sequence[int]]) -> list[NDArray]:
    """log p(y_t | y_<t, x) in nats of every output of reference n given source n, f32[t] each; all in one batch."""
    limits = [len(reference) for reference in references]
    steps = []
    for prediction, choices in walk(stepper, stepper.start(sources), follow(stepper, references), limits):
        chosen = torch.tensor(choices, device=prediction.log_probs.device)[:, None]
        steps.append(prediction.log_probs[:, 0].gather(1, chosen)[:, 0])
    table = torch.stack(steps, 1).cpu().numpy()  # (N, T)
    return [np.array(row[:limit]) for row, limit in zip(table, limits, strict=True)]
