"""Maps against masks, by hand: 2 × 3 patches of 4 pixels."""

from __future__ import annotations

import numpy as np
import pytest

from viz_core.evaluation.pointing import chance, pointed, regions
from viz_core.trace.errors import ShapeError


@pytest.fixture
def found():
    masks = np.zeros((2, 8, 12), bool)
    masks[0, 2:6, 4:8] = True  # the lower half of patch 1, the upper half of patch 4
    masks[1, 0, 0] = True  # one pixel of patch 0
    return regions(masks, 4)


def test_regions_by_hand(found):
    assert found.cover.tolist() == [[0, 0.5, 0, 0, 0.5, 0], [1 / 16, 0, 0, 0, 0, 0]]
    assert found.centre.tolist() == [[False, True, False, False, False, False], [False] * 6]  # rows 2 and 6 of the picture


def test_a_peak_that_touches_is_a_hit_and_one_whose_middle_is_inside_a_strict_one(found):
    row = np.array([0.1, 0.2, 0.1, 0.1, 0.4, 0.1])
    assert pointed(row, found, 0)[:2] == (True, False)  # patch 4, whose middle is below the thing
    assert pointed(row[[0, 4, 2, 3, 1, 5]], found, 0)[:2] == (True, True)  # patch 1
    assert pointed(row, found, 1)[:2] == (False, False)


def test_mass_is_weighted_by_the_share_of_each_patch(found):
    row = np.array([0.1, 0.2, 0.1, 0.1, 0.4, 0.1])
    assert pointed(row, found, 0).mass == pytest.approx(0.2 / 2 + 0.4 / 2)
    assert pointed(row, found, 1).mass == pytest.approx(0.1 / 16)


def test_chance_is_the_share_of_patches_that_would_hit(found):
    assert chance(found, 0) == pytest.approx(2 / 6) and chance(found, 1) == pytest.approx(1 / 6)


def test_other_grids_are_refused(found):
    with pytest.raises(ShapeError, match="patches of 5 pixels"):
        regions(np.zeros((1, 8, 12), bool), 5)
    with pytest.raises(ShapeError, match="over 6 patches"):
        pointed(np.ones(4), found, 0)
