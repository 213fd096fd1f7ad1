"""Numbers of layers and of first query rows, counted while a recording runs."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from viz_core.capture.location import Location
from viz_core.capture.names import skeleton


class Counters:
    """Counts calls for what names cannot tell: layers that share one module (ALBERT) and steps of a recurrent decoder.

    entered: how often a module has been called so far in this recording.
    """

    def __init__(self, entered: Callable[[nn.Module], int]) -> None:
        self.entered = entered
        self._visits: dict[tuple[str, int], tuple[int, list[tuple[int, int]]]] = {}
        self._steps: dict[tuple[int, int], tuple[int, int]] = {}

    def layer(self, location: Location, queries: int) -> int:
        """The number in the module's name, or where a module is used again within one pass, the number of the use.

        Single queries are steps of a loop, never layers; a name without a number is layer 0.
        """
        if location.module is None or location.names is None:
            return 0
        named = location.names.layer(location.name)
        owner = location.names.owner(location.name)
        if queries == 1 or owner is None or "#" not in skeleton(location.name):
            return named
        key, run = (skeleton(location.name), id(owner)), self.entered(owner)
        if self._visits.get(key, (None, []))[0] != run:
            self._visits[key] = (run, [])
        visits = self._visits[key][1]
        visit = (id(location.module), self.entered(location.module))
        if visit not in visits:
            visits.append(visit)
        return max(named, visits.index(visit))

    def step(self, location: Location, keys: int) -> int:
        """How many rows this module has asked about as many keys before, one a call, in this run of the outermost module."""
        if location.module is None or len(location.modules) < 2:
            return 0
        key, run = (id(location.module), keys), self.entered(location.modules[-1])
        last, count = self._steps.get(key, (run, -1))
        self._steps[key] = (run, count + 1 if last == run else 0)
        return self._steps[key][1]
