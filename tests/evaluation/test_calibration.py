import numpy as np
import pytest

from viz_core.evaluation.calibration import area_under_roc, expected_calibration_error
from viz_core.trace.errors import ShapeError


def test_two_bins_by_hand():
    """Bins of a half: 2 pictures at 0.4, one right (gap 0.1); 2 at 0.9 and 0.7, both right (gap 0.2): (2·0.1 + 2·0.2) / 4."""
    assert expected_calibration_error(np.array([0.4, 0.4, 0.9, 0.7]), np.array([1, 0, 1, 1]), bins=2) == pytest.approx(0.15)


def test_certainty_belongs_to_the_last_bin():
    assert expected_calibration_error(np.ones(3), np.ones(3)) == 0
    with pytest.raises(ShapeError):
        expected_calibration_error(np.ones(0), np.ones(0))


@pytest.mark.parametrize(("positive", "negative", "area"), [([3, 1], [2, 1], 0.625), ([2, 3], [0, 1], 1.0), ([1, 1], [1], 0.5), ([0], [1, 2], 0.0)])
def test_area_under_the_curve_by_hand(positive, negative, area):
    assert area_under_roc(np.array(positive), np.array(negative)) == pytest.approx(area)
