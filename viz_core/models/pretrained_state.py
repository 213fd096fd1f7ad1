"""States and predictions of loaded models that write text.

Axes: N sources, B hypotheses of each, T outputs so far, V outputs to choose from.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from torch import Tensor
from transformers.cache_utils import Cache

from viz_core.capture.past import Pasts
from viz_core.models.protocol import Source

if TYPE_CHECKING:
    from viz_core.models.pretrained_generator import PretrainedGenerator


class TextState(NamedTuple):
    """Between two steps. chosen: outputs so far, int64 (N, B, T). cache: keys and values of what was read, a row for each
    of the N · B hypotheses (None: the model keeps none and reads everything again). rules: of each source, see
    `pretrained_rules`. memory: what the encoder left. past: see `capture.past`, where a head is ablated by its mean."""

    sources: tuple[Source, ...]
    chosen: Tensor
    cache: Cache | None
    rules: tuple[Any, ...]
    memory: Any = None
    past: Pasts = {}

    @property
    def index(self) -> int:
        return self.chosen.shape[2]


@dataclass(frozen=True, eq=False)
class TextPrediction:
    """One step before a choice. state: the one before it; cache: the one after it; logits f32 (N, B, V), the model's own;
    log_probs f32 (N, B, V): log-softmax of the logits after the rules of the model's generation settings. past: the state's,
    with this step.
    """

    stepper: PretrainedGenerator
    state: TextState
    cache: Cache | None
    logits: Tensor
    log_probs: Tensor
    seen: Tensor | None = None
    past: Pasts = field(default_factory=dict)

    @cached_property
    def weights(self) -> Tensor:
        """(N, B, key), see `PretrainedGenerator.key_axis`; computed again when the step was not watched."""
        return self.stepper.watching().predict(self.state).seen if self.seen is None else self.seen  # type: ignore[return-value]

    def for_beams(self) -> TextPrediction:
        """With the scores that a beam adds up: `transformers.generate` applies the rules to log-softmax(logits) there."""
        if not any(len(rules) for rules in self.state.rules):
            return self
        return replace(self, log_probs=self.stepper.ruled(self.state, self.logits.log_softmax(-1)))

    def slim(self) -> TextPrediction:
        """Without what only decoding needs, so that a whole run can be kept."""
        return replace(self, state=self.state._replace(cache=None, past={}), cache=None, past={}, logits=self.log_probs)
