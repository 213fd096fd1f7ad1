"""How a loaded encoder's token states change when other tokens may not be attended to.

An encoder chooses nothing, so that what is explained is a state: the last hidden state of a token, compared with the state
it has when everything is there. Axes: B sets of kept positions, S positions, T explained tokens, D width.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from viz_core.capture import record
from viz_core.models.occlusion import check_request
from viz_core.models.protocol import Source

if TYPE_CHECKING:
    from viz_core.models.pretrained_encoder import PretrainedEncoder

STEP = 1e-2  # by which share an embedding is shortened: small for the model, large for float32


@dataclass(frozen=True, eq=False)
class EncoderOcclusion:
    """The `Occlusion` of a `PretrainedEncoder`: choices are positions, values are cosine similarities."""

    encoder: PretrainedEncoder

    removals = ("mask",)
    quantity = "similarity"

    @torch.inference_mode()
    def values(self, source: Source, choices: Sequence[int], keep: Tensor, removal: str) -> Tensor:
        """Cosine of each token's last hidden state with the one it has when every position is there, f32[B, T]."""
        check_request(source, keep, removal, self.removals)
        full = self._states(source, torch.ones_like(keep[:1]))[:, list(choices)]
        return torch.cosine_similarity(self._states(source, keep)[:, list(choices)], full, dim=-1)

    @torch.inference_mode()
    def scaled(self, source: Source, choices: Sequence[int]) -> Tensor:
        """‖∂h_t / ∂e_s · e_s‖ / ‖h_t‖ of every token t and embedding e_s, f32[T, S], by shortening one embedding at a time."""
        count = len(source.ids)
        full = self._states(source, torch.ones(1, count, dtype=torch.bool))[0, list(choices)]  # (T, D)
        with Shortened(self.encoder.module.get_input_embeddings().weight, 1 - STEP):
            moved = self._states(source, torch.ones(count, count, dtype=torch.bool))[:, list(choices)]  # (S, T, D)
        return ((moved - full).norm(dim=-1) / STEP / full.norm(dim=-1)).T

    def _states(self, source: Source, keep: Tensor) -> Tensor:
        """Last hidden states when only the kept positions may be attended to, f32[B, S, D]."""
        encoder = self.encoder
        given = {name: value.expand(len(keep), -1) for name, value in encoder.inputs(source).items()}
        given["attention_mask"] = keep.long().to(encoder.device)
        with record(*encoder.edits) if encoder.edits else nullcontext():
            out = encoder.module(**given, output_hidden_states=True, return_dict=True)
        return out.hidden_states[-1].float()


class Shortened(TorchFunctionMode):
    """Inside it the first look-up in a table gives row i of the batch with position i multiplied by `factor`."""

    def __init__(self, table: Tensor, factor: float) -> None:
        super().__init__()
        self.table, self.factor, self.done = table, factor, False

    def __torch_function__(self, func: Callable, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        found = func(*args, **(kwargs or {}))
        if not self.done and func is torch.nn.functional.embedding and (args[1] if len(args) > 1 else kwargs["weight"]) is self.table:
            self.done, found = True, found.clone()
            places = torch.arange(len(found), device=found.device)
            found[places, places] *= self.factor
        return found
