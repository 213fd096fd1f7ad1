"""One hypothesis a source, step by step: the loop under greedy decoding, sampling and teacher forcing.

Axes: N sources, V outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

from viz_core.decoding.options import MAX_STEPS, Decoding, Prefix
from viz_core.models.protocol import Prediction, Source, State, Stepper
from viz_core.trace.errors import InputError

Chooser = Callable[[int, Tensor], Tensor]  # (step, log p f32[N, V]) → choices int64[N]


def walk(
    stepper: Stepper, state: State, choose: Chooser, limits: Sequence[int], prefix: Prefix = ()
) -> Iterator[tuple[Prediction, list[int]]]:
    """Each step's prediction and the N choices that were made, until every source has chosen `end` or reached its limit.

    limits: the most steps of each source; what a source chooses beyond its limit or after `end` means nothing.
    """
    running, rows, ends = list(range(len(limits))), None, ends_of(stepper)
    for step in range(max(limits)):
        prediction = stepper.predict(state)
        log_probs = prediction.log_probs[:, 0]
        forced = prefix[step] if step < len(prefix) else None
        chosen = choose(step, log_probs) if forced is None else torch.full_like(log_probs[:, 0], forced, dtype=torch.long)
        choices = chosen.tolist()
        if forced is not None:
            check_possible(stepper, log_probs, [choices[n] for n in running], running, step)
        yield prediction, choices
        running = [n for n in running if choices[n] not in ends and step + 1 < limits[n]]
        if not running:
            return
        rows = torch.zeros_like(chosen)[:, None] if rows is None else rows
        state = stepper.commit(prediction, rows, chosen[:, None])


def ends_of(stepper: Stepper) -> frozenset[int]:
    """Every output that ends a text; loaded models may have several."""
    return getattr(stepper, "ends", None) or frozenset((stepper.end,))


def closing(stepper: Stepper, choose: Chooser, limits: Sequence[int]) -> Chooser:
    """A chooser that takes the output which a model's settings force at the last step a source may make, if they do."""
    forced = getattr(stepper, "closing", None)
    if forced is None:
        return choose

    def choose_or_close(step: int, log_probs: Tensor) -> Tensor:
        last = torch.tensor([step + 1 == limit for limit in limits], device=log_probs.device)
        return choose(step, log_probs).masked_fill(last, forced)

    return choose_or_close


def limits_of(stepper: Stepper, sources: Sequence[Source], decoding: Decoding) -> list[int]:
    """The most steps of each source: `max_steps`, or what the model says is sensible and the prefix needs."""
    if decoding.max_steps is not None:
        return [decoding.max_steps] * len(sources)
    return [min(max(stepper.limit(source), len(decoding.prefix) + 1), MAX_STEPS) for source in sources]


def check_outputs(stepper: Stepper, choices: Sequence[int | None], what: str) -> None:
    """Raises InputError unless every id that is forced is one of the model's outputs."""
    for choice in choices:
        if choice is not None and choice >= len(stepper.labels):
            raise InputError(f"{what} has the output id {choice}; this model's outputs are 0 … {len(stepper.labels) - 1}")


def check_possible(stepper: Stepper, log_probs: Tensor, choices: Sequence[int], rows: Sequence[int], step: int) -> None:
    """Raises InputError when a forced output has probability 0. log_probs: f32[row, V]; choices: one of each of `rows`."""
    for value, choice in zip(log_probs[list(rows), list(choices)].tolist(), choices, strict=True):
        if value == -torch.inf:
            raise impossible(stepper, choice, step)


def impossible(stepper: Stepper, choice: int, step: int) -> InputError:
    """The error for forcing an output of probability 0."""
    return InputError(f"{stepper.labels[choice]!r} has probability 0 at step {step + 1} and cannot be forced there; force another output")
