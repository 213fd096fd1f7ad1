import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from tests.trace.strategies import attention_maps

from viz_core.trace import AttentionMap, Dense, Factored, InputError, ShapeError, dense, numbered
from viz_core.trace.attention import softmax

NAN = float("nan")
TWO, THREE = numbered("token", 2), numbered("token", 3)


def test_dense_rows_and_map():
    item = dense("cross", TWO, THREE, [[0.5, 0.25, 0.25], [0, 0, 1]])
    assert item.map().tolist() == [[0.5, 0.25, 0.25], [0, 0, 1]]
    assert item.rows(0, 0, [1]).tolist() == item.rows(0, 0, 1).tolist() == item.rows(0, 0, [-1]).tolist() == [[0, 0, 1]]
    assert item.rows(0, 0, []).shape == (0, 3)


def test_softmax_by_hand():
    assert np.allclose(softmax(np.log([[1.0, 2.0, 5.0]])), [[0.125, 0.25, 0.625]])
    assert np.isnan(softmax(np.full((1, 2), -np.inf))).all()
    assert softmax(np.array([[1e30, 0.0]])).tolist() == [[1, 0]]
    assert softmax(np.empty((2, 0))).shape == (2, 0)


def test_factored_by_hand():
    """Scores ln 2 · (q · k): q = 1 against k = 0, 1, 2 gives 1 : 2 : 4."""
    q, k = np.ones((1, 1, 2, 1)), np.array([0, 1, 2.0]).reshape(1, 1, 3, 1)
    item = AttentionMap("encoder", TWO, THREE, Factored(q, k, np.float64(np.log(2))))
    assert np.allclose(item.map(), np.array([[1, 2, 4]] * 2) / 7) and item.map().dtype == np.float32
    masked = Factored(q, k, np.log(2), mask=[[0, -np.inf, 0], [-np.inf] * 3])
    rows = AttentionMap("encoder", TWO, THREE, masked).map()
    assert np.allclose(rows[0], [0.2, 0, 0.8]) and np.isnan(rows[1]).all()


def test_causal_sees_the_past_of_a_longer_key_axis():
    """2 queries over 3 keys (one cached): query 0 sees 2 keys, query 1 all 3."""
    item = AttentionMap("decoder", TWO, THREE, Factored(np.ones((1, 1, 2, 1)), np.ones((1, 1, 3, 1)), 1.0, causal=True))
    assert np.allclose(item.map(), [[0.5, 0.5, 0], [1 / 3] * 3])
    assert np.allclose(item.rows(0, 0, [-1]), [[1 / 3] * 3]) and np.allclose(item.rows(0, 0, np.array([1, 0]))[1], [0.5, 0.5, 0])


@given(attention_maps())
def test_any_map_holds_distributions_or_masked_rows(item):
    for layer, head in np.ndindex(*item.weights.shape[:2]):
        rows = item.map(layer, head)
        masked = np.isnan(rows).all(axis=1)
        assert rows.shape == item.weights.shape[2:] and rows.dtype == np.float32
        assert np.allclose(rows[~masked].sum(axis=1), 1, atol=1e-5) and (rows[~masked] >= 0).all()
        assert np.allclose(item.pooled(layer, head, rows.shape), rows, atol=1e-6, equal_nan=True)


def test_pooled_by_hand():
    """4 × 4 into 2 × 2, a masked row left out of its block, a wholly masked block NaN."""
    values = [[1, 0, 0, 0], [0, 0, 0.5, 0.5], [0, 1, 0, 0], [NAN] * 4]
    four = numbered("token", 4)
    item = dense("encoder", four, four, values)
    assert item.pooled(0, 0, (2, 2)).tolist() == [[0.25, 0.25], [0.5, 0]]
    assert item.pooled(0, 0, (1, 1)).tolist() == [[0.25]]
    assert np.isnan(item.pooled(0, 0, (4, 2))[3]).all()
    assert np.allclose(item.pooled(0, 0, (9, 3))[0], [1, 0, 0])
    with pytest.raises(InputError, match=r"into \(0, 2\) blocks; give at least 1 × 1"):
        item.pooled(0, 0, (0, 2))


def test_summary_by_hand():
    """Entropy of (½, ½) is ln 2, of (1, 0) is 0; the masked row does not count."""
    item = dense("encoder", THREE, TWO, [[0.5, 0.5], [1, 0], [NAN, NAN]])
    found = item.summary()
    assert np.allclose(found["entropy"], np.log(2) / 2) and np.allclose(found["peak"], 0.75)
    masked = dense("encoder", numbered("token", 1), TWO, [[NAN, NAN]]).summary()
    assert np.isnan(masked["entropy"]).all() and masked["entropy"].shape == (1, 1)


def test_summary_goes_over_several_blocks_of_rows():
    count = 600
    axis = numbered("token", count)
    found = dense("encoder", axis, TWO, np.array([[0.5, 0.5]] * 300 + [[1, 0]] * 300)).summary()
    assert np.allclose(found["peak"], 0.75) and np.allclose(found["entropy"], np.log(2) / 2)


def test_a_long_factored_map_is_summarised_in_memory_linear_in_its_length():
    """4,096 × 4,096 float32 would be 64 MiB at once."""
    axis, one = numbered("token", 4096), np.ones((1, 1, 4096, 1), np.float32)
    item = AttentionMap("encoder", axis, axis, Factored(one, one, 1.0))
    tracemalloc.start()
    item.summary(), item.pooled(0, 0, (64, 64))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 45 * 2**20


def test_empty_axes():
    none = numbered("token", 0)
    assert dense("x", none, TWO, np.empty((0, 2))).pooled(0, 0, (3, 3)).shape == (0, 2)
    item = dense("x", TWO, none, np.empty((2, 0)))
    assert item.map().shape == (2, 0) and item.pooled(0, 0, (3, 3)).shape == (2, 0) and np.isnan(item.summary()["peak"]).all()


@pytest.mark.parametrize("rows", [[[0.5, 0.6]], [[0.5, NAN]], [[1.5, -0.5]], [[0, 0]], [[np.inf, -np.inf]]])
def test_rows_that_are_no_distributions_are_refused(rows):
    with pytest.raises(InputError, match=r"'cross': the row \(layer, head, query\) = \(0, 0, 0\) sums to .*; rows must be non-neg"):
        dense("cross", numbered("token", 1), TWO, rows)


def test_half_precision_rows_are_accepted():
    rows = np.array([[1 / 3] * 3], np.float16)
    assert dense("cross", numbered("token", 1), THREE, rows).map().dtype == np.float32


def test_shapes_that_do_not_fit():
    with pytest.raises(ShapeError, match=r"has shape \(1, 2\) but its axes \(query, key\) have sizes \(2, 3\)"):
        dense("cross", TWO, THREE, [[0.5, 0.5]])
    with pytest.raises(ShapeError, match=r"'cross' has weights of shape \(1, 1, 2, 2\).* sizes \(2, 1, 2, 2\)"):
        AttentionMap("cross", TWO, TWO, Dense(np.full((1, 1, 2, 2), 0.5)), layers=("0", "1"))
    with pytest.raises(ShapeError, match="have 2 dimensions; expected 4"):
        Dense(np.ones((1, 1)))
    q = np.ones((1, 1, 2, 4))
    with pytest.raises(ShapeError, match="equal layer, head and depth"):
        Factored(q, q[..., :3], 0.5)
    with pytest.raises(ShapeError, match=r"attention mask has shape \(2,\)"):
        Factored(q, q, 0.5, mask=[0, 0])
    with pytest.raises(InputError, match="attention scale is inf; give a finite number"):
        Factored(q, q, np.inf)


@pytest.mark.parametrize("wanted", [(1, 0, [0]), (0, 5, [0]), (0, 0, [2]), (0, 0, [0.5]), (-2, 0, [0])])
def test_positions_outside_the_map_are_refused(wanted):
    item = dense("cross", TWO, TWO, [[1, 0], [0, 1]])
    with pytest.raises(InputError, match="attention at 'cross' has no (layer|head|query) .*; give whole numbers in 0 … "):
        item.rows(*wanted)


def test_names_are_tuples_of_text():
    item = AttentionMap("encoder", TWO, TWO, Dense(np.full((2, 1, 2, 2), 0.5)), layers=[0, 1])
    assert item.layers == ("0", "1")
