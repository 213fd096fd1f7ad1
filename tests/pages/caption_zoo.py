"""Tiny captioning models with random weights on a tiny vision model: for tests of the page only, never shown as trained."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from safetensors.torch import save_file

from tests.models.tiny_captions import tiny
from tests.models.tiny_vision import model
from viz_core.inputs.vocabulary import END
from viz_core.models import caption_file, caption_transformer_file
from viz_core.models.protocol import Identity
from viz_core.zoo.packaged.captions import VISION

KINDS = {"captions-lstm-attention": "attention", "captions-lstm-attention-regularised": "attention", "captions-lstm-none": "none", "captions-transformer": "transformer"}
METRICS = {"exact": 0.5, "exact_zh": 0.25, "pointing_game": 0.75, "mass_inside": 0.5, "ece": 0.125, "coverage_variance": 0.01, "n": 8}


def vision() -> Any:
    """The tiny vision model under the name of the real one."""
    return replace(model(), identity=Identity(VISION[0], "vision-encoder", "tiny"))


def build(folder: Path) -> None:
    """Writes folder/test/<name>/{card.json, model.safetensors} for the four variants."""
    for seed, (name, kind) in enumerate(KINDS.items()):
        place = folder / "test" / name
        place.mkdir(parents=True)
        stepper = replace(tiny(kind, seed), backbone=vision())
        stepper.module.bias[END] += 0.8  # short captions
        files = caption_transformer_file.FILES if kind == "transformer" else caption_file.FILES
        tensors, metadata = files.store(stepper)
        save_file(tensors, place / "model.safetensors", metadata)
        content = {
            "name": name, "family": files.family, "task": "captions", "mechanism": name.removeprefix("captions-"), "title": "random weights for tests",
            "licence": "none", "data": "none", "parameters": 1, "training": {}, "metrics": METRICS if kind == "attention" else {},
            "sha256": hashlib.sha256((place / "model.safetensors").read_bytes()).hexdigest(), "beside": "", "examples": [],
        }  # fmt: skip
        (place / "card.json").write_text(json.dumps(content), encoding="utf-8")
