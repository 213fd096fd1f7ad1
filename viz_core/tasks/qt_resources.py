"""Files inside a Qt resource collection (.rcc), as programs for children and others carry their pictures.

A collection is a header (`qres`, version, where the tree, the data and the names begin), a tree of nodes, names in UTF-16,
and each file's bytes behind their length (Qt 5 and 6, versions 1 to 3; source: Qt's own rcc tool).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from viz_core.trace.errors import InputError

_MAGIC, _FOLDER, _ZLIB, _PACKED = b"qres", 2, 1, 1 | 4
_DEEPEST = 32  # folders inside one another
_MOST = 64 * 2**20  # bytes of one unpacked file


def files(path: Path) -> Iterator[tuple[str, bytes]]:
    """(place inside the collection, content) of every file. InputError when the file is no collection, is damaged, or holds
    something packed in another way than by zlib."""
    data = path.read_bytes()
    if data[:4] != _MAGIC:
        raise InputError(f"{path.name} is no Qt resource collection; it begins with {data[:4]!r} in place of {_MAGIC!r}; fetch it again.")
    try:
        yield from _Collection(data, path.name).below(0, "", 0)
    except (struct.error, UnicodeDecodeError, zlib.error) as error:
        raise InputError(f"The resource collection {path.name} is damaged ({error}); do not use it, fetch it again.") from error


class _Collection:
    def __init__(self, data: bytes, name: str) -> None:
        self.data, self.name = data, name
        version, self.tree, self.content, self.names = struct.unpack_from(">4I", data, 4)
        self.node = 14 if version == 1 else 22  # later versions add a time

    def below(self, number: int, folder: str, depth: int) -> Iterator[tuple[str, bytes]]:
        """Files of a node, itself or in the folder that it is."""
        place = self.tree + number * self.node
        label, flags = struct.unpack_from(">IH", self.data, place)
        here = f"{folder}/{self._named(label)}".lstrip("/") if number else ""
        if not flags & _FOLDER:
            yield here, self._bytes(struct.unpack_from(">I", self.data, place + 10)[0], flags)
            return
        count, first = struct.unpack_from(">2I", self.data, place + 6)
        if depth >= _DEEPEST or first <= number or count > len(self.data) // self.node:
            raise InputError(f"The resource collection {self.name} has folders that do not end; do not use it, fetch it again.")
        for child in range(first, first + count):
            yield from self.below(child, here, depth + 1)

    def _named(self, place: int) -> str:
        start = self.names + place
        (length,) = struct.unpack_from(">H", self.data, start)
        name = self.data[start + 6 : start + 6 + 2 * length].decode("utf-16-be")  # length 2, hash 4
        if "/" in name or "\\" in name or name in ("", ".", ".."):
            raise InputError(f"The resource collection {self.name} holds a file named {name[:60]!r}; expected plain names; do not use it.")
        return name

    def _bytes(self, place: int, flags: int) -> bytes:
        start = self.content + place
        (length,) = struct.unpack_from(">I", self.data, start)
        found = self.data[start + 4 : start + 4 + length]
        if len(found) != length or flags & _PACKED & ~_ZLIB:
            raise InputError(f"The resource collection {self.name} is cut off or packed in an unknown way; expected plain or zlib data.")
        if not flags & _ZLIB:
            return found
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(found[4:], _MOST)  # four bytes of length before
        if unpacking.unconsumed_tail:
            raise InputError(f"The resource collection {self.name} holds a file of more than {_MOST >> 20} MB; do not use it.")
        return content
