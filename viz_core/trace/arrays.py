"""Read-only arrays: the one way numbers enter a record."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viz_core.trace.errors import InputError, ShapeError


def frozen(values: ArrayLike, dtype: type = np.float32, what: str = "array") -> NDArray:
    """A read-only array of the given dtype; shares memory only with a NumPy array that is read-only already.

    Raises InputError, naming `what`, when the values are no numbers, are ragged, or would lose a fraction as integers.
    """
    if isinstance(values, np.ndarray) and values.dtype == dtype and not values.flags.writeable:
        return np.asarray(values)
    try:
        with np.errstate(invalid="ignore"):  # NaN to integer: the comparison below reports it
            array = np.array(values, dtype=dtype)
        if np.issubdtype(dtype, np.integer) and not np.array_equal(np.asarray(values), array):
            raise ValueError("whole numbers are needed")
    except (ValueError, TypeError, OverflowError, RuntimeError) as error:  # RuntimeError: a tensor that needs gradients
        kind = np.dtype(dtype).name
        raise InputError(f"{what} cannot be read as {kind} numbers ({error}); give a regular array of numbers") from error
    array.flags.writeable = False
    return array


def check_shape(what: str, array: NDArray, expected: tuple[int, ...], axes: str) -> None:
    """Raises ShapeError unless array.shape equals `expected`; `axes` names the dimensions in the message."""
    if array.shape != expected:
        raise ShapeError(
            f"{what} has shape {array.shape} but its axes ({axes}) have sizes {expected}; "
            "pass the axes of the array, padded positions included"
        )
