"""Everyday things: accuracy and calibration on held-out pictures, and whether what no class names is told apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from viz_core.evaluation import sample
from viz_core.evaluation.calibration import area_under_roc, expected_calibration_error
from viz_core.evaluation.picture_curves import areas
from viz_core.evaluation.segmentation import of_classes
from viz_core.inputs.picture import Picture, read_file
from viz_core.models.vision_head import HeadedVision
from viz_core.tasks import everyday_pictures
from viz_core.tasks.everyday_pictures.labels import photograph
from viz_core.tasks.everyday_pictures.nothing import nothing
from viz_core.tasks.everyday_pictures.photographs import photographs
from viz_core.tasks.everyday_pictures.render import plain
from viz_core.tasks.everyday_pictures.sources import SOURCES, Item
from viz_core.tasks.everyday_pictures.split import PARTS

TASK = "everyday-pictures"
NOTHING = 60  # pictures of nothing, in the numbering of `tasks.everyday_pictures.nothing` after those of other parts
_BATCH = 16


def evaluate(stepper: HeadedVision, n: int | None, seed: int, curves: int = 10, scenes: int = 20, grid: int = 16) -> dict[str, Any]:
    """Metrics on the held-out pictures, each on white in a square of `grid` patches.

    `accuracy`, `accuracy_top5` (also of drawings, of photographs and of each source) and `ece` of pictures with a class.
    `accuracy_whole`, `accuracy_top5_whole`: of photographs of whole scenes (`tasks.everyday_pictures.photographs`), as an upload
    is read; a third of them are of fish, so `accuracy_whole_by_class` is the mean of the classes' accuracies.
    Three kinds have none: `unknown` (signs, flags, letters, maps and people), `others` (things of other names; of some of these
    the training pictures hold relatives) and `nothing`. `auroc_<kind>`: how well familiarity parts them from pictures with a
    class; `accepted_<kind>`: share that passes as familiar, which is right for `accepted_known` alone; `confident_wrong`: share
    of all three kinds that is familiar with a probability of at least 1/2.
    n: of each kind. curves: pictures with deletion and insertion areas; scenes: composed scenes of the segmentation check by class.
    """
    known = sample(everyday_pictures.known("held-out"), n, seed)
    logits, familiar = looked(stepper, [picture_of(item, grid) for item, _ in known], grid)
    labels, threshold = np.array([label for _, label in known]), float(stepper.backbone.head.threshold)  # type: ignore[attr-defined]
    probabilities = torch.from_numpy(logits).softmax(-1).numpy()
    order = np.argsort(-probabilities, axis=1)
    right = order[:, 0] == labels
    drawn = [stepper.encode(picture_of(item, grid), grid) for item, _ in sample(known, curves, seed)]
    return {
        "n": len(known), "grid": grid, "classes": len(stepper.class_names),
        "accuracy": float(right.mean()), "accuracy_top5": float((order[:, :5] == labels[:, None]).any(1).mean()),
        **_of_kinds(order[:, :5] == labels[:, None], [item for item, _ in known]),
        "ece": expected_calibration_error(probabilities.max(1), right), "accepted_known": float((familiar >= threshold).mean()),
        **_of_whole(stepper, n, seed, grid), **_of_strangers(stepper, n, seed, grid, familiar, threshold),
        "n_curves": len(drawn), **areas(stepper, drawn, mixed=True), **(of_classes(stepper, scenes, seed, grid) if scenes else {}),
    }  # fmt: skip


def _of_whole(stepper: HeadedVision, n: int | None, seed: int, grid: int) -> dict[str, float]:
    """How photographs of whole scenes are named, in their own shape."""
    found = sample(photographs(), n, seed)
    labels = np.array([label for _, label in found])
    looks = [looked(stepper, [read_file(item.path)], grid) for item, _ in found]
    order = np.argsort(-np.concatenate([logits for logits, _ in looks]), axis=1)[:, :5]
    hits, threshold = order == labels[:, None], float(stepper.backbone.head.threshold)  # type: ignore[attr-defined]
    return {
        "n_whole": len(found), "accuracy_whole": float(hits[:, 0].mean()), "accuracy_top5_whole": float(hits.any(1).mean()),
        "accuracy_whole_by_class": float(np.mean([hits[labels == label, 0].mean() for label in np.unique(labels)])),
        "accepted_whole": float(np.mean([familiar >= threshold for _, familiar in looks])),
    }  # fmt: skip


def _of_strangers(stepper: HeadedVision, n: int | None, seed: int, grid: int, familiar: NDArray, threshold: float) -> dict[str, float]:
    """How pictures without a class are told from those with one, whose familiarities are given."""
    count = NOTHING if n is None else min(n, NOTHING)
    first = NOTHING * PARTS.index("held-out")
    pictures = {
        "unknown": [picture_of(item, grid) for item in sample(everyday_pictures.unknown("held-out"), n, seed)],
        "others": [picture_of(item, grid) for item in sample(everyday_pictures.others("held-out"), n, seed)],
        "nothing": [_nothing(first + number, grid) for number in range(count)],
    }
    found, wrong = {}, []
    for kind, shown in pictures.items():
        logits, strange = looked(stepper, shown, grid)
        found |= {f"n_{kind}": len(shown), f"auroc_{kind}": area_under_roc(familiar, strange), f"accepted_{kind}": float((strange >= threshold).mean())}
        wrong += [(strange >= threshold) & (torch.from_numpy(logits).softmax(-1).amax(-1).numpy() >= 0.5)]
    return found | {"confident_wrong": float(np.concatenate(wrong).mean())}


def _of_kinds(hits: NDArray[np.bool_], items: list[Item]) -> dict[str, float]:
    """Accuracies and number of pictures of each source, of photographs and of drawings. hits: bool[N, 5], is the class in this place?"""
    kinds = {name: np.array([item.source == name for item in items]) for name in SOURCES}
    kinds["photographs"] = np.array([photograph(item) for item in items])
    kinds["drawings"] = ~kinds["photographs"]
    found: dict[str, float] = {}
    for name, of_kind in kinds.items():
        if of_kind.any():
            found |= {f"n_{name}": int(of_kind.sum()), f"accuracy_{name}": float(hits[of_kind, 0].mean()), f"accuracy_top5_{name}": float(hits[of_kind].any(1).mean())}
    return found


@torch.inference_mode()
def looked(stepper: HeadedVision, pictures: Sequence[Picture], grid: int) -> tuple[NDArray, NDArray]:
    """Logits f32[N, classes] and familiarities f32[N]; the backbone in mixed precision, as its features were learned from."""
    backbone: Any = stepper.backbone
    logits, familiar = [], []
    for start in range(0, len(pictures), _BATCH):
        pixels = torch.stack([stepper.encode(picture, grid).ids for picture in pictures[start : start + _BATCH]])
        with torch.autocast(stepper.device.type, torch.bfloat16):
            features = backbone.pooled(pixels)
        logits.append(backbone.head(features.float()).cpu().numpy())
        familiar.append(backbone.head.familiarity(features.float()).cpu().numpy())
    return np.concatenate(logits), np.concatenate(familiar)


def picture_of(item: Item, grid: int) -> Picture:
    """A named picture as the tracer takes pictures, in the middle of a white square."""
    return _picture(plain(item.path, 14 * grid), item.key)


def _nothing(seed: int, grid: int) -> Picture:
    return _picture(nothing(seed, 14 * grid), f"nothing {seed}")


def _picture(pixels: NDArray[np.uint8], name: str) -> Picture:
    return Picture(pixels, name, "PNG", (pixels.shape[1], pixels.shape[0]), "")
