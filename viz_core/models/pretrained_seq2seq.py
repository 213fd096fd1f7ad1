"""Steps a loaded encoder–decoder (T5, BART, Marian, …): the source is encoded once, the decoder writes one token a step."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor
from transformers.modeling_outputs import BaseModelOutput

from viz_core.capture import record
from viz_core.models.pretrained_cache import new_cache
from viz_core.models.pretrained_generator import PretrainedGenerator
from viz_core.models.pretrained_maps import maps_of
from viz_core.models.pretrained_rules import rules
from viz_core.models.pretrained_state import TextState
from viz_core.models.protocol import Source
from viz_core.trace import AttentionMap, Axis, Quantity
from viz_core.trace.errors import InputError


class EncoderMemory(NamedTuple):
    """What the encoder left, a row for each hypothesis. states: f32 (N · B, S, D); mask: (N · B, S), 1 at real positions."""

    states: Tensor
    mask: Tensor | None

    def take(self, rows: Tensor) -> EncoderMemory:
        """The memory whose row i is row rows[i] of this one."""
        return EncoderMemory(*(None if part is None else part.index_select(0, rows) for part in self))


@dataclass(frozen=True, eq=False)
class PretrainedSeq2Seq(PretrainedGenerator):
    """A loaded encoder–decoder as a stepper. begun: ids that the decoder begins with (none: what the settings say)."""

    begun: tuple[int, ...] = ()

    site = "cross"

    def encode(self, text: str) -> Source:
        """A source text; InputError when it is empty or has more tokens than the model reads."""
        found = self.tokens.encode(text, limit=self.source_positions)
        unknown = tuple(i for i, token in enumerate(found.ids) if token == self.tokenizer.unk_token_id)
        return Source(text, found.axis, found.ids, unknown)

    @property
    def source_positions(self) -> int | None:
        return getattr(self.module.config, "max_source_positions", None) or self.positions

    def choices(self, text: str) -> list[int]:
        """Ids of a reference; with those that the tokenizer puts around a target text."""
        if not isinstance(text, str) or not text.strip():
            raise InputError("the reference is empty; give the output text")
        ids = list(self.tokenizer(text_target=text, truncation=False, verbose=False)["input_ids"])
        return ids if self.end < 0 or (ids and ids[-1] in self.ends) else [*ids, self.end]

    def room(self, source: Source) -> int:
        found = getattr(self.module.config, "max_target_positions", None) or self.positions
        return 10**9 if found is None else found - len(self.decoder_begins)

    @property
    def decoder_begins(self) -> tuple[int, ...]:
        """What the decoder reads before its first output."""
        if self.begun:
            return self.begun
        for found in (self.settings.decoder_start_token_id, self.module.config.decoder_start_token_id, self.settings.bos_token_id):
            if found is not None:
                return (int(found[0] if isinstance(found, list) else found),)
        raise InputError(f"the settings of {self.identity.name} do not say what its decoder starts with; set decoder_start_token_id")

    def key_axis(self, source: Source) -> Axis:
        return source.axis

    def path_axis(self, source: Source, said: Sequence[int]) -> Axis:
        return self.tokens.output_axis([*self.decoder_begins, *said])

    def site_axes(self, queries: Axis, keys: Axis, source: Axis) -> dict[str, tuple[Axis, Axis]]:
        return {"cross": (queries, source), "decoder": (queries, keys)}

    def before(self, state: TextState, source: int) -> list[int]:
        return list(self.decoder_begins)

    @torch.inference_mode()
    def start(self, sources: Sequence[Source]) -> TextState:
        with record(*self.edits) if self.edits else nullcontext():
            return self.encoded(sources)

    def encoded_in_sight(self, source: Source) -> tuple[TextState, list[AttentionMap]]:
        with record(*self.edits) as found:
            state = self.encoded([source])
        return state, maps_of(found.calls, {"encoder": (source.axis, source.axis)})

    @torch.inference_mode()
    def encoded(self, sources: Sequence[Source]) -> TextState:
        chosen = torch.zeros((len(sources), 1, 0), dtype=torch.long, device=self.device)
        given, mask = self._read(sources)
        out = self.module.get_encoder()(**given, **({} if mask is None else {"attention_mask": mask}), return_dict=True)
        cache = new_cache(self.module.config, True) if self.cached else None
        begun = len(self.decoder_begins)
        found = tuple(rules(self.settings, begun, source.ids if self._reads_text else None) for source in sources)
        return TextState(tuple(sources), chosen, cache, found, EncoderMemory(out.last_hidden_state, mask))

    @property
    def _reads_text(self) -> bool:
        return self.module.main_input_name == "input_ids"

    def _read(self, sources: Sequence[Source]) -> tuple[dict[str, Tensor], Tensor | None]:
        """What the encoder reads, and its mask where sources differ in length. Other sources than text are tensors already."""
        if not self._reads_text:
            return {self.module.main_input_name: torch.stack([source.ids for source in sources]).to(self.device)}, None
        longest = max(len(source.ids) for source in sources)
        padding = self.module.config.pad_token_id or 0
        rows = [[*source.ids, *[padding] * (longest - len(source.ids))] for source in sources]
        mask = torch.tensor([[1] * len(s.ids) + [0] * (longest - len(s.ids)) for s in sources], device=self.device)
        return {"input_ids": torch.tensor(rows, device=self.device)}, mask

    def forward(self, state: TextState, fed: Tensor | None = None, **options: Any) -> Any:
        memory = state.memory
        given: dict[str, Any] = {"return_dict": True, "use_cache": state.cache is not None, **options}
        if memory.mask is not None:
            given["attention_mask"] = memory.mask
        if state.cache is not None:
            given["past_key_values"] = state.cache
        if fed is None:
            fed = state.chosen[:, :, -1].reshape(-1, 1) if state.index and state.cache is not None else self._all(state)
        encoded = BaseModelOutput(last_hidden_state=memory.states)
        return self.module(encoder_outputs=encoded, decoder_input_ids=fed, **given)

    def _all(self, state: TextState) -> Tensor:
        """What the decoder has read: int64 (N · B, position)."""
        count, width = state.chosen.shape[:2]
        begun = torch.tensor(self.decoder_begins, device=self.device).expand(count, width, -1)
        return torch.cat([begun, state.chosen], 2).view(count * width, -1)

    def seen(self, rows: Tensor, state: TextState) -> Tensor:
        """Cross-attention of the last layer, mean over its heads: (N, B, S)."""
        return rows.view(*state.chosen.shape[:2], -1)

    def introduce(self, state: TextState, source: int = 0) -> tuple[Quantity, ...]:
        return super().introduce(state, source) if self._reads_text else ()
