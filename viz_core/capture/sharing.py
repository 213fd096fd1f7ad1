"""What many calls have in common is kept once: masks of a pass, and the keys that a growing cache repeats at every step."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from viz_core.capture.position import is_causal_mask
from viz_core.capture.rows import ScaledDot

_WORTH_COMPARING = 2**16  # numbers in a mask


class Sharing:
    """Equal tensors of one recording, found by their memory, or where it pays by their numbers."""

    def __init__(self) -> None:
        self._masks: list[Tensor] = []
        self._causal: dict[int, bool] = {}
        self._last: dict[int, tuple[nn.Module, ScaledDot]] = {}
        self.moved = False  # whether the newest keys do not begin with those of the step before: the batch has other rows now

    def with_mask(self, rows: ScaledDot) -> ScaledDot:
        """The rows with a mask that an earlier call has too: T5, for one, makes a new one of the same numbers in every layer."""
        if rows.mask is None:
            return rows
        for known in self._masks:
            if _same_memory(known, rows.mask) or _same_numbers(known, rows.mask):
                return replace(rows, mask=known)
        self._masks.append(rows.mask)
        return rows

    def is_causal(self, rows: ScaledDot) -> bool:
        """Whether the rows hide later keys, by their flag or their mask; each mask is looked at once."""
        if rows.causal or rows.mask is None:
            return rows.causal
        key = id(rows.mask)  # of a mask that with_mask keeps
        if key not in self._causal:
            self._causal[key] = is_causal_mask(rows.mask, *rows.shape[2:])
        return self._causal[key]

    def grow(self, module: nn.Module | None, rows: ScaledDot, first_query: int) -> ScaledDot:
        """The rows, holding their keys together with the module's calls before where these are the beginning of them.

        A cache makes a new, longer tensor at every step: without this a recording of n steps would hold n² / 2 keys.
        """
        if module is None:
            return rows
        before = self._last.get(id(module))
        self.moved = self.moved and first_query > 0
        if before is not None and first_query > 0 and (earlier := before[1]).count < rows.count:
            start = rows.keys[:, :, : earlier.count]
            if start.shape == earlier.keys.shape and torch.equal(start, earlier.keys):
                earlier.held.take(rows.held.tensor)
                rows = replace(rows, held=earlier.held)
            else:
                self.moved = True
        self._last[id(module)] = (module, rows)
        return rows


def _same_memory(one: Tensor, other: Tensor) -> bool:
    alike = one.shape == other.shape and one.stride() == other.stride() and one.dtype == other.dtype
    return alike and one.data_ptr() == other.data_ptr()


def _same_numbers(one: Tensor, other: Tensor) -> bool:
    return one.numel() >= _WORTH_COMPARING and one.shape == other.shape and one.dtype == other.dtype and torch.equal(one, other)
