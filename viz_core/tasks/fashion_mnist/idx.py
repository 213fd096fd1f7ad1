"""The IDX files of the MNIST family: a magic number, the sizes of the dimensions, then bytes (LeCun's MNIST page)."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viz_core.trace.errors import InputError

_BYTES = 0x08  # the type code of unsigned bytes, the only one that these data sets use
_MOST = 2**28  # bytes that an array may have


def read(path: Path) -> NDArray[np.uint8]:
    """The array of a gzipped IDX file of unsigned bytes, u8[d₁, …].

    Raises InputError when the file is damaged, holds another type, or has another length than its header says.
    """
    try:
        with gzip.open(path) as file:
            zeros, kind, dimensions = struct.unpack(">HBB", file.read(4))
            shape = struct.unpack(f">{dimensions}I", file.read(4 * dimensions))
            if zeros or kind != _BYTES or math.prod(shape) > _MOST:
                raise InputError(f"{path.name} has type code {kind} and sizes {shape}; expected unsigned bytes (8), at most {_MOST:,}")
            content = file.read(math.prod(shape) + 1)
    except (OSError, EOFError, struct.error, zlib.error) as error:
        raise InputError(f"{path.name} is no gzipped IDX file ({error}); fetch the package again") from error
    if len(content) != math.prod(shape):
        raise InputError(f"{path.name} does not hold the {math.prod(shape):,} bytes that its header promises; fetch the package again")
    return np.frombuffer(content, np.uint8).reshape(shape)
