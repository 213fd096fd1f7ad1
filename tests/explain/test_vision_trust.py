"""Deletion and insertion on pictures: cells go where they should, and a map that is right is told from one that is not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.models.tiny_vision import CLASSES, model
from viz_core.explain.vision_maps import METHODS, maps
from viz_core.explain.vision_trust import cell_grid, experiment, pooled, trust
from viz_core.models.protocol import Identity
from viz_core.models.vision import VisionEncoder
from viz_core.trace import InputError

SAMPLE = "sample:shapes"


@dataclass(eq=False)
class Redness:
    """A made-up model: class 0 is as likely as the picture's upper left corner is unlike grey."""

    module: nn.Module = None  # type: ignore[assignment]
    patch: int = 4
    prefix: tuple[str, ...] = ("CLS",)
    longest: int = 8
    mean: tuple[float, ...] = (0.5,) * 3
    std: tuple[float, ...] = (0.5,) * 3
    fixed: tuple[int, int] | None = None
    class_names: tuple[str, ...] = CLASSES

    def __post_init__(self) -> None:
        self.module = nn.Linear(1, 1)

    def logits(self, pixels: Tensor) -> Tensor:
        height, width = pixels.shape[-2:]
        corner = pixels[..., : height // 2, : width // 2].abs().mean((1, 2, 3))
        return torch.stack([20 * corner, *[torch.ones_like(corner)] * 3], -1)


def toy():
    encoder = VisionEncoder(Redness(), Identity("toy", "", "toy"))
    return encoder, encoder.encode(SAMPLE, 8)


@pytest.mark.parametrize("removal", ["grey"])
def test_a_right_map_is_supported_and_its_opposite_is_not(removal):
    encoder, source = toy()
    rows, cols = int(source.axis.geometry["rows"]), int(source.axis.geometry["cols"])
    right = np.zeros((rows, cols))
    right[: rows // 2, : cols // 2] = 1
    right += np.linspace(0, 0.1, rows * cols).reshape(rows, cols)  # no ties
    row = np.concatenate([[9], right.ravel()])
    done = experiment(encoder, source, target=0, removal=removal, cells=4)
    good, bad = (trust(done, {"raw": r, "rollout": row}, "raw") for r in (row, row.max() - row))
    assert good.verdict == "supported" and bad.verdict == "contrary"
    assert good.quantity == "log_prob" and good.output == "cat" and good.deletion[0] == pytest.approx(good.full)
    assert good.rival("rollout").correlation == pytest.approx(1)
    assert bad.gap < -0.5 * good.gap


def test_nothing_removed_is_the_picture_and_everything_removed_is_not():
    encoder = model()
    source = encoder.encode(SAMPLE, 6)
    done = experiment(encoder, source, removal="blur", orders=4, points=4)
    assert done.quantity == "similarity"
    assert done.random.deletion[:, 0, 0] == pytest.approx(1, abs=1e-5) and (done.random.deletion[:, -1, 0] < 1).all()
    assert done.random.insertion[:, -1, 0] == pytest.approx(1, abs=1e-5)
    found = maps(encoder, source)
    for name in METHODS:
        report = trust(done, found.rows, name)
        assert report.map_name == name and {rival.name for rival in report.rivals} == {"shapley", *METHODS} - {name}


def test_cells_are_no_finer_than_patches():
    encoder = model()
    assert cell_grid(encoder.encode(SAMPLE, 4)) == (3, 4)
    assert cell_grid(encoder.encode(SAMPLE, 24)) == (6, 8)


def test_pooled_is_the_mean_over_the_patches_of_a_cell():
    encoder = model()
    source = encoder.encode(SAMPLE, 8)  # 6 × 8
    row = np.concatenate([[99], np.arange(48.0)])
    found = pooled(row, source, (3, 4)).reshape(3, 4)
    assert found[0, 0] == pytest.approx(np.mean([0, 1, 8, 9])) and found[2, 3] == pytest.approx(np.mean([38, 39, 46, 47]))


def test_progress_is_told_and_may_stop():
    encoder, source = toy()
    told = []
    experiment(encoder, source, target=0, removal="grey", orders=2, points=2, progress=lambda done, total: told.append((done, total)))
    assert told[0][0] == 0 and told[-1][0] == told[-1][1] > 0

    def stop(_done, _total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        experiment(encoder, source, target=0, removal="grey", progress=stop)


def test_other_removals_are_refused():
    encoder, source = toy()
    with pytest.raises(InputError, match="blur, grey"):
        experiment(encoder, source, target=0, removal="delete")
