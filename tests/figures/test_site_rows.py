import numpy as np
import pytest
from tests.figures import synthetic

from viz_core.figures import site_rows as module
from viz_core.figures.site_rows import SiteRows, site_rows, with_mean
from viz_core.trace import AttentionMap, Axis, Dense, Factored, InputError, Step, Trace, dense


def trace_of(*maps):
    steps = tuple(Step(i, f"s{i}", attention=items) for i, items in enumerate(maps))
    return Trace({}, "x", Axis("token", ("x",)), "", "token", steps)


def test_one_row_a_step_grows():
    trace = synthetic.translation(5, 4)
    rows = site_rows(trace, "cross")
    assert rows.grows and rows.spans == ((0, 1), (1, 2), (2, 3), (3, 4))
    assert [rows.shown(step) for step in range(4)] == [(0, 1), (0, 2), (0, 3), (0, 4)]
    np.testing.assert_array_equal(rows.rows(), trace.attention("cross").map())


def test_a_whole_map_is_kept_until_the_next_one():
    a, b = Axis("token", ("a", "b")), Axis("token", ("a", "b"))
    first, second = np.eye(2), np.full((2, 2), 0.5)
    rows = site_rows(trace_of((dense("self", a, b, first),), (), (dense("self", a, b, second),)))
    assert not rows.grows
    assert [rows.shown(step) for step in range(3)] == [(0, 2), (0, 2), (2, 4)]
    np.testing.assert_array_equal(rows.rows()[slice(*rows.shown(2))], second)


def test_keys_that_did_not_exist_yet_are_masked_not_zero():
    def query(i):
        return Axis("token", (f"y{i}",))

    keys = Axis("token", ("k0", "k1"))
    rows = site_rows(trace_of((dense("decoder", query(0), keys.take([0]), [[1.0]]),), (dense("decoder", query(1), keys, [[0.25, 0.75]]),)))
    np.testing.assert_array_equal(rows.rows(), np.array([[1, np.nan], [0.25, 0.75]], np.float32))


def test_prompt_rows_then_single_rows_grow():
    keys = Axis("token", ("a", "b"))
    rows = site_rows(trace_of((dense("decoder", keys, keys, np.eye(2)),), (dense("decoder", Axis("token", ("c",)), keys, [[0.5, 0.5]]),)))
    assert rows.grows and rows.spans == ((0, 2), (2, 3)) and rows.labels == ("a", "b", "c")


def test_large_maps_are_averaged_in_blocks(monkeypatch):
    monkeypatch.setattr(module, "LARGEST", 6)
    monkeypatch.setattr(module, "COARSE", 4)
    axis = Axis("token", tuple("abcdefgh"))
    values = synthetic.softmax(np.random.default_rng(0).normal(size=(8, 8)))
    rows = site_rows(trace_of((dense("self", axis, axis, values),)))
    assert rows.block == 2 and rows.labels[0] == "a … b" and len(rows.key_axis) == 4
    np.testing.assert_allclose(rows.rows(), values.reshape(4, 2, 4, 2).mean((1, 3)), atol=1e-6)


def test_factored_maps_are_computed_for_the_head_asked():
    axis = Axis("token", ("a", "b", "c"))
    q, k = np.random.default_rng(0).normal(size=(2, 1, 2, 3, 4))
    item = AttentionMap("self", axis, axis, Factored(q, k, 0.5), heads=("head 1", "head 2"))
    rows = site_rows(trace_of((item,)))
    np.testing.assert_allclose(rows.rows(0, 1), synthetic.softmax(0.5 * q[0, 1] @ k[0, 1].T), atol=1e-6)
    assert rows.name(0, 1) == "head 2"


def test_layers_that_change_with_the_steps_are_not_named():
    rows = site_rows(synthetic.patches())
    assert rows.name(0, 1) == "head 2"
    assert site_rows(synthetic.translation(), "encoder").name(1, 2) == "layer 2 · head 3"


def test_errors_name_what_there_is():
    trace = synthetic.translation()
    with pytest.raises(InputError, match="no attention at 'hop'.*cross"):
        site_rows(trace, "hop")
    with pytest.raises(InputError, match="no layer 0, head 7.*head 0 … 3"):
        site_rows(trace, "encoder").rows(0, 7)
    with pytest.raises(InputError, match="holds no attention"):
        site_rows(trace_of(()))


def test_the_mean_of_the_heads_stands_behind_them():
    rows = site_rows(synthetic.translation(), "encoder")
    with_means = with_mean(rows)
    count = len(rows.heads)
    assert with_means.heads[:count] == rows.heads and len(with_means.heads) == count + 1
    expected = np.mean([rows.rows(1, head) for head in range(count)], axis=0)
    np.testing.assert_allclose(with_means.rows(1, count), expected, rtol=1e-6)
    np.testing.assert_array_equal(with_means.rows(1, 2), rows.rows(1, 2))
    assert with_means.name(1, count) == "layer 2 · mean of heads"
    with pytest.raises(InputError, match=f"head {count + 1}"):
        with_means.rows(0, count + 1)


def test_a_head_that_is_masked_is_left_out_of_the_mean():
    axis = Axis("token", ("a", "b"))
    values = np.array([[[0.2, 0.8], [np.nan] * 2], [[0.6, 0.4], [np.nan] * 2], [[np.nan] * 2, [np.nan] * 2]], np.float32)[None]
    item = AttentionMap("encoder", axis, axis, Dense(values), ("0",), ("0", "1", "2"))
    rows = with_mean(SiteRows("encoder", axis, axis.labels, ((0, 2),), False, (item,)))
    np.testing.assert_allclose(rows.rows(0, 3), [[0.4, 0.6], [np.nan] * 2], rtol=1e-6)
    assert rows.name(0, 1) == "layer 0 · head 1"


def test_one_head_has_no_mean():
    rows = site_rows(synthetic.translation(), "cross")
    assert len(rows.heads) > 1 or with_mean(rows) is rows
