"""Steps show, attend and tell word by word (Xu et al. 2015): states as values, every tensor of a step kept for whoever looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, NamedTuple

import torch
from torch import Tensor

from viz_core.layers.edits import Edit
from viz_core.models.attentive_steps import AttentiveSteps
from viz_core.models.caption import Annotations, CaptionLSTM, CaptionState, CaptionStep
from viz_core.models.caption_occlusion import WeightedPatchOcclusion
from viz_core.models.caption_quantities import decoder_quantities, picture_quantities
from viz_core.models.caption_reader import CaptionReader
from viz_core.models.occlusion import follow
from viz_core.models.protocol import Source
from viz_core.models.recurrent_edits import SITE, shown, takes_means, weigher
from viz_core.models.transformer_edits import checked
from viz_core.trace import Quantity
from viz_core.trace.errors import InputError

_PLACES: Any = SimpleNamespace(layers=1, heads=1)  # where it attends


class CaptioningState(NamedTuple):
    """Between two steps: N pictures × B hypotheses. previous: y_{t−1}, (N, B); index: t. looked: Σ_{i<t} α_i, (N, B, L), kept
    only where an intervention asks for it."""

    sources: tuple[Source, ...]
    memory: Annotations
    decoder: CaptionState
    previous: Tensor
    index: int
    looked: Tensor | None = None


class CaptioningPrediction(NamedTuple):
    """One step before a choice: the state it came from, all it computed, log p(y_t | y_<t, a), f32[N, B, V], and α_t as it is
    shown, f32[N, B, L] (NaN where nothing is attended to)."""

    state: CaptioningState
    step: CaptionStep
    log_probs: Tensor
    weights: Tensor


@dataclass(frozen=True, eq=False)
class CaptionStepper(AttentiveSteps, CaptionReader):
    """A trained LSTM that captions pictures, ready to be stepped. edits: interventions on its attention, see `recurrent_edits`."""

    module: CaptionLSTM
    edits: tuple[Edit, ...] = ()

    def intervened(self, edits: Sequence[Edit]) -> CaptionStepper:
        """The same model under interventions, besides those it has; InputError for the variant without attention, and for
        another place than layer 0, head 0 of the cross-attention."""
        self._attending(bool(edits), "no attention to intervene on; use one with attention, or ForceToken")
        return replace(self, edits=(*self.edits, *checked(edits, _PLACES, (SITE,))))

    @property
    def occlusion(self) -> WeightedPatchOcclusion:
        """How it reads a picture with patches removed, for the trust tests; InputError for the variant without attention."""
        self._attending(True, "no attention, so no patch can be hidden from it; choose a model with attention")
        return WeightedPatchOcclusion(self)

    def _attending(self, needed: bool, otherwise: str) -> None:
        if needed and self.module.config.decoder == "none":
            raise InputError(f"the model {self.identity.name} has {otherwise}")

    @torch.inference_mode()
    def start(self, sources: Sequence[Source]) -> CaptioningState:
        return self.opened(sources, self.memory(*self.ids(sources)))

    def opened(self, sources: Sequence[Source], memory: Annotations) -> CaptioningState:
        """The state before the first step from annotations."""
        previous = torch.full((len(sources), 1), self.begin, device=self.device)
        return CaptioningState(tuple(sources), memory, self.module.begin(memory), previous, 0)

    @torch.inference_mode()
    def predict(self, state: CaptioningState) -> CaptioningPrediction:
        weigh = {"weigh": weigher(self.edits, state.index, state.looked)} if self.edits else {}
        step = self.module.decode(state.memory, state.decoder, self.module.target(state.previous), **weigh)
        weights = shown(step.weights) if self.edits else step.weights
        if weights is None:
            weights = torch.full((*state.previous.shape, state.memory.mask.shape[1]), torch.nan, device=self.device)
        return CaptioningPrediction(state, step, self.log_probs(self.module.logits(step.output)), weights)

    @torch.inference_mode()
    def commit(self, prediction: CaptioningPrediction, rows: Tensor, choices: Tensor) -> CaptioningState:
        step, state = prediction.step, prediction.state

        def taken(values: Tensor) -> Tensor:
            return values.gather(1, rows[..., None].expand(-1, -1, values.shape[-1]))

        looked = None
        if takes_means(self.edits):
            looked = taken(step.weights * (state.index + 1))  # its weights are the mean of all so far
        decoder = CaptionState(taken(step.lstm.hidden), taken(step.lstm.cell))
        return CaptioningState(state.sources, state.memory, decoder, choices, state.index + 1, looked)

    @torch.inference_mode()
    def plain_log_probs(self, source: Source, choices: Sequence[int]) -> Tensor:
        if not self.edits:
            return super().plain_log_probs(source, choices)
        return follow(self, self.start([source]), choices)[0]  # a mean over the steps depends on the steps before

    def details(self, prediction: CaptioningPrediction, choice: int, source: int, hypothesis: int) -> tuple[Quantity, ...]:  # type: ignore[override]
        return decoder_quantities(prediction, self, choice, source, hypothesis)

    def introduce(self, state: CaptioningState, source: int = 0) -> tuple[Quantity, ...]:
        return picture_quantities(self, state, source)
