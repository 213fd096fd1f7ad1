"""Rank correlation against scipy, overlap by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from viz_core.explain.agreement import ranks, spearman, top_overlap
from viz_core.trace.errors import ShapeError


@given(st.integers(2, 20).flatmap(lambda n: st.tuples(*[st.lists(st.integers(0, 6), min_size=n, max_size=n)] * 2)))
def test_spearman_equals_scipy_with_ties(pair):
    one, other = (np.array(values, float) for values in pair)
    np.testing.assert_allclose(ranks(one), stats.rankdata(one))
    if len(set(one)) > 1 and len(set(other)) > 1:
        assert spearman(one, other) == pytest.approx(stats.spearmanr(one, other).statistic, abs=1e-12)


def test_constant_maps_have_no_correlation():
    assert np.isnan(spearman(np.ones(3), np.arange(3.0))) and np.isnan(spearman(np.ones(1), np.ones(1)))


def test_overlap_by_hand():
    one, other = np.array([5.0, 4, 3, 0, 0]), np.array([0.0, 9, 8, 7, 0])
    assert top_overlap(one, other, 3) == pytest.approx(2 / 3) and top_overlap(one, other, 1) == 0 and top_overlap(one, other, 9) == 1


def test_maps_must_fit():
    with pytest.raises(ShapeError, match=r"\(2,\) and \(3,\)"):
        spearman(np.ones(2), np.ones(3))
