"""GGUF blocks by hand: what a scale, an offset and half-bytes must give."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from viz_core.trace import InputError
from viz_core.zoo import gguf_file


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def gguf(tensors: list[tuple[str, tuple[int, ...], int, bytes]], version: int = 3) -> bytes:
    """A file with two metadata entries and the tensors, each aligned to 32 bytes. Shapes row-major."""
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), 2)
    head += text("size") + struct.pack("<II", 4, 7)
    head += text("names") + struct.pack("<IIQ", 9, 8, 2) + text("a") + text("é")
    data = b""
    for name, shape, kind, content in tensors:
        head += text(name) + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *shape[::-1])
        head += struct.pack("<IQ", kind, len(data))
        data += content + b"\0" * (-len(content) % 32)
    return head + b"\0" * (-len(head) % 32) + data


HALF, THIRD = np.float16(0.5).tobytes(), np.float16(-3).tobytes()


def test_metadata_and_plain_numbers(tmp_path):
    (tmp_path / "a.gguf").write_bytes(gguf([("w", (2, 3), 0, np.arange(6, dtype="<f4").tobytes())]))
    file = gguf_file.read(tmp_path / "a.gguf")
    assert file.metadata == {"size": 7, "names": ["a", "é"]}
    np.testing.assert_array_equal(file.tensor("w"), [[0, 1, 2], [3, 4, 5]])


def test_q4_1_is_scale_times_half_byte_plus_offset(tmp_path):
    low, high = 3, 15  # each byte holds weight i (low half) and i + 16 (high half)
    block = HALF + THIRD + bytes([high << 4 | low] * 16)
    (tmp_path / "a.gguf").write_bytes(gguf([("first", (1, 32), 3, block), ("w", (2, 32), 3, block + block)]))
    found = gguf_file.read(tmp_path / "a.gguf").tensor("w")
    np.testing.assert_array_equal(found, np.tile([0.5 * 3 - 3] * 16 + [0.5 * 15 - 3] * 16, (2, 1)))


def test_q8_0_is_scale_times_signed_byte(tmp_path):
    block = HALF + np.arange(-16, 16, dtype=np.int8).tobytes()
    (tmp_path / "a.gguf").write_bytes(gguf([("w", (32,), 8, block)]))
    np.testing.assert_array_equal(gguf_file.read(tmp_path / "a.gguf").tensor("w"), np.arange(-16, 16) * 0.5)


@pytest.mark.parametrize("cut", [2, 10, 60, 150])
def test_cut_off_files_are_refused(tmp_path, cut):
    whole = gguf([("w", (64,), 0, b"\0" * 256)])
    (tmp_path / "a.gguf").write_bytes(whole[:cut])
    with pytest.raises(InputError, match=r"a\.gguf|does not fit"):
        gguf_file.read(tmp_path / "a.gguf").tensor("w")


def test_lengths_that_lie_are_refused(tmp_path):
    (tmp_path / "a.gguf").write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 2**60) + b"x" * 40)
    with pytest.raises(InputError, match="damaged or cut off"):
        gguf_file.read(tmp_path / "a.gguf")


def test_other_versions_and_unknown_kinds_are_refused(tmp_path):
    (tmp_path / "a.gguf").write_bytes(gguf([], version=2))
    with pytest.raises(InputError, match="version 3"):
        gguf_file.read(tmp_path / "a.gguf")
    (tmp_path / "b.gguf").write_bytes(gguf([("w", (32,), 14, b"\0" * 64)]))
    with pytest.raises(InputError, match="GGUF type 14"):
        gguf_file.read(tmp_path / "b.gguf").tensor("w")
