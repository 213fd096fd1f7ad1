"""Can I trust this map of a picture? Cells are taken out of it, most important first, and the output is watched.

Deletion and insertion (Petsiuk et al. 2018, §4) over a grid of cells; a cell that is taken out turns grey, or blurred. The
test itself is that of `explain.perturbation`, as for text. Axes: B sets of kept cells, S cells, H × W pixels.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from viz_core.explain.perturbation import Progress, Readings, along, curve_sizes, random_orders, shapley
from viz_core.explain.trust import Experiment, report
from viz_core.inputs.picture_grid import blurred, grid_for, normalised, patch_axis
from viz_core.models.protocol import Source
from viz_core.models.vision import VisionEncoder
from viz_core.trace.errors import InputError
from viz_core.trace.trust_report import TrustReport

REMOVALS = ("blur", "grey")
CELLS = 8  # along the longer side
ORDERS, POINTS, BATCH = 16, 8, 16


def experiment(
    model: VisionEncoder, source: Source, query: int = 0, target: int | None = None, removal: str = "blur",
    orders: int = ORDERS, points: int = POINTS, cells: int = CELLS, seed: int = 0, progress: Progress | None = None,
) -> Experiment:  # fmt: skip
    """Reads the picture with cells taken out along random orders.

    query, target: what is explained, as for `vision_maps.maps`: log p of a class (nats), or how much the token's last state is
    like that of the whole picture (cosine). removal: one of `REMOVALS`. points: a curve takes that many chunks. Raises
    InputError for another removal.
    """
    if removal not in REMOVALS:
        raise InputError(f"cells cannot be removed by {removal!r} here; use one of {', '.join(REMOVALS)}")
    rows, cols = cell_grid(source, cells)
    axis = patch_axis(rows, cols, (int(source.axis.geometry["width"]), int(source.axis.geometry["height"])), ())  # type: ignore[call-overload]
    value = _value(model, source, query, target)
    filler = _filler(model, source, removal)

    @torch.inference_mode()
    def evaluate(keep: NDArray) -> NDArray:
        mask = torch.from_numpy(keep.reshape(-1, 1, rows, cols)).to(source.ids.device, torch.float32)
        kept = torch.nn.functional.interpolate(mask, source.ids.shape[1:], mode="nearest").bool()
        return value(torch.where(kept, source.ids, filler)).float().cpu().numpy()[:, None]

    readings, drawn = Readings(evaluate, len(axis), BATCH), random_orders(len(axis), orders, seed)
    random = along(drawn, curve_sizes(len(axis), points), readings, progress)
    output = source.axis.labels[query] if target is None else model.class_names[target]
    quantity = "similarity" if target is None else "log_prob"
    chosen = query if target is None else target
    return Experiment(
        source, tuple(range(len(axis))), axis, (chosen,), (output,), output, removal, quantity, seed, readings, random,
        {"shapley": shapley(drawn, random).T},
    )  # fmt: skip


def trust(done: Experiment, rows: Mapping[str, NDArray], method: str, progress: Progress | None = None) -> TrustReport:
    """Tests one map beside the others. rows: f[T] by method, as `vision_maps.maps` gives them; method: the one that is tested."""
    shape = cell_shape(done)
    tested = {name: pooled(row, done.source, shape)[None] for name, row in rows.items()}
    return report(done, tested.pop(method), 0, method, None, tested, progress)


def cell_shape(done: Experiment) -> tuple[int, int]:
    """Rows and columns of cells."""
    return int(done.positions.geometry["rows"]), int(done.positions.geometry["cols"])  # type: ignore[call-overload]


def cell_grid(source: Source, cells: int = CELLS) -> tuple[int, int]:
    """Rows and columns of cells: no finer than the patches."""
    geometry = source.axis.geometry
    rows, cols = int(geometry["rows"]), int(geometry["cols"])  # type: ignore[call-overload]
    wanted = grid_for((cols, rows), min(cells, max(rows, cols)))
    return min(wanted[0], rows), min(wanted[1], cols)


def pooled(row: NDArray, source: Source, shape: tuple[int, int]) -> NDArray:
    """A map's numbers over cells: the mean over each cell's area of the patches below it, f64[cells]."""
    geometry = source.axis.geometry
    rows, cols = int(geometry["rows"]), int(geometry["cols"])  # type: ignore[call-overload]
    grid = torch.from_numpy(np.asarray(row, np.float64)[int(geometry["prefix"]) :].reshape(1, 1, rows, cols))  # type: ignore[call-overload]
    return torch.nn.functional.interpolate(grid, shape, mode="area")[0, 0].flatten().numpy()


def _value(model: VisionEncoder, source: Source, query: int, target: int | None):  # noqa: ANN202 (pixels → one number a picture)
    """f32[B, C, H, W] → f32[B]."""
    if target is not None:
        return lambda pixels: model.logits(pixels).log_softmax(-1)[:, target]
    with torch.inference_mode():
        whole = model.backbone.features(source.ids[None])[:, query]
    return lambda pixels: torch.cosine_similarity(model.backbone.features(pixels)[:, query], whole, dim=-1)


def _filler(model: VisionEncoder, source: Source, removal: str) -> Tensor:
    """What stands in a removed cell, f32[C, H, W]: the training pictures' mean (0 after normalisation), or the blurred picture."""
    if removal == "grey":
        return torch.zeros_like(source.ids)
    shown = model.shown(source).numpy()
    soft = np.dstack([blurred(np.repeat(shown[..., c : c + 1], 3, -1))[..., 0] for c in range(shown.shape[-1])])
    return torch.from_numpy(normalised(soft, model.backbone.mean, model.backbone.std)).to(source.ids.device)
