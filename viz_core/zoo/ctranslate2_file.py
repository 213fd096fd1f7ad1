"""Reads CTranslate2's `model.bin` (version 6): named arrays, one after the other, and names that stand for others.

Only numbers and names are read. Layout: CTranslate2's `model_spec.py`: version, specification, revision, then each
variable as name, shape, type, bytes.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viz_core.trace.errors import InputError

VERSION = 6
_TYPES = {0: "<f4", 1: "i1", 2: "<i2", 3: "<i4", 4: "<f2"}


def read(path: Path) -> dict[str, NDArray]:
    """All variables by name, views of the file's bytes in their own type. InputError for another or damaged file."""
    data = path.read_bytes()
    try:
        return _read(data)
    except (struct.error, ValueError, KeyError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name} is no whole CTranslate2 model of version {VERSION} ({str(error)[:100]}); fetch it again") from error


def _read(data: bytes) -> dict[str, NDArray]:
    at = 0

    def numbers(kind: str) -> tuple[int, ...]:
        nonlocal at
        at += struct.calcsize("<" + kind)
        return struct.unpack_from("<" + kind, data, at - struct.calcsize("<" + kind))

    def text() -> str:
        nonlocal at
        (length,) = numbers("H")
        at += length
        return data[at - length : at - 1].decode("utf-8")  # the last byte is 0

    (version,) = numbers("I")
    if version != VERSION:
        raise ValueError(f"version {version}")
    text()  # the specification's name
    _, count = numbers("II")
    out: dict[str, NDArray] = {}
    for _ in range(count):
        name, (rank,) = text(), numbers("B")
        shape = numbers(f"{rank}I")
        kind, length = numbers("BI")
        out[name] = np.frombuffer(data, _TYPES[kind], length // np.dtype(_TYPES[kind]).itemsize, at).reshape(shape)
        at += length
    for _ in range(numbers("I")[0]):
        alias, name = text(), text()
        out[alias] = out[name]
    return out
