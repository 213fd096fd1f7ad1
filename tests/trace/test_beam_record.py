import dataclasses

from tests.trace import example
import numpy as np
import pytest

from viz_core.trace import InputError, ShapeError

TREE = example.tree()


def test_paths_leave_the_root_out():
    assert TREE.path(3) == (1, 3) and TREE.path(2) == (2,) and TREE.path(0) == () and len(TREE) == 4
    for node in (-1, 4):
        with pytest.raises(InputError, match=rf"node {node} is not in the tree; nodes are 0 … 3"):
            TREE.path(node)


def test_totals_are_sums_along_paths():
    for node in range(len(TREE)):
        assert TREE.total[node] == sum(TREE.log_prob[i] for i in TREE.path(node))


def changed(**columns):
    return dataclasses.replace(TREE, **columns)


@pytest.mark.parametrize("parent", [[0, 0, 0, 1], [-1, -1, 0, 1], [-1, 2, 0, 1], [-1, 0, 0, 3]])
def test_parents_stand_before_their_children(parent):
    with pytest.raises(InputError, match="parents must stand before their children, with one root"):
        changed(parent=parent)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"status": ("root", "kept", "dropped", "kept")}, "status 'dropped' is unknown; use one of root, kept, finished, pruned"),
        ({"best": (4,)}, r"best nodes \(4,\) must lie in 0 … 3; give"),
        ({"attention": [[0.5, 0.6]] * 4}, r"'beam': the row \(layer, head, query\) = \(0, 0, 0\) sums to 1.1"),
        ({"choice": [0, 1, 2, 0.5]}, "column 'choice' cannot be read as int64"),
        ({"options": {"width": {1}}}, r"beam tree options\['width'\] holds a value of type set"),
    ],
)
def test_columns_with_wrong_values(columns, message):
    with pytest.raises(InputError, match=message):
        changed(**columns)


@pytest.mark.parametrize("columns", [{"rank": [0, 0]}, {"score": np.zeros((4, 1))}, {"reason": ("",)}, {"attention": [[1.0]] * 4}])
def test_columns_of_another_length(columns):
    with pytest.raises(ShapeError, match="beam tree (column|attention)"):
        changed(**columns)
