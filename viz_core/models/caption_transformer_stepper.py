"""Steps a Transformer decoder that captions pictures: its memory are the annotations of the patches."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from viz_core.layers.edits import Edit
from viz_core.models.caption_occlusion import PatchOcclusion
from viz_core.models.caption_quantities import seen_quantities
from viz_core.models.caption_reader import CaptionReader
from viz_core.models.caption_transformer import CaptionTransformer
from viz_core.models.transformer_stepper import TransformerState, TransformerSteps
from viz_core.trace import Quantity


@dataclass(frozen=True, eq=False)
class CaptionTransformerStepper(TransformerSteps, CaptionReader):
    """A trained Transformer that captions pictures, ready to be stepped. edits: see `transformer_edits`."""

    module: CaptionTransformer
    edits: tuple[Edit, ...] = ()

    sites = ("decoder", "cross")

    @property
    def occlusion(self) -> PatchOcclusion:
        """How it reads a picture with patches removed, for the trust tests."""
        return PatchOcclusion(self)

    @torch.inference_mode()
    def introduce(self, state: TransformerState, source: int = 0) -> tuple[Quantity, ...]:
        return seen_quantities(self, state.sources[source], state.memory.states[source])
