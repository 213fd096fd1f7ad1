import numpy as np
import pytest

from viz_core.trace.arrays import check_shape, frozen
from viz_core.trace.errors import InputError, ShapeError


def test_frozen_copies_what_somebody_could_still_write():
    mine = np.array([1, 2], np.float32)
    kept = frozen(mine)
    mine[0] = 9
    assert kept.tolist() == [1, 2]
    with pytest.raises(ValueError, match="read-only"):
        kept[0] = 5


def test_frozen_does_not_freeze_or_share_an_array_behind_the_array_protocol():
    class Holder:
        def __init__(self):
            self.inner = np.zeros(2, np.float32)

        def __array__(self, dtype=None, copy=None):
            return self.inner.copy() if copy else self.inner

    holder = Holder()
    kept = frozen(holder)
    holder.inner[0] = 1
    assert kept.tolist() == [0, 0]


def test_frozen_shares_read_only_arrays():
    first = frozen([1.0, 2.0])
    assert np.shares_memory(frozen(first), first) and np.shares_memory(frozen(first[1:]), first)


def test_frozen_converts_to_the_dtype():
    assert frozen(np.array([0.1])).dtype == np.float32
    assert frozen([2.0, 3], np.int64).tolist() == [2, 3]
    assert frozen(np.array([1, 2], ">f4")).dtype.isnative


@pytest.mark.parametrize("values", [[1.5], [np.nan], ["1"], [2**63], [[1], [1, 2]], [None], [1j]])
def test_frozen_refuses_what_is_no_array_of_whole_numbers(values):
    with pytest.raises(InputError, match="beam ids cannot be read as int64 numbers .*; give a regular array"):
        frozen(values, np.int64, "beam ids")


def test_frozen_refuses_words_and_ragged_rows_as_floats():
    for values in (["x"], [[1], [1, 2]]):
        with pytest.raises(InputError, match="scores cannot be read as float32"):
            frozen(values, what="scores")


def test_check_shape_names_both_sizes():
    check_shape("h", np.zeros((2, 3)), (2, 3), "row, column")
    with pytest.raises(ShapeError, match=r"h has shape \(2, 3\) but its axes \(row, column\) have sizes \(2, 4\); pass the axes"):
        check_shape("h", np.zeros((2, 3)), (2, 4), "row, column")
