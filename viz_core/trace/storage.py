"""`save` and `load`: a trace as one `.npz` file without pickle, the same bytes for the same trace.

The archive holds `structure.npy` (uint8: the JSON document of `packing`), `floats.npy` (float32) and `ints.npy`
(int64), so `numpy.load` opens it too. A file is not trusted: sizes are checked in the archive's directory before
anything is read, and nothing in it is ever executed.
"""

from __future__ import annotations

import io
import json
import os
import re
import secrets
import struct
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from viz_core.trace.errors import InputError
from viz_core.trace.packing import pack
from viz_core.trace.trace import Trace
from viz_core.trace.unpacking import unpack

MAX_BYTES = 512 * 2**20  # of the file, and of everything in it uncompressed
MAX_STRUCTURE = 64 * 2**20  # bytes of JSON
MAX_RATIO = 200  # uncompressed : compressed, for what is larger than …
RATIO_FREE = 64 * 2**20  # … this many bytes uncompressed (zeros compress 1000 : 1)
MAX_DIRECTORY = 4096  # bytes of the archive's directory; ours needs 182
DTYPES = {"structure.npy": "|u1", "floats.npy": "<f4", "ints.npy": "<i8"}
LEVEL = 6
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip file can hold, so that bytes do not depend on the clock
REMEDY = "save it again with viz_core.trace.save or `python -m viz_core trace … --out FILE.npz`"

# What zipfile and json raise on damaged bytes.
DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, NotImplementedError, RuntimeError)

_END = b"PK\x05\x06"  # end of central directory: 22 bytes, no comment in our files
_END64 = b"PK\x06\x07"  # its 64-bit locator, 20 bytes before; ours never need it
_NPY = re.compile(rb"\{'descr': '([|<][a-z]\d)', 'fortran_order': False, 'shape': \((\d{1,12}),\), \} *\n")


def save(trace: Trace, path: str | os.PathLike[str]) -> None:
    """Writes the trace to `path`, whole or not at all. Quantities that were deferred are made first.

    Raises InputError when the place cannot be written or the trace is larger than `load` would accept.
    """
    document, floats, ints = pack(trace)
    structure = json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")
    if len(structure) > MAX_STRUCTURE:
        raise InputError(
            f"the trace's labels and structure take {len(structure)} bytes and a file may hold {MAX_STRUCTURE}; "
            "trace a shorter input or fewer steps"
        )
    arrays = (np.frombuffer(structure, np.uint8), floats, ints)
    size = sum(array.nbytes for array in arrays)
    if size > MAX_BYTES - MAX_DIRECTORY:
        raise InputError(f"the trace takes {size} bytes and a file may hold {MAX_BYTES}; trace a shorter input or fewer steps")
    _replace(Path(path), dict(zip(DTYPES, arrays, strict=True)))


def load(path: str | os.PathLike[str] | BinaryIO) -> Trace:
    """The trace in a file (or in a seekable binary stream, such as an upload) written by `save`.

    Raises InputError, one sentence that names the file and what to do, for anything that is not a whole, sound trace.
    """
    stream = hasattr(path, "read")
    name = str(getattr(path, "name", "the stream")) if stream else os.fspath(path)  # type: ignore[arg-type]
    try:
        if stream:
            return _read(path)  # type: ignore[arg-type]
        with open(path, "rb") as file:  # type: ignore[arg-type]
            return _read(file)
    except InputError as error:
        raise InputError(f"{name} cannot be opened as a trace: {str(error).rstrip('.')}; {REMEDY}") from error
    except FileNotFoundError as error:
        raise InputError(f"there is no file {name}; check the path") from error
    except (OSError, ValueError) as error:  # ValueError: a path with a null byte
        raise InputError(f"{name} cannot be read ({error}); check that it is a file you may read") from error


def _read(file: BinaryIO) -> Trace:
    """The trace in an open file; InputError says what is wrong, without the file's name."""
    _check_tail(file)
    try:
        with zipfile.ZipFile(file) as archive:
            _check_directory(archive.infolist())
            structure, floats, ints = (_array(name, archive.read(name)) for name in DTYPES)
        document = json.loads(structure.tobytes(), parse_constant=_no_constant)
    except InputError:
        raise
    except RecursionError as error:
        raise InputError("its JSON is nested too deeply") from error
    except DAMAGE as error:
        raise InputError(f"the file is damaged ({error or type(error).__name__})") from error
    return unpack(document, floats, ints)


def _check_tail(file: BinaryIO) -> None:
    """Raises InputError unless the file ends as a small plain zip archive does.

    `zipfile` builds an object for every directory entry before anybody can look, so the end record is read first.
    """
    size = file.seek(0, io.SEEK_END)
    if size > MAX_BYTES:
        raise InputError(f"it has {size} bytes and a trace at most {MAX_BYTES}")
    file.seek(max(size - 42, 0))
    tail = file.read(42)
    end = tail[-22:]
    if len(end) < 22 or not end.startswith(_END) or end[20:] != b"\0\0" or tail[:-22].startswith(_END64):
        raise InputError("it is no whole .npz archive of a trace (cut short, or another kind of file)")
    entries, directory = int.from_bytes(end[10:12], "little"), int.from_bytes(end[12:16], "little")
    if entries != len(DTYPES) or directory > MAX_DIRECTORY:
        raise InputError(f"it is an archive of {entries} entries and a trace has the {len(DTYPES)} entries {', '.join(DTYPES)}")
    file.seek(0)


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    """Raises InputError unless names, methods and sizes in the directory are those of a trace; nothing is read yet."""
    if sorted(entry.filename for entry in entries) != sorted(DTYPES):
        raise InputError(f"it is an archive without the {len(DTYPES)} entries of a trace ({', '.join(DTYPES)})")
    if any(e.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or e.flag_bits & 1 for e in entries):
        raise InputError("it is encrypted or compressed in a way that traces never are")
    size, packed = _sizes(entries)
    structure = next(entry.file_size for entry in entries if entry.filename == "structure.npy")
    if max(packed, size) > MAX_BYTES or structure > MAX_STRUCTURE + MAX_DIRECTORY:
        raise InputError(
            f"it unpacks to {size} bytes ({structure} of them JSON) and a trace to at most {MAX_BYTES} ({MAX_STRUCTURE})"
        )
    if _too_dense(size, packed):
        raise InputError(f"it unpacks from {packed} to {size} bytes, more than {MAX_RATIO} : 1")


def _too_dense(size: int, packed: int) -> bool:
    """Whether the compression ratio is one that `load` refuses."""
    return size > RATIO_FREE and size > MAX_RATIO * packed


def _array(name: str, data: bytes) -> NDArray:
    """The read-only array in the bytes of a one-dimensional `.npy` file (version 1.0), without a copy."""
    start = 10 + int.from_bytes(data[8:10], "little")
    header = _NPY.fullmatch(data[10:start]) if data[:8] == b"\x93NUMPY\x01\x00" else None
    if header is None or header[1].decode() != DTYPES[name]:
        raise InputError(f"its entry {name} is no one-dimensional array of type {DTYPES[name]}")
    dtype = np.dtype(DTYPES[name])
    if int(header[2]) * dtype.itemsize != len(data) - start:
        raise InputError(f"its entry {name} holds {len(data) - start} bytes for {int(header[2])} numbers of type {dtype}")
    return np.frombuffer(data, dtype, offset=start)


def _no_constant(word: str) -> None:
    """Called for NaN and Infinity, which Python's reader would accept and JSON does not have."""
    raise InputError(f"its JSON holds {word}")


def _replace(path: Path, arrays: dict[str, NDArray]) -> None:
    """Writes the archive beside `path` and moves it there in one step."""
    temporary: Path | None = None
    try:
        path = Path(os.path.realpath(path))  # a link keeps pointing to the file
        if path.exists() and not path.is_file():
            raise InputError(f"{path} is not a plain file; give the name of a new .npz file")
        candidate = path.with_name(f".{secrets.token_hex(8)}.tmp")
        with open(candidate, "xb") as file:
            temporary = candidate
            if _too_dense(*_write(file, arrays, zipfile.ZIP_DEFLATED)):
                file.seek(0)
                file.truncate()
                _write(file, arrays, zipfile.ZIP_STORED)
        os.replace(temporary, path)
        temporary = None
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"cannot write {path} ({reason}); give a file name in a folder you may write to") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _write(file: BinaryIO, arrays: dict[str, NDArray], method: int) -> tuple[int, int]:
    """Writes the zip archive of the arrays, with nothing in it that depends on time, user or system.

    Returns the bytes in its entries, unpacked and packed.
    """
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, array, version=(1, 0), allow_pickle=False)
            archive.writestr(entry, buffer.getbuffer(), method, LEVEL)
        return _sizes(archive.infolist())


def _sizes(entries: list[zipfile.ZipInfo]) -> tuple[int, int]:
    """Bytes in the entries, unpacked and packed."""
    return sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
