"""Steps a loaded Hugging Face model that writes text: what decoders and encoder–decoders have in common.

Axes: N sources, B hypotheses of each, T outputs so far, V outputs to choose from.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, ClassVar

import torch
from torch import Tensor

from viz_core.capture import Call, record
from viz_core.capture.past import Pasts, averaged, taken
from viz_core.inputs.pretrained_tokens import PretrainedTokens
from viz_core.layers.edits import Edit, check_edits
from viz_core.models.occlusion import follow
from viz_core.models.path_steps import path_steps
from viz_core.models.pretrained_cache import branched, last_written, selected
from viz_core.models.pretrained_look import Look, look_at, numbers_of, quantities_of
from viz_core.models.pretrained_occlusion import GeneratorOcclusion
from viz_core.models.pretrained_row import FUSED, FusedCalls, is_fused, mean_row, recorded_row
from viz_core.models.pretrained_rules import end_ids, ruled
from viz_core.models.pretrained_state import TextPrediction, TextState
from viz_core.models.pretrained_text import PretrainedText
from viz_core.models.protocol import Identity, Source
from viz_core.trace import AttentionMap, Axis, Quantity, Step
from viz_core.trace.errors import InputError

FREE_STEPS = 60  # outputs when the model's settings do not say how many


@dataclass(frozen=True, eq=False)
class PretrainedGenerator(PretrainedText):
    """A loaded model with its tokenizer, as a stepper. edits: interventions on its attention, see `intervened`."""

    module: Any
    tokenizer: Any
    identity: Identity = Identity()
    edits: tuple[Edit, ...] = ()
    watched: bool = False
    tokens: PretrainedTokens = field(default=None, repr=False)  # type: ignore[assignment]

    unit = "token"
    site: ClassVar[str]  # of the attention whose last layer a beam node shows

    def __post_init__(self) -> None:
        if self.tokens is None:
            size = self.module.config.get_text_config(decoder=True).vocab_size
            object.__setattr__(self, "tokens", PretrainedTokens(self.tokenizer, size))

    @cached_property
    def settings(self) -> Any:
        return self.module.generation_config

    @cached_property
    def ends(self) -> frozenset[int]:
        """Every output that ends a text."""
        return frozenset(end_ids(self.settings))

    @cached_property
    def end(self) -> int:
        return next(iter(end_ids(self.settings)), -1)

    @property
    def begin(self) -> int:
        found = self.tokenizer.bos_token_id
        return -1 if found is None else found

    @property
    def early_stopping(self) -> str:
        """When a beam search over this model stops unless it is told otherwise, see `Beam`."""
        return str(self.settings.early_stopping or False).lower()

    @property
    def closing(self) -> int | None:
        """The output that is forced at the last step a run may make."""
        found = self.settings.forced_eos_token_id
        return found[0] if isinstance(found, list) else found

    @cached_property
    def cached(self) -> bool:
        """Whether the model can keep what it has read."""
        return "past_key_values" in self.accepts

    @property
    def occlusion(self) -> GeneratorOcclusion:
        """How it reads a source with positions removed, for the trust tests."""
        names = ("bos_token_id", "eos_token_id", "unk_token_id", "pad_token_id")
        known = [found for name in names if (found := getattr(self.tokenizer, name, None)) is not None]
        return GeneratorOcclusion(self, tuple(known[:1]))

    def intervened(self, edits: Sequence[Edit]) -> PretrainedGenerator:
        """The same model under interventions on its attention, besides those it has; nothing is overwritten."""
        return replace(self, edits=(*self.edits, *check_edits(edits)))

    def watching(self) -> PretrainedGenerator:
        """The same model, whose predictions bring their weights with them."""
        return self if self.watched else replace(self, watched=True)

    def start(self, sources: Sequence[Source]) -> TextState:
        """The state before the first output."""
        return self.encoded(sources)

    @abstractmethod
    def encoded(self, sources: Sequence[Source]) -> TextState:
        """`start` where interventions are in force already, or none touch what comes before the first output."""

    def encoded_in_sight(self, source: Source) -> tuple[TextState, list[AttentionMap]]:
        """The start of one source, and the attention of what was computed for it."""
        return self.encoded([source]), []

    @abstractmethod
    def forward(self, state: TextState, fed: Tensor | None = None, **options: Any) -> Any:
        """The model's output after reading what the state's cache does not hold, or `fed` int64 (row, position) instead."""

    def own(self, calls: Sequence[Call]) -> Sequence[Call]:
        """Recorded calls, named by what this model is."""
        return calls

    @abstractmethod
    def seen(self, rows: Tensor, state: TextState) -> Tensor:
        """The row that a beam node keeps, (N, B, key), from the last layer's f32[N · B, key]."""

    @abstractmethod
    def key_axis(self, source: Source) -> Axis:
        """What the row of a beam node is over."""

    @abstractmethod
    def path_axis(self, source: Source, said: Sequence[int]) -> Axis:
        """What the decoder has read of one source after the outputs `said`."""

    @abstractmethod
    def site_axes(self, queries: Axis, keys: Axis, source: Axis) -> dict[str, tuple[Axis, Axis]]:
        """Query and key axis of each site of a decoder's pass."""

    @abstractmethod
    def before(self, state: TextState, source: int) -> list[int]:
        """Ids that the decoder read before its first output."""

    def limit(self, source: Source) -> int:
        """As many outputs as the settings allow, and as the model has positions for."""
        asked = self.settings.max_new_tokens or FREE_STEPS
        return max(1, min(asked, self.room(source)))

    @abstractmethod
    def room(self, source: Source) -> int:
        """How many outputs the model has positions for."""

    def text(self, choices: Sequence[int]) -> str:
        return self.tokens.text([choice for choice in choices if choice not in self.ends])

    def choices(self, text: str) -> list[int]:
        ids = list(self.tokens.encode(text, special=False).ids)
        return ids + ([self.end] if self.end >= 0 else [])

    @torch.inference_mode()
    def predict(self, state: TextState) -> TextPrediction:
        self.check_room(state)
        cache = branched(state.cache)
        out, row, past = self._forward_in_sight(state._replace(cache=cache))
        logits = out.logits[:, -1].float().view(*state.chosen.shape[:2], -1)
        log_probs = self.ruled(state, logits, normalised=True)
        return TextPrediction(self, state, cache, logits, log_probs, None if row is None else self.seen(row, state), past)

    def _forward_in_sight(self, state: TextState) -> tuple[Any, Tensor | None, Pasts]:
        """One step of the model, where somebody wants it the mean row of its last layer, f32[N · B, key], and what a head
        that is ablated by its mean needs at the next step."""
        if not self.watched and not self.edits:
            return self.forward(state), None, {}
        last = last_written(state.cache)
        if self.edits or last is None or not FUSED.get(self.module):
            with record(*self.edits, past=state.past) as found:
                out = self.forward(state)
            call = [call for call in self.own(found.calls) if call.site == self.site][-1]
            FUSED[self.module] = not self.edits and is_fused(call)
            return out, recorded_row(call) if self.watched else None, found.past
        with ExitStack() as stack:
            fused = FusedCalls()
            last.notice = lambda: stack.enter_context(fused)
            return self.forward(state), mean_row(fused.found[-1]), {}

    def check_room(self, state: TextState) -> None:
        """Raises InputError when the model has no position left."""
        if state.index >= (room := min(self.room(source) for source in state.sources)):
            raise InputError(
                f"the model has positions for {room:,} outputs after this source and all are taken; "
                "shorten the source or set max_steps"
            )

    def ruled(self, state: TextState, scores: Tensor, normalised: bool = False) -> Tensor:
        """Scores (N, B, V) after the rules, which see all outputs so far; normalised: as log-probabilities."""
        if any(len(rules) for rules in state.rules):
            parts = []
            for n, rules in enumerate(state.rules):
                begun = torch.tensor(self.before(state, n), device=state.chosen.device).expand(state.chosen.shape[1], -1)
                parts.append(ruled(rules, torch.cat([begun, state.chosen[n]], 1), scores[n]))
            scores = torch.stack(parts)
        return scores.log_softmax(-1) if normalised else scores

    @torch.inference_mode()
    def commit(self, prediction: TextPrediction, rows: Tensor, choices: Tensor) -> TextState:
        state = prediction.state
        count, before = state.chosen.shape[:2]
        choices = choices.clamp(min=0)  # filler of hypotheses that have ended, where the model has no end
        chosen = torch.cat([state.chosen.gather(1, rows[..., None].expand(-1, -1, state.index)), choices[..., None]], 2)
        cache, memory, past = prediction.cache, state.memory, prediction.past
        flat = (rows + torch.arange(count, device=rows.device)[:, None] * before).view(-1)
        same = before == rows.shape[1]
        if not same or (before > 1 and not torch.equal(flat, torch.arange(len(flat), device=rows.device))):
            cache = selected(cache, flat, same)
            memory = memory if same or memory is None else memory.take(flat)
            past = taken(past, flat)
        return state._replace(chosen=chosen, cache=cache, memory=memory, past=past)

    def step(self, state: TextState, choice: int) -> tuple[TextState, Step]:
        prediction = self.predict(state)
        rows = torch.zeros((1, 1), dtype=torch.long, device=self.device)
        return self.commit(prediction, rows, rows + choice), self.record(prediction, choice)

    def record(self, prediction: TextPrediction, choice: int, source: int = 0, hypothesis: int = 0) -> Step:
        return self.records([prediction], [choice], [hypothesis], source)[0]

    def records(
        self, predictions: Sequence[TextPrediction], choices: Sequence[int], hypotheses: Sequence[int], source: int = 0
    ) -> list[Step]:
        """The records of a path. Its attention is recorded when somebody looks, in one pass over the whole path."""
        first = predictions[0].state
        said = [*first.chosen[source, hypotheses[0]].tolist(), *choices]
        look = Look(partial(look_at, self, first.sources[source], said, first.index))
        log_probs = [p.log_probs[source, h] for p, h in zip(predictions, hypotheses, strict=True)]
        details = [partial(quantities_of, self, look, log_probs, place, choices) for place in range(len(choices))]
        numbers = partial(numbers_of, self, look, log_probs, choices)
        return path_steps(first.index, [self.labels[choice] for choice in choices], choices, details, numbers)

    def introduce(self, state: TextState, source: int = 0) -> tuple[Quantity, ...]:
        ids = state.sources[source].ids
        return (Quantity("source index", r"x_j", (state.sources[source].axis,), list(ids), r"x_j \in \{0, \dots, V - 1\}"),)

    @torch.inference_mode()
    def plain_log_probs(self, source: Source, choices: Sequence[int]) -> Tensor:
        state = self.start([source])
        if averaged(self.edits):  # a mean over the steps so far depends on the steps
            return follow(self, state, choices)[0]
        begun, given = self.before(state, 0), torch.tensor([list(choices)], device=self.device)
        fed = torch.cat([torch.tensor([begun], device=self.device), given[:, :-1]], 1)
        with record(*self.edits) if self.edits else nullcontext():
            logits = self.forward(state._replace(cache=None), fed).logits[0, len(begun) - 1 :].float()
        rows = [
            self.ruled(state._replace(chosen=given[:, None, :t]), logits[None, None, t], normalised=True)[0, 0]
            for t in range(len(choices))
        ]
        return torch.stack(rows).gather(1, given[0][:, None])[:, 0]
