"""The record of the trust tests checks itself and reads its own numbers."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from viz_core.trace import Axis, InputError, ShapeError
from viz_core.trace.trust_report import Controls, Rival, TrustReport

SIZES = np.arange(5)
RANDOM = np.array([[-1.0, -2, -3, -4, -5], [-1, -3, -4, -4, -5]])


def make(**changes) -> TrustReport:
    fields = dict(
        positions=Axis("token", tuple("abcd")), output="x", step=0, map_name="cross", removal="delete",
        importance=[0.7, 0.1, 0.1, 0.1], sizes=SIZES, deletion=[-1, -4, -4.5, -5, -5], insertion=[-5, -2, -1, -1, -1],
        random_deletion=RANDOM, random_insertion=RANDOM[:, ::-1], gap=2.0, random_gaps=[-0.5, 0.5], percentile=100.0, verdict="supported",
        rivals=(Rival("shapley", [3.0, 1, 0, 0], 2.5, 100.0, 0.8, 1.0, 3),), controls=Controls(-1.0, -3.0, [-4.0, -2.0]),
    )  # fmt: skip
    return TrustReport(**{**fields, **changes})


def test_numbers_that_are_read_from_it():
    report = make()
    assert (report.full, report.empty, report.best_gap) == (-1, -5, 2.5)
    # one of four positions: the map lowers the value from −1 to −4, the random orders to −2 and −3
    assert report.removed_few() == (1, 3.0, 1.5, 0.5)
    low, high = report.band("deletion", 100)
    np.testing.assert_allclose((low, high), (RANDOM.min(0), RANDOM.max(0)))
    assert report.rival("shapley").gap == 2.5 and report.rival("rollout") is None


def test_it_is_frozen():
    report = make()
    with pytest.raises(dataclasses.FrozenInstanceError):
        report.gap = 1.0
    with pytest.raises(ValueError, match="read-only"):
        report.deletion[0] = 0


def test_what_does_not_fit_is_said():
    with pytest.raises(ShapeError, match=r"importance has shape \(3,\)"):
        make(importance=[1.0, 2, 3])
    with pytest.raises(ShapeError, match=r"random deletion has shape \(1, 5\)"):
        make(random_deletion=RANDOM[:1])
    with pytest.raises(InputError, match="verdict 'yes'"):
        make(verdict="yes")
