"""A picture cut into patches: the grid's shape, the sequence's order, the axis."""

from __future__ import annotations

import numpy as np
import pytest

from viz_core.inputs.picture import Picture
from viz_core.inputs.picture_grid import blurred, grid_for, normalised, patch_axis, resized, unrolled
from viz_core.trace import InputError


@pytest.mark.parametrize(
    ("size", "longest", "grid"),
    [((224, 224), 16, (16, 16)), ((640, 480), 16, (12, 16)), ((480, 640), 16, (16, 12)), ((1, 1), 37, (37, 37)), ((30_000, 1), 64, (1, 64)), ((1000, 30), 10, (1, 10))],
)
def test_grid_keeps_the_shape(size, longest, grid):
    assert grid_for(size, longest) == grid


@pytest.mark.parametrize("longest", [0, -1, 65, 2.5, True, "8"])
def test_grid_refuses_other_numbers(longest):
    with pytest.raises(InputError, match="1 to 64"):
        grid_for((10, 10), longest)


def test_patches_come_row_by_row():
    """224 × 224 × 3 → 196 patches of 16 × 16 × 3 = 768 numbers (Dosovitskiy et al. 2021, §3.1)."""
    pixels = np.zeros((224, 224, 3), int)
    rows, cols = np.meshgrid(np.arange(224) // 16, np.arange(224) // 16, indexing="ij")
    pixels[:] = (14 * rows + cols)[..., None]
    found = unrolled(pixels, 16)
    assert found.shape == (196, 768) and (found == np.arange(196)[:, None]).all()


def test_a_patch_keeps_its_pixels_in_order():
    pixels = np.arange(4 * 4 * 1).reshape(4, 4, 1)
    assert unrolled(pixels, 2).tolist() == [[0, 1, 4, 5], [2, 3, 6, 7], [8, 9, 12, 13], [10, 11, 14, 15]]


def test_axis_tells_where_each_patch_is():
    axis = patch_axis(2, 3, (60, 40), ("CLS", "register 1"))
    assert axis.kind == "patch" and axis.labels[:3] == ("CLS", "register 1", "row 1, column 1") and len(axis) == 8
    assert axis.geometry["boxes"][0] is None and axis.geometry["boxes"][7] == [40, 20, 60, 40]
    assert axis.geometry["special"] == [True, True] + [False] * 6 and axis.geometry["prefix"] == 2


def test_normalised_is_what_the_model_learned_with():
    pixels = np.array([[[0, 255, 51]]], np.uint8)
    found = normalised(pixels, (0.5, 0.5, 0.2), (0.5, 0.25, 0.1))
    np.testing.assert_allclose(found[:, 0, 0], [-1, 2, 0], atol=1e-6)


def test_resized_and_blurred():
    pixels = np.zeros((10, 20, 3), np.uint8)
    pixels[:, 10:] = 200
    picture = Picture(pixels, "a", "PNG", (20, 10), "")
    found = resized(picture, 2, 4, 14)
    assert found.shape == (28, 56, 3) and found[0, 0, 0] < 10 and found[0, 55, 0] > 190
    assert 60 < blurred(found)[14, 27, 0] < 140
