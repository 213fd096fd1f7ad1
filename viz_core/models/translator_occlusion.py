"""How our own encoder–decoders read a source with positions removed, and the gradients of what they say.

Axes: B sets of kept positions, S source positions, T output steps, D embedding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.utils._pytree import tree_map

from viz_core.inputs.vocabulary import BEGIN, PAD
from viz_core.models.occlusion import check_request, follow, row_gradients
from viz_core.models.protocol import Source

if TYPE_CHECKING:
    from viz_core.models.translator import Translator


@dataclass(frozen=True, eq=False)
class TranslatorOcclusion:
    """The `Occlusion` of a `Translator`. A source of which nothing is kept leaves zeros for the decoder to look at."""

    stepper: Translator

    quantity = "log_prob"

    @property
    def removals(self) -> tuple[str, ...]:
        attends = getattr(self.stepper.module.config, "score", "") != "none"
        return ("delete", "block") if attends else ("delete",)

    @torch.inference_mode()
    def values(self, source: Source, choices: Sequence[int], keep: Tensor, removal: str) -> Tensor:
        check_request(source, keep, removal, self.removals)
        keep = keep.to(self.stepper.device)
        state = self._deleted(source, keep) if removal == "delete" else self._blocked(source, keep)
        return follow(self.stepper, state, choices)

    def gradients(self, source: Source, choices: Sequence[int]) -> tuple[Tensor, Tensor]:
        stepper, module = self.stepper, self.stepper.module
        # cuDNN has no backward pass for an LSTM in evaluation mode
        with torch.inference_mode(False), torch.enable_grad(), torch.backends.cudnn.flags(enabled=False):
            words, parts = stepper.ids([source])
            embedded = module.source(words, parts).detach().clone().requires_grad_()  # (1, S, D)
            memory = module.read(embedded, torch.ones_like(words, dtype=torch.bool))
            previous = words.new_tensor([[BEGIN, *choices[:-1]]])
            log_probs = stepper.log_probs(module.logits(module.forced(memory, previous)))[0]
            chosen = log_probs[range(len(choices)), list(choices)]
            return embedded[0].detach(), row_gradients(chosen, embedded)

    def repeated(self, source: Source, count: int) -> Any:
        """The state before the first step of `count` equal sources, encoded once."""
        memory = self.stepper.start([source]).memory
        return self.stepper.opened((source,) * count, tree_map(lambda value: value.expand(count, *value.shape[1:]), memory))

    def _deleted(self, source: Source, keep: Tensor) -> Any:
        """Encodes only the kept units, moved together."""
        words, parts = self.stepper.ids([source])
        nothing = ~keep.any(1)
        keep = keep | (nothing[:, None] & _first(keep))  # an encoder reads at least one unit
        order = (~keep).long().argsort(dim=1, stable=True)  # kept positions first, as they stood
        kept = keep.gather(1, order)
        words = words[0][order].masked_fill(~kept, PAD)
        if parts is not None:
            parts = parts[0][order].masked_fill(~kept[..., None], PAD)
        return self.stepper.opened((source,) * len(keep), _zeroed(self.stepper.memory(words, parts), nothing))

    def _blocked(self, source: Source, keep: Tensor) -> Any:
        """Encodes every unit, hides the removed ones from the decoder's attention."""
        state = self.repeated(source, len(keep))
        nothing = ~keep.any(1)
        memory = _zeroed(state.memory, nothing)  # what is looked at is then 0, as if nothing were
        return state._replace(memory=memory._replace(mask=keep | (nothing[:, None] & _first(keep))))


def _first(keep: Tensor) -> Tensor:
    return torch.arange(keep.shape[1], device=keep.device) == 0


def _zeroed(memory: Any, rows: Tensor) -> Any:
    """The memory with every number of some sources at 0: bool[B]."""

    def zero(value: Tensor) -> Tensor:
        return value.masked_fill(rows.view(-1, *[1] * (value.ndim - 1)), 0.0) if value.is_floating_point() else value

    return tree_map(zero, memory)
