"""The family of LSTMs that caption pictures. A file holds the decoder alone; the frozen vision model is put in by the zoo."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from torch import Tensor

from viz_core.inputs.caption_words import CaptionWords
from viz_core.models.caption import CaptionLSTM, Config
from viz_core.models.caption_reader import CaptionReader
from viz_core.models.caption_stepper import CaptionStepper
from viz_core.models.translator_file import TranslatorFile, halved
from viz_core.models.vision import VisionEncoder


class CaptionFile(TranslatorFile):
    """How the captioning models of one family are built, stored and restored."""

    def store(self, stepper: CaptionReader) -> tuple[dict[str, Tensor], dict[str, str]]:  # type: ignore[override]
        """Tensors (f16) and metadata for a safetensors file."""
        metadata = {
            "family": self.family,
            "config": json.dumps(asdict(stepper.module.config)),
            "words": stepper.words.to_json(),
            "backbone": stepper.backbone.identity.name,
        }
        return halved(stepper.module), metadata

    def restore(self, metadata: Mapping[str, str], tensors: Mapping[str, Tensor], backbone: VisionEncoder) -> Any:  # type: ignore[override]
        """The stepper of a file, in f32 and evaluation mode, on the vision model that it was trained on."""
        return self.stepper(self.network(metadata, tensors), backbone, CaptionWords.from_json(metadata["words"]))


FAMILY = "caption-lstm"
FILES = CaptionFile(FAMILY, Config, CaptionLSTM, CaptionStepper)
store = FILES.store
