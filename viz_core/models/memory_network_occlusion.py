"""A memory network's answer with sentences taken out, and with other weights at its hops.

Every hop's row is held against the answer, which only the last hop gives. Axes: B sets of sentences, S sentences, T hops.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from viz_core.models.memory_network_batch import Read, read
from viz_core.models.occlusion import check_request
from viz_core.models.protocol import Source
from viz_core.trace.errors import InputError

if TYPE_CHECKING:
    from viz_core.models.memory_network_stepper import MemoryNetworkStepper


@dataclass(frozen=True, eq=False)
class StoryOcclusion:
    """`delete`: older sentences move up; `mask`: the sentence keeps its place, and no hop may look at it."""

    stepper: MemoryNetworkStepper

    removals = ("delete", "mask")
    quantity = "log_prob"

    @torch.inference_mode()
    def values(self, source: Source, choices: Sequence[int], keep: Tensor, removal: str) -> Tensor:
        check_request(source, keep, removal, self.removals)
        story, question = source.ids
        batch = read(self.stepper.module, [story] * len(keep), [question] * len(keep), keep, moved_up=removal == "delete")
        return self._answered(batch, choices)

    @torch.inference_mode()
    def reweighted(self, source: Source, choices: Sequence[int], weights: Tensor) -> Tensor:
        batch = self.stepper.read([source] * len(weights))
        hops = self.stepper.hops
        missing = torch.full((len(weights), hops - weights.shape[1], weights.shape[2]), torch.nan)
        rows = torch.cat([weights.float(), missing], dim=1)  # hops behind the last given row stay the model's own
        return self._answered(batch, choices, rows[:, None].to(batch.query.device))

    def _answered(self, batch: Read, choices: Sequence[int], weights: Tensor | None = None) -> Tensor:
        """log p of the answer, the same for every hop."""
        if choices[-1] not in self.stepper.ends:
            raise InputError("the run has no answer to explain; run it to its last hop")
        log_probs = self.stepper.module(*batch, weights=weights)[:, 0].log_softmax(-1)
        return log_probs[:, choices[-1], None].expand(-1, len(choices))
