"""What a person may change in a run: for now the output of a step. A fork of a run is the same run with one `ForceToken`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from viz_core.decoding.options import MAX_STEPS, Decoding, whole
from viz_core.trace.errors import InputError


@dataclass(frozen=True)
class ForceToken:
    """At step `step` (0-based) the output id `choice`, whatever the method would have chosen; free again afterwards."""

    step: int
    choice: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "step", whole("step of ForceToken", self.step, 0, MAX_STEPS - 1))
        object.__setattr__(self, "choice", whole("choice of ForceToken", self.choice, 0, 2**31))


def with_interventions(decoding: Decoding, interventions: Sequence[object]) -> Decoding:
    """The options with every `ForceToken` as a part of their prefix; a later one wins over an earlier one.

    Raises InputError for anything that is no `ForceToken`.
    """
    prefix = list(decoding.prefix)
    for item in interventions:
        if not isinstance(item, ForceToken):
            raise InputError(f"the intervention {type(item).__name__} cannot be made in a decoded run; use ForceToken(step, choice)")
        prefix += [None] * (item.step + 1 - len(prefix))
        prefix[item.step] = item.choice
    return replace(decoding, prefix=tuple(prefix)) if interventions else decoding
