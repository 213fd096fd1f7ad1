"""Deletion and insertion on functions whose answer is known by hand."""

from __future__ import annotations

import numpy as np
import pytest

from viz_core.explain import perturbation as p
from viz_core.trace.errors import InputError, ShapeError


def additive(*weights: float):
    """A model whose log p is the sum of what the kept positions are worth: its curves are cumulative sums."""
    return lambda keep: (keep @ np.array(weights, float))[:, None]


def test_curves_and_gap_by_hand():
    readings = p.Readings(additive(1, 4, 2), 3)
    found = p.along(np.array([[1, 2, 0]]), p.curve_sizes(3), readings)
    np.testing.assert_allclose(found.deletion[0, :, 0], [7, 3, 1, 0])
    np.testing.assert_allclose(found.insertion[0, :, 0], [0, 4, 6, 7])
    # difference −7, 1, 5, 7 over thirds: trapezoid (−7/2 + 1 + 5 + 7/2) / 3
    assert found.gaps[0, 0] == pytest.approx(2.0)


def test_every_set_is_read_once_and_progress_says_so():
    rows, seen = [], []

    def evaluate(keep):
        rows.extend(map(tuple, keep))
        return additive(1, 2, 3, 4, 5)(keep)

    readings = p.Readings(evaluate, 5, batch=4)
    p.along(p.random_orders(5, 10), p.curve_sizes(5), readings, lambda done, total: seen.append((done, total)))
    assert len(rows) == len(set(rows)) and seen[0] == (0, len(rows)) and seen[-1] == (len(rows), len(rows))
    p.along(p.random_orders(5, 10), p.curve_sizes(5), readings, lambda *_: pytest.fail("nothing was left to read"))


def test_progress_can_stop_the_test():
    def stop(done, _total):
        if done:
            raise KeyboardInterrupt

    calls = []
    readings = p.Readings(lambda keep: calls.append(len(keep)) or additive(*range(8))(keep), 8, batch=8)
    with pytest.raises(KeyboardInterrupt):
        p.along(p.random_orders(8, 16), p.curve_sizes(8), readings, stop)
    assert calls == [8]


@pytest.mark.parametrize(("positions", "points"), [(1, 64), (7, 64), (64, 64), (65, 64), (1000, 64), (13, 5)])
def test_sizes_go_from_none_to_all_and_mirror(positions, points):
    sizes = p.curve_sizes(positions, points)
    assert sizes[0] == 0 and sizes[-1] == positions and (np.diff(sizes) > 0).all()
    np.testing.assert_array_equal(sizes, positions - sizes[::-1])
    assert len(sizes) == positions + 1 if positions <= points else len(sizes) <= 2 * points


def test_random_orders_come_with_their_reverse_so_that_their_gaps_cancel():
    orders = p.random_orders(9, 30, seed=3)
    assert orders.shape == (36, 9) and (np.sort(orders) == np.arange(9)).all()
    np.testing.assert_array_equal(orders[::2], orders[1::2, ::-1])
    rng = np.random.default_rng(0)
    table = rng.normal(size=2**9)
    readings = p.Readings(lambda keep: table[keep @ (1 << np.arange(9))][:, None], 9)
    gaps = p.along(orders, p.curve_sizes(9), readings).gaps[:, 0]
    np.testing.assert_allclose(gaps[::2], -gaps[1::2])
    assert len(readings._known) <= 2 * 9 * 8 + 2, "18 orders of a circle and both their curves read its 72 intervals"
    np.testing.assert_array_equal(orders, p.random_orders(9, 30, seed=3))


def test_every_position_comes_equally_often_at_every_place():
    orders = p.random_orders(12)
    assert len(orders) == 96
    for place in range(12):
        assert (np.bincount(orders[:, place]) == 8).all()
    long = p.random_orders(40, 60)
    assert long.shape == (64, 40) and (np.sort(long) == np.arange(40)).all()


def test_all_orders_when_there_are_few():
    assert len(p.random_orders(4, 50)) == 24 and len({tuple(o) for o in p.random_orders(4, 50)}) == 24
    with pytest.raises(InputError, match="1 random orders say nothing"):
        p.random_orders(9, 1)


def test_a_uniform_map_has_a_gap_of_exactly_zero():
    rng = np.random.default_rng(1)
    table = rng.normal(size=2**7)
    readings = p.Readings(lambda keep: table[keep @ (1 << np.arange(7))][:, None], 7)
    gaps = p.along(p.orders_of(np.full(7, 1 / 7, np.float32).astype(float)), p.curve_sizes(7), readings).gaps
    assert gaps.mean() == pytest.approx(0, abs=1e-12)


def test_orders_of_a_map():
    np.testing.assert_array_equal(p.orders_of(np.array([0.2, 0.5, 0.3])), [[1, 2, 0]])
    tied = p.orders_of(np.array([0.1, 0.6, 0.1, 0.2]))
    assert (tied[:, :2] == [1, 3]).all() and set(map(tuple, tied[:, 2:])) == {(0, 2), (2, 0)}
    with pytest.raises(InputError, match="masked"):
        p.orders_of(np.array([np.nan, 1.0]))


def test_shapley_values_by_hand():
    # worth of a pair game: 0 alone adds 1, and 1 with 2 together add 6 (3 each, by symmetry)
    def worth(keep):
        return (keep[:, 0] * 1.0 + keep[:, 1] * keep[:, 2] * 6.0)[:, None]

    orders = p.random_orders(3, 50)
    found = p.shapley(orders, p.along(orders, p.curve_sizes(3), p.Readings(worth, 3)))
    np.testing.assert_allclose(found[:, 0], [1, 3, 3])


def test_shapley_values_in_chunks_sum_to_the_whole():
    weights = np.arange(10.0)
    orders = p.random_orders(10, 200, seed=1)
    curves = p.along(orders, p.curve_sizes(10, 4), p.Readings(additive(*weights), 10))
    found = p.shapley(orders, curves)[:, 0]
    assert found.sum() == pytest.approx(45) and np.corrcoef(found, weights)[0, 1] > 0.9


def test_recombined_rows_are_means_over_outputs():
    sizes = np.arange(3)
    values = np.arange(2 * 3 * 2, dtype=float).reshape(2, 3, 2)  # (order, point, output)
    found = p.recombined(p.Curves(sizes, values, -values), 64)
    possible = {tuple((values[i, :, 0] + values[j, :, 1]) / 2) for i in range(2) for j in range(2)}
    assert {tuple(row) for row in found.deletion[..., 0]} == possible
    np.testing.assert_array_equal(found.deletion, -found.insertion)


def test_percentile_counts_equals_half():
    others = np.array([0.0, 1, 1, 2])
    assert [p.percentile(v, others) for v in (-1, 0, 1, 1.5, 3)] == [0, 12.5, 50, 75, 100]


@pytest.mark.parametrize(
    ("place", "positions", "reach", "said"),
    [(99, 3, 5, "few"), (99, 9, 0.05, "indifferent"), (95, 9, 5, "supported"), (94, 9, 5, "weak"), (75, 9, 5, "chance"), (6, 9, 5, "chance"),
     (5, 9, 5, "contrary")],
)  # fmt: skip
def test_verdicts(place, positions, reach, said):
    assert p.verdict(place, positions, reach) == said


def test_one_position_decides_and_the_map_knows_it():
    readings = p.Readings(lambda keep: np.where(keep[:, 3], -0.1, -8.0)[:, None], 12)
    random = p.along(p.random_orders(12), p.curve_sizes(12), readings)
    importance = np.full(12, 0.01)
    importance[3] = 0.89
    gap = p.along(p.orders_of(importance), random.sizes, readings).gaps.mean()
    # right order: only the first and the last interval differ, (12 − 1) / 12 of the range
    assert gap == pytest.approx(7.9 * 11 / 12)
    assert p.verdict(p.percentile(gap, random.gaps[:, 0]), 12, 7.9) == "supported"
    importance[3] = 0.0
    wrong = p.along(p.orders_of(importance), random.sizes, readings).gaps.mean()
    assert wrong == pytest.approx(-gap) and p.verdict(p.percentile(wrong, random.gaps[:, 0]), 12, 7.9) == "contrary"


def test_sets_must_fit():
    with pytest.raises(ShapeError, match="4 positions but the source has 3"):
        p.Readings(additive(1, 2, 3), 3)(np.ones((1, 4), bool))
