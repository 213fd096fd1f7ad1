"""Deletion and insertion areas of map methods over many pictures, against random orders (Petsiuk et al. 2018, §4).

Cells are taken out of a picture, the most important first, and the probability of the predicted class is watched
(deletion: the smaller the area the better); or put in in that order (insertion: the larger the better).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from viz_core.explain.perturbation import Readings, along, curve_sizes, orders_of, random_orders
from viz_core.explain.vision_maps import METHODS, maps
from viz_core.explain.vision_trust import cell_grid, pooled
from viz_core.models.protocol import Source
from viz_core.models.vision import VisionEncoder

POINTS, RANDOM = 14, 4  # points of a curve, random orders a picture
BATCH = 64


def areas(model: VisionEncoder, sources: Sequence[Source], cells: int = 8, mixed: bool = False) -> dict[str, float]:
    """`deletion_area_<method>` and `insertion_area_<method>`, means over the pictures, and the same of `random` orders.

    What is taken out becomes the mean of the training pictures (0 after normalisation). cells: along the longer side, at most
    one a patch. mixed: read the pictures with bfloat16 where that is faster (large models). Each picture's own most probable
    class is explained.
    """
    found: dict[str, list[float]] = {}
    for number, source in enumerate(sources):
        for name, (deletion, insertion) in _of_picture(model, source, cells, number, mixed).items():
            found.setdefault(f"deletion_area_{name}", []).append(deletion)
            found.setdefault(f"insertion_area_{name}", []).append(insertion)
    return {name: float(np.mean(values)) for name, values in found.items()}


def _of_picture(model: VisionEncoder, source: Source, cells: int, seed: int, mixed: bool) -> dict[str, tuple[float, float]]:
    """Both areas of every method and of the mean of random orders."""
    shape = cell_grid(source, cells)
    with torch.inference_mode():
        target = int(model.logits(source.ids[None])[0].argmax())
    importance: Mapping[str, NDArray] = {name: pooled(row, source, shape) for name, row in maps(model, source, target=target).rows.items()}
    orders: dict[str, Any] = {name: orders_of(importance[name], seed) for name in METHODS}
    orders["random"] = random_orders(int(np.prod(shape)), RANDOM, seed)[:RANDOM]

    @torch.inference_mode()
    def evaluate(keep: NDArray) -> NDArray:
        mask = torch.from_numpy(keep.reshape(-1, 1, *shape)).to(source.ids.device, torch.float32)
        kept = torch.nn.functional.interpolate(mask, source.ids.shape[1:], mode="nearest")
        with torch.autocast(model.device.type, torch.bfloat16, enabled=mixed):
            logits = model.logits(source.ids * kept)
        return logits.float().softmax(-1)[:, target, None].cpu().numpy()

    sizes = curve_sizes(int(np.prod(shape)), POINTS)
    curves = along(np.concatenate([*orders.values()]), sizes, Readings(evaluate, int(np.prod(shape)), BATCH))
    ends = np.cumsum([len(one) for one in orders.values()])
    share = sizes / sizes[-1]
    deletion, insertion = (np.trapezoid(values[..., 0], share, axis=1) for values in (curves.deletion, curves.insertion))
    slices = {name: slice(end - len(orders[name]), end) for name, end in zip(orders, ends, strict=True)}
    return {name: (float(deletion[part].mean()), float(insertion[part].mean())) for name, part in slices.items()}
