"""Everyday things: accuracy and calibration on held-out pictures, and whether what no class names is told apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from viz_core.evaluation import sample
from viz_core.evaluation.calibration import area_under_roc, expected_calibration_error
from viz_core.evaluation.picture_curves import areas
from viz_core.evaluation.segmentation import of_classes
from viz_core.inputs.picture import Picture
from viz_core.models.vision_head import HeadedVision
from viz_core.tasks import everyday_pictures
from viz_core.tasks.everyday_pictures.render import plain
from viz_core.tasks.everyday_pictures.sources import SOURCES, Item

TASK = "everyday-pictures"


def evaluate(stepper: HeadedVision, n: int | None, seed: int, curves: int = 10, scenes: int = 20, grid: int = 16) -> dict[str, Any]:
    """Metrics on the held-out pictures, each on white in a square of `grid` patches.

    `accuracy` (also of each source), `accuracy_top5` and `ece` of pictures with a class; `auroc_unknown`, `familiar_known` and
    `unfamiliar_unknown`: how well familiarity parts them from pictures that no class names. n: of either kind. curves:
    pictures with deletion and insertion areas; scenes: composed scenes of the segmentation check by class.
    """
    known = sample(everyday_pictures.known("held-out"), n, seed)
    unknown = sample(everyday_pictures.unknown("held-out"), n, seed)
    logits, familiar = looked(stepper, [item for item, _ in known], grid)
    _, strange = looked(stepper, unknown, grid)
    labels, threshold = np.array([label for _, label in known]), float(stepper.backbone.head.threshold)  # type: ignore[attr-defined]
    probabilities = torch.from_numpy(logits).softmax(-1).numpy()
    order = np.argsort(-probabilities, axis=1)
    right = order[:, 0] == labels
    sources = np.array([SOURCES.index(item.source) for item, _ in known])
    by_source = {f"accuracy_{name}": float(right[sources == i].mean()) for i, name in enumerate(SOURCES) if (sources == i).any()}
    drawn = [stepper.encode(picture_of(item, grid), grid) for item, _ in known[: min(curves, len(known))]]
    return {
        "n": len(known), "n_unknown": len(unknown), "grid": grid, "accuracy": float(right.mean()), **by_source,
        "accuracy_top5": float((order[:, :5] == labels[:, None]).any(1).mean()),
        "ece": expected_calibration_error(probabilities.max(1), right), "auroc_unknown": area_under_roc(familiar, strange),
        "familiar_known": float((familiar >= threshold).mean()), "unfamiliar_unknown": float((strange < threshold).mean()),
        "n_curves": len(drawn), **areas(stepper, drawn, mixed=True), **(of_classes(stepper, scenes, seed, grid) if scenes else {}),
    }  # fmt: skip


@torch.inference_mode()
def looked(stepper: HeadedVision, items: list[Item], grid: int) -> tuple[NDArray, NDArray]:
    """Logits f32[N, classes] and familiarities f32[N]; the backbone in mixed precision, as its features were learned from."""
    backbone: Any = stepper.backbone
    found = []
    for item in items:
        with torch.autocast(stepper.device.type, torch.bfloat16):
            features = backbone.pooled(stepper.encode(picture_of(item, grid), grid).ids[None]).float()
        found.append((backbone.head(features)[0].cpu().numpy(), float(backbone.head.familiarity(features)[0])))
    return np.stack([logits for logits, _ in found]), np.array([sure for _, sure in found])


def picture_of(item: Item, grid: int) -> Picture:
    """A named picture as the tracer takes pictures, in the middle of a white square."""
    pixels = plain(item.path, 14 * grid)
    return Picture(pixels, item.key, "PNG", (pixels.shape[1], pixels.shape[0]), "")
