"""Memory cells overwritten by hand while a machine runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from viz_core.trace.errors import InputError


@dataclass(frozen=True)
class MemoryEdit:
    """Before tick `tick` (from 0) the cell `cell` (from 0) holds `values`, whatever was written there."""

    tick: int
    cell: int
    values: tuple[float, ...]

    def applied(self, state: Any, tick: int) -> Any:
        """The network's state with the cell overwritten when this is the tick, else as it is.

        Raises InputError for a network without a memory, a cell it does not have and a wrong number of values.
        """
        if tick != self.tick:
            return state
        if not hasattr(state, "memory"):
            raise InputError("this model has no memory to overwrite; choose a model with a memory")
        _, cells, width = state.memory.shape
        if not 0 <= self.cell < cells:
            raise InputError(f"there is no cell {self.cell}; this memory has cells 0 to {cells - 1}")
        if len(self.values) != width:
            raise InputError(f"{len(self.values)} numbers were given for cell {self.cell}; a cell of this memory has {width}")
        memory = state.memory.clone()
        memory[:, self.cell] = torch.tensor(self.values, dtype=memory.dtype, device=memory.device)
        return state._replace(memory=memory)


def check_edits(edits: Sequence[object]) -> tuple[MemoryEdit, ...]:
    """The edits, checked as far as they can be before the machine runs."""
    for edit in edits:
        if not isinstance(edit, MemoryEdit):
            raise InputError(f"{type(edit).__name__} cannot change a machine with a tape; use MemoryEdit(tick, cell, values)")
        if not all(isinstance(value, int | float) and math.isfinite(value) for value in edit.values):
            raise InputError(f"cell {edit.cell} is to hold a value that is no number; give finite numbers")
        if not isinstance(edit.tick, int) or edit.tick < 0:
            raise InputError(f"the tick is {edit.tick!r}; count the ticks from 0")
    return tuple(edits)  # type: ignore[arg-type]
