"""Qt resource collections, written here byte by byte."""

from __future__ import annotations

import struct
import zlib

import pytest

from viz_core.tasks.qt_resources import files
from viz_core.trace.errors import InputError

CONTENT = {"pictures": {"cat.png": b"a cat", "dog.png": b"a dog, " * 40}, "名.txt": b""}


def collection(content=CONTENT, version=3, packed=("dog.png",), packing=1) -> bytes:
    """A collection of nested dictionaries; `packed` names the files that are compressed with zlib."""
    names, data, nodes = bytearray(), bytearray(), []

    def label(name: str) -> int:
        place = len(names)
        names.extend(struct.pack(">HI", len(name), 0) + name.encode("utf-16-be"))
        return place

    nodes.append((0, 2, content))
    for number in range(10_000):
        if number == len(nodes):
            break
        name, _, inside = nodes[number]
        if isinstance(inside, dict):
            nodes[number] = (name, 2, struct.pack(">2I", len(inside), len(nodes)))
            nodes += [(label(each), 2 if isinstance(below, dict) else packing * (each in packed), below) for each, below in inside.items()]
        else:
            flags = nodes[number][1]
            stored = struct.pack(">I", len(inside)) + zlib.compress(inside) if flags else inside
            nodes[number] = (name, flags, struct.pack(">2HI", 0, 1, len(data)))
            data += struct.pack(">I", len(stored)) + stored
    tree = b"".join(struct.pack(">IH", name, flags) + rest + (bytes(8) if version > 1 else b"") for name, flags, rest in nodes)
    head = 24 if version >= 3 else 20
    places = (head + len(data) + len(names), head, head + len(data))
    return b"qres" + struct.pack(">4I", version, *places) + (bytes(4) if version >= 3 else b"") + bytes(data) + bytes(names) + tree


@pytest.fixture
def stored(tmp_path):
    def store(data: bytes):
        path = tmp_path / "some.rcc"
        path.write_bytes(data)
        return path

    return store


@pytest.mark.parametrize("version", [1, 2, 3])
def test_every_file_is_found_where_it_lies(stored, version):
    found = dict(files(stored(collection(version=version))))
    assert found == {"pictures/cat.png": b"a cat", "pictures/dog.png": b"a dog, " * 40, "名.txt": b""}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04 and so on", "no Qt resource collection"),
        (b"qres\0\0\0\3", "damaged"),
        (collection()[:-9], "damaged"),
        (collection({"..": b"x"}), r"holds a file named '\.\.'"),
        (collection({"a/b": b"x"}), "holds a file named 'a/b'"),
        (collection(packing=4), "packed in an unknown way"),
        (collection({"dog.png": b"x"}).replace(zlib.compress(b"x"), bytes(9)), "damaged"),
        (collection({"cat.png": b"a cat"}).replace(struct.pack(">I", 5) + b"a cat", struct.pack(">I", 900) + b"a cat"), "cut off"),
    ],
)
def test_what_is_no_whole_collection_is_said(stored, data, said):
    with pytest.raises(InputError, match=said):
        list(files(stored(data)))


def test_a_folder_inside_itself_ends(stored):
    data = bytearray(collection({"a": {"b": b"x"}}))
    tree = struct.unpack_from(">I", data, 8)[0]
    struct.pack_into(">2I", data, tree + 22 + 6, 1, 1)  # the folder "a" says that it holds itself
    with pytest.raises(InputError, match="folders that do not end"):
        list(files(stored(bytes(data))))


def test_a_file_that_grows_without_end_is_refused(stored, monkeypatch):
    monkeypatch.setattr("viz_core.tasks.qt_resources._MOST", 100)
    with pytest.raises(InputError, match="holds a file of more than"):
        list(files(stored(collection())))
