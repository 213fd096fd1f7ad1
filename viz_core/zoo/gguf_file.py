"""Reads GGUF version 3, llama.cpp's file of quantised weights: metadata, and tensors back in float32.

The file is only ever read as numbers and text; offsets and lengths are checked against its size. Layout: the `gguf.md`
specification of the ggml project; quantisations: its `ggml-common.h`, blocks of 32 weights w = d·q (+ m).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viz_core.trace.errors import InputError

BLOCK = 32  # weights that share one scale
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9


@dataclass(frozen=True)
class Gguf:
    """A file's metadata and where its tensors lie: name → (shape, kind, bytes from the start of the data)."""

    metadata: dict[str, Any]
    places: dict[str, tuple[tuple[int, ...], int, int]]
    data: NDArray[np.uint8]

    def tensor(self, name: str) -> NDArray[np.float32]:
        """One tensor, f32 in its own shape (row-major)."""
        shape, kind, offset = self.places[name]
        if kind not in _KINDS:
            raise InputError(f"the tensor {name} is quantised as GGUF type {kind}; known types: {', '.join(map(str, sorted(_KINDS)))}")
        size, weights, unpack = _KINDS[kind]
        count = int(np.prod(shape))
        stop = offset + count // weights * size
        if count % weights or stop > len(self.data):
            raise InputError(f"the tensor {name} of shape {shape} does not fit into the file; it is damaged or cut off")
        return unpack(self.data[offset:stop].reshape(-1, size)).reshape(shape)


def read(path: Path) -> Gguf:
    """Opens a file without reading its weights yet. Raises InputError when it is no GGUF 3 file or is cut off."""
    data = np.memmap(path, np.uint8, "r")
    reader = _Reader(memoryview(data))  # type: ignore[arg-type]
    try:
        if reader.take(4) != b"GGUF" or reader.number("I") != 3:
            raise InputError(f"{path.name} is no GGUF file of version 3")
        tensors, entries = reader.number("Q"), reader.number("Q")
        metadata = {reader.text(): reader.value(reader.number("I")) for _ in range(entries)}
        places = {}
        for _ in range(tensors):
            name, dimensions = reader.text(), reader.number("I")
            shape = tuple(reader.number("Q") for _ in range(dimensions))[::-1]  # the file names the fastest axis first
            places[name] = (shape, reader.number("I"), reader.number("Q"))
    except (struct.error, IndexError, UnicodeDecodeError, KeyError) as error:
        raise InputError(f"{path.name} is damaged or cut off at byte {reader.at:,}") from error
    alignment = metadata.get("general.alignment", 32)
    return Gguf(metadata, places, data[-(-reader.at // alignment) * alignment :])


class _Reader:
    """Little-endian values one after the other. at: bytes read so far."""

    def __init__(self, data: memoryview) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            raise IndexError(count)
        self.at += count
        return self.data[self.at - count : self.at].tobytes()

    def number(self, kind: str) -> Any:
        (found,) = struct.unpack_from("<" + kind, self.data, self.at)
        self.at += struct.calcsize("<" + kind)
        return found

    def text(self) -> str:
        return self.take(self.number("Q")).decode("utf-8")

    def value(self, kind: int) -> Any:
        if kind == _STRING:
            return self.text()
        if kind == _ARRAY:
            kind, count = self.number("I"), self.number("Q")
            return [self.value(kind) for _ in range(count)]
        return self.number(_SCALARS[kind])


def _half(bytes_: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Two bytes a row as one float16, f32[row, 1]."""
    return np.ascontiguousarray(bytes_).view("<f2").astype(np.float32)


def _q4_1(rows: NDArray[np.uint8]) -> NDArray[np.float32]:
    """d, m (f16), 16 bytes: the low half-bytes are weights 0–15, the high ones 16–31; w = d·q + m."""
    out = np.empty((len(rows), BLOCK), np.float32)
    out[:, :16], out[:, 16:] = rows[:, 4:] & 15, rows[:, 4:] >> 4
    out *= _half(rows[:, :2])
    out += _half(rows[:, 2:4])
    return out


def _q8_0(rows: NDArray[np.uint8]) -> NDArray[np.float32]:
    """d (f16), 32 signed bytes; w = d·q."""
    out = rows[:, 2:].view(np.int8).astype(np.float32)
    out *= _half(rows[:, :2])
    return out


def _plain(kind: str) -> Callable[[NDArray[np.uint8]], NDArray[np.float32]]:
    return lambda rows: np.ascontiguousarray(rows).view(kind).astype(np.float32)


_KINDS: dict[int, tuple[int, int, Callable[[NDArray[np.uint8]], NDArray[np.float32]]]] = {
    0: (4, 1, _plain("<f4")),
    1: (2, 1, _plain("<f2")),
    3: (20, BLOCK, _q4_1),
    8: (34, BLOCK, _q8_0),
}
"""GGUF type → bytes of a block, weights in it, how to unpack u8[block, byte]."""
