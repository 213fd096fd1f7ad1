"""Do maps lie on the things they explain? Scenes with known masks, three measures for each map method.

As Chefer et al. 2021a, §4.2 do with ImageNet-Segmentation: pixel accuracy and mean IoU of the map cut at its mean, and mean
average precision of the map as a score of each pixel.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from viz_core.evaluation.neighbours import neighbours
from viz_core.explain.vision_maps import maps, over_patches
from viz_core.inputs.picture import Picture
from viz_core.models.vision import VisionEncoder
from viz_core.tasks.everyday_pictures.scenes import SIDE, Scene, scene
from viz_core.trace.errors import InputError, ShapeError

TASK = "picture-encoder"
COUNT = 50  # scenes
EVALUATION_SEED = 1_000_000  # scenes from here on are for evaluation


def evaluate(stepper: VisionEncoder, n: int | None, seed: int, grid: int = 16) -> dict[str, Any]:
    """`pixel_accuracy_<method>`, `miou_<method>`, `mean_ap_<method>` of both things against the ground, for CLS's own last state.

    Then what `neighbours` tells. grid: patches a side. Of a model without classes; see `of_classes` for labelled ones. A map of equal weights is `uniform`,
    one that is heaviest in the middle is `centre`.
    """
    count = COUNT if n is None else n
    found = []
    for number in range(count):
        drawn = scene(EVALUATION_SEED + seed * 10_000 + number)
        source = stepper.encode(picture_of(drawn), grid)
        rows = {name: over_patches(row, source) for name, row in maps(stepper, source).rows.items()}
        found.append(scores({**rows, **baselines(grid)}, drawn.masks.any(0)))
    return {"n": count, "grid": grid, **_means(found), **neighbours(stepper, grid)}


def of_classes(model: VisionEncoder, n: int, seed: int, grid: int = 16) -> dict[str, Any]:
    """The same measures for each thing by itself, the map explaining its class: the other thing is ground."""
    found = []
    for number in range(n):
        drawn = scene(EVALUATION_SEED + seed * 10_000 + number)
        source = model.encode(picture_of(drawn), grid)
        for mask, label in zip(drawn.masks, drawn.labels, strict=True):
            rows = {name: over_patches(row, source) for name, row in maps(model, source, target=label).rows.items()}
            found.append(scores({**rows, **baselines(grid)}, mask))
    return {"n_scenes": n, "grid": grid, **_means(found)}


def picture_of(drawn: Scene) -> Picture:
    return Picture(drawn.pixels, "scene.png", "PNG", (SIDE, SIDE), "")


def baselines(grid: int) -> dict[str, NDArray]:
    """What a map must beat: equal weights, and a map that is heaviest in the middle of the picture."""
    place = np.linspace(-1, 1, grid)
    return {"uniform": np.ones((grid, grid)), "centre": np.exp(-(place[None] ** 2 + place[:, None] ** 2))}


def scores(rows: Mapping[str, NDArray], mask: NDArray) -> dict[str, float]:
    """Measures by `<measure>_<method>` of maps f[rows, cols] on a mask bool[H, W]; the maps are enlarged bilinearly."""
    out = {}
    for name, row in rows.items():
        whole = enlarged(row, mask.shape)
        cut = whole > whole.mean()
        out |= {f"pixel_accuracy_{name}": float((cut == mask).mean()), f"miou_{name}": mean_iou(cut, mask), f"mean_ap_{name}": average_precision(whole, mask)}
    return out


def enlarged(row: NDArray, shape: tuple[int, ...]) -> NDArray:
    """f[rows, cols] → f32[H, W]."""
    values = torch.from_numpy(np.asarray(row, np.float32))[None, None]
    return torch.nn.functional.interpolate(values, shape, mode="bilinear", align_corners=False)[0, 0].numpy()


def mean_iou(cut: NDArray, mask: NDArray) -> float:
    """Mean over thing and ground of intersection over union, bool[…] each; a side that neither has counts as 1."""
    return float(np.mean([_iou(cut, mask), _iou(~cut, ~mask)]))


def _iou(one: NDArray, other: NDArray) -> float:
    union = (one | other).sum()
    return float((one & other).sum() / union) if union else 1.0


def average_precision(values: NDArray, mask: NDArray) -> float:
    """Σ_k (R_k − R_{k−1}) P_k over the thresholds k, the highest first; equal values have one threshold (0–1).

    Raises ShapeError for other shapes, InputError for a mask without a pixel.
    """
    if np.shape(values) != np.shape(mask):
        raise ShapeError(f"the map has shape {np.shape(values)} but the mask {np.shape(mask)}; enlarge the map to the mask's size")
    if not mask.any():
        raise InputError("the mask has no pixel; give a scene in which the thing can be seen")
    flat, truth = np.ravel(values), np.ravel(mask)
    order = np.argsort(-flat, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(flat[order])), len(flat) - 1)  # last place of each run of equal values
    hits = np.cumsum(truth[order])[ends]
    recall, precision = hits / truth.sum(), hits / (ends + 1)
    return float((np.diff(recall, prepend=0.0) * precision).sum())


def _means(found: list[dict[str, float]]) -> dict[str, float]:
    return {name: float(np.mean([one[name] for one in found])) for name in found[0]}
