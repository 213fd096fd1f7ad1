"""Clothing: accuracy and calibration on the 10,000 test pictures, deletion and insertion areas on some of them."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from viz_core.evaluation import sample
from viz_core.evaluation.calibration import expected_calibration_error
from viz_core.evaluation.picture_curves import areas
from viz_core.models.vision import VisionEncoder
from viz_core.models.vit_file import normalised
from viz_core.tasks import fashion_mnist
from viz_core.tasks.fashion_mnist.samples import picture

TASK = "fashion-mnist"
CURVES = 100  # pictures whose deletion and insertion curves are drawn
_BATCH = 250


def evaluate(stepper: VisionEncoder, n: int | None, seed: int, curves: int = CURVES) -> dict[str, Any]:
    """`accuracy`, `ece` and the areas of `curves` of the pictures, for every map method and random orders."""
    pictures = fashion_mnist.held_out()
    chosen = np.array(sample(list(range(len(pictures.labels))), n, seed))
    probabilities = predicted(stepper, pictures.pixels[chosen])
    confidence, said = (item.numpy() for item in probabilities.max(1))
    right = said == pictures.labels[chosen]
    drawn = random.Random(seed).sample(chosen.tolist(), min(curves, len(chosen)))
    sources = [stepper.encode(picture(pictures.pixels[number], f"held-out {number}")) for number in drawn]
    return {
        "n": len(chosen), "accuracy": float(right.mean()), "ece": expected_calibration_error(confidence, right),
        "n_curves": len(sources), **areas(stepper, sources),
    }  # fmt: skip


@torch.inference_mode()
def predicted(stepper: VisionEncoder, pictures: NDArray[np.uint8]) -> Tensor:
    """u8[N, H, W] → probabilities f32[N, classes]."""
    config = stepper.module.config
    parts = [pictures[start : start + _BATCH] for start in range(0, len(pictures), _BATCH)]
    return torch.cat([stepper.logits(normalised(part, config).to(stepper.device)).softmax(-1).cpu() for part in parts])  # type: ignore[arg-type]
