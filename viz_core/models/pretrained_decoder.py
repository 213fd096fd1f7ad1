"""Steps a loaded causal language model (GPT-2, Llama, SmolLM2, …): it goes on with a text, one token a step.

Batches of sources of different length are padded on the left; padding is masked and has no positions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from viz_core.capture import Call
from viz_core.models.pretrained_cache import new_cache
from viz_core.models.pretrained_generator import PretrainedGenerator
from viz_core.models.pretrained_rules import rules
from viz_core.models.pretrained_state import TextState
from viz_core.models.protocol import Source
from viz_core.trace import Axis
from viz_core.trace.errors import InputError

GENERATED = "⟨generated⟩"  # the last key of a beam node's row: everything written so far


@dataclass(frozen=True, eq=False)
class PretrainedDecoder(PretrainedGenerator):
    """A causal language model as a stepper. chat: the text is a person's turn of a conversation (`with_chat`)."""

    chat: bool = False

    site = "decoder"

    def with_chat(self, chat: bool = True) -> PretrainedDecoder:
        """The same model, which answers a text as the next turn of a conversation instead of going on with it.

        Raises InputError when the tokenizer has no chat template.
        """
        if chat and not self.tokenizer.chat_template:
            raise InputError(f"the tokenizer of {self.identity.name} has no chat template; let the model go on with the text instead")
        return replace(self, chat=chat)

    def encode(self, text: str) -> Source:
        """A prompt; InputError when it is empty or leaves no position for an output."""
        limit = None if self.positions is None else self.positions - 1
        prompt = text
        if self.chat and isinstance(text, str) and text.strip():
            turn = [{"role": "user", "content": text}]
            prompt = self.tokenizer.apply_chat_template(turn, tokenize=False, add_generation_prompt=True)
        found = self.tokens.encode(prompt, limit=limit, special=not self.chat)
        unknown = tuple(i for i, token in enumerate(found.ids) if token == self.tokenizer.unk_token_id)
        return Source(found.text, found.axis, found.ids, unknown)

    def room(self, source: Source) -> int:
        return 10**9 if self.positions is None else self.positions - len(source.ids)

    def key_axis(self, source: Source) -> Axis:
        """The prompt, and one position for everything written so far."""
        geometry = dict(source.axis.geometry)
        more = {"spans": [[0, 0]], "special": [True], "words": [max(geometry.get("words") or [-1]) + 1]}
        geometry |= {name: [*geometry[name], *more[name]] for name in more if name in geometry}
        return Axis("token", (*source.axis.labels, GENERATED), geometry)

    def path_axis(self, source: Source, said: Sequence[int]) -> Axis:
        return self.tokens.continued(source.text, source.axis, said)

    def site_axes(self, queries: Axis, keys: Axis, source: Axis) -> dict[str, tuple[Axis, Axis]]:
        return {"decoder": (queries, keys)}

    def before(self, state: TextState, source: int) -> list[int]:
        return list(state.sources[source].ids)

    def encoded(self, sources: Sequence[Source]) -> TextState:
        chosen = torch.zeros((len(sources), 1, 0), dtype=torch.long, device=self.device)
        cache = new_cache(self.module.config, False) if self.cached else None
        return TextState(tuple(sources), chosen, cache, tuple(rules(self.settings, len(source.ids)) for source in sources))

    def forward(self, state: TextState, fed: Tensor | None = None, **options: Any) -> Any:
        given: dict[str, Any] = {"return_dict": True, "use_cache": state.cache is not None, **options}
        if state.cache is not None:
            given["past_key_values"] = state.cache
        elif "use_cache" not in self.accepts:
            del given["use_cache"]
        if fed is None:
            fed = state.chosen[:, :, -1].reshape(-1, 1) if state.index and state.cache is not None else self._all(state)
            given |= self._padding(state, fed.shape[1])
            given |= {"logits_to_keep": 1} if "logits_to_keep" in self.accepts else {}
        return self.module(input_ids=fed, **given)

    def _all(self, state: TextState) -> Tensor:
        """Prompts, padded on the left, and outputs: int64 (N · B, position)."""
        count, width = state.chosen.shape[:2]
        longest = max(len(source.ids) for source in state.sources)
        rows = [[0] * (longest - len(source.ids)) + list(source.ids) for source in state.sources]
        prompts = torch.tensor(rows, device=self.device)[:, None].expand(-1, width, -1)
        return torch.cat([prompts, state.chosen], 2).reshape(count * width, -1)

    def _padding(self, state: TextState, fed: int) -> dict[str, Tensor]:
        """Mask and positions of a batch whose prompts differ in length; nothing for others, which is faster."""
        lengths = torch.tensor([len(source.ids) for source in state.sources], device=self.device)
        if bool((lengths == lengths[0]).all()):
            return {}
        longest = int(lengths.max())
        total = longest + state.index
        mask = (torch.arange(total, device=self.device) >= (longest - lengths)[:, None]).long()
        mask = mask.repeat_interleave(state.chosen.shape[1], 0)
        positions = (mask.cumsum(-1) - 1).clamp(min=0)[:, -fed:]
        return {"attention_mask": mask, **({"position_ids": positions} if "position_ids" in self.accepts else {})}

    def own(self, calls: Sequence[Call]) -> Sequence[Call]:
        """All of a decoder's attention is its own: one row, or padding, alone does not tell that it is causal."""
        return [replace(call, site=self.site) for call in calls]

    def seen(self, rows: Tensor, state: TextState) -> Tensor:
        """Mean over the heads of the last layer (N, B, prompt + 1): weights to the prompt, and to all outputs together."""
        count, width = state.chosen.shape[:2]
        longest = max(len(source.ids) for source in state.sources)
        rows = torch.nn.functional.pad(rows, (longest + state.index - rows.shape[-1], 0)).view(count, width, -1)
        written = rows[..., longest:].sum(-1, keepdim=True)
        out = torch.cat([rows[..., :longest], written], -1)
        for n, source in enumerate(state.sources):  # a shorter prompt first, as its axis has it
            if (pad := longest - len(source.ids)) > 0:
                out[n] = torch.cat([out[n, :, pad:], out.new_zeros(width, pad)], -1)
        return out
