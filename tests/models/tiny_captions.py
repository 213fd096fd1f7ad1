"""Tiny untrained captioning models on a tiny frozen vision model, and pictures of noise."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import torch

from tests.models import tiny_vision
from viz_core.inputs.caption_words import CaptionWords
from viz_core.inputs.picture import Picture
from viz_core.models import caption, caption_transformer
from viz_core.models.caption_stepper import CaptionStepper
from viz_core.models.caption_transformer_stepper import CaptionTransformerStepper
from viz_core.models.protocol import Identity, Source

WORDS = ("a", "red", "cat", "two", "dogs", "一", "只", "红色的", "猫", "两", "狗", "blue", "蓝色的")
KINDS = ("attention", "none", "transformer", "naming", "tinting")
NAMED = (("cat", "cat", "猫"), ("dogs", "dogs", "狗"))  # what the last two states of the vision model stand for to the one that is told names
TINTED = (("red", "红色的"), ("blue", "蓝色的"))
backbone = cache(tiny_vision.model)


def tiny(kind: str = "attention", seed: int = 0, vision: str = "dinov2") -> Any:
    """An LSTM with attention, with one fixed vector, with attention and names, or with colours besides, or a Transformer; random weights."""
    words = CaptionWords.of(WORDS)
    torch.manual_seed(seed)
    if kind == "transformer":
        sizes = caption_transformer.Config(outputs=len(words), size=8, heads=2, layers=2, inner=16, features=27)
        module, stepper = caption_transformer.CaptionTransformer(sizes), CaptionTransformerStepper
    else:
        named = [words.ids(each)[:-1] for each in NAMED] if kind in ("naming", "tinting") else []
        tinted = [words.ids(each)[:-1] for each in TINTED] if kind == "tinting" else []
        decoder = "attention" if named else kind
        module = caption.CaptionLSTM(caption.Config(decoder, len(words), features=27, annotation=12, embedding=8, hidden=10, attention=6, named=named, tinted=tinted))
        stepper = CaptionStepper
    for parameter in module.parameters():  # what begins at 0 or 1 matters too
        parameter.data += 0.3 * torch.randn_like(parameter)
    return stepper(module.eval().requires_grad_(False), backbone(vision), words, identity=Identity(f"tiny-{kind}"))


def picture(width: int = 40, height: int = 30, seed: int = 0) -> Picture:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    return Picture(pixels, f"noise {seed}", "PNG", (width, height), str(seed))


def source(stepper: Any, width: int = 40, height: int = 30, seed: int = 0, longest: int = 4) -> Source:
    """4 × 3 patches unless another shape is asked for."""
    return stepper.encode(picture(width, height, seed), longest)
