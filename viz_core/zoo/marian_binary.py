"""Reads Marian's binary model files (version 1) with 8-bit weights back into float32.

Only numbers and names are read; every length is checked against the file's size. Layout: Marian's `binary.cpp`: counts,
headers (name length, type, dimensions, bytes), names, shapes, padding, data. An 8-bit matrix of shape (in, out) is
stored transposed, (out, in), followed by its multiplier m: w = q / m. The multipliers of activations
(`…_QuantMultA`) are left out: activations stay float32 here.
"""

from __future__ import annotations

import struct
from math import prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viz_core.trace.errors import InputError

VERSION = 1
FLOAT32, INT8 = 0x0404, 0x4101
_ACTIVATIONS = "_QuantMultA"


def read(path: Path) -> dict[str, NDArray[np.float32]]:
    """All weights by Marian's names; matrices as (out, in), vectors as (size). InputError for another or damaged file."""
    data = path.read_bytes()
    try:
        return _read(data)
    except (struct.error, ValueError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name} is no whole Marian model of version {VERSION} ({str(error)[:100]}); fetch it again") from error


def _read(data: bytes) -> dict[str, NDArray[np.float32]]:
    version, count = struct.unpack_from("<QQ", data, 0)
    if version != VERSION or count > len(data) // 32:
        raise ValueError(f"version {version} with {count} tensors")
    headers = [struct.unpack_from("<4Q", data, 16 + 32 * i) for i in range(count)]
    at, names, shapes = 16 + 32 * count, [], []
    for length, *_ in headers:
        names.append(data[at : at + length - 1].decode("utf-8"))  # the last byte is 0
        at += length
    for _, _, dimensions, _ in headers:
        shapes.append(struct.unpack_from(f"<{dimensions}i", data, at))
        at += 4 * dimensions
    at += 8 + struct.unpack_from("<Q", data, at)[0]  # padding
    out = {}
    for name, shape, (_, kind, _, length) in zip(names, shapes, headers, strict=True):
        if kind in (FLOAT32, INT8) and not name.endswith(_ACTIVATIONS):
            out[name] = _tensor(data[at : at + length], kind, shape, name)
        at += length
    return out


def _tensor(block: bytes, kind: int, shape: tuple[int, ...], name: str) -> NDArray[np.float32]:
    count = prod(shape)
    if kind == FLOAT32:
        return np.frombuffer(block, "<f4", count).reshape(shape).squeeze().copy()
    (multiplier,) = struct.unpack_from("<f", block, count)
    # The embedding is a table of rows, not a matrix that is multiplied from the right: it is not transposed.
    stored = shape if name == "Wemb" else shape[::-1]
    return np.frombuffer(block, np.int8, count).reshape(stored).astype(np.float32) / np.float32(multiplier)
