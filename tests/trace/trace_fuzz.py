"""Feeds damaged trace files to `load`: `python tests/trace/trace_fuzz.py 10000` prints how many of each outcome.

Every case must end in a valid `Trace` or in one-line `InputError`; anything else is raised with the case's number.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np

from viz_core.trace import InputError, Trace, load, save

Entries = dict[str, bytes]
ODD = (None, True, -1, 0, 1, 2**31, 2**63, 10**400, 0.5, 1e308, "", "x", "-inf", [], {}, [[]], [0, [-1]], [0, [0, 2**39]], {"a": 1})
WORDS = (b"NaN", b"1e999", b"-1", b"[" * 50_000, b'"', b"\xff", b"{}", b"null", b"9" * 5_000)


def entries(archive: bytes) -> Entries:
    """The files in an archive by name."""
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        return {name: found.read(name) for name in found.namelist()}


def archive(found: Entries, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A sound zip archive of the files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as made:
        for name, data in found.items():
            made.writestr(name, data)
    return buffer.getvalue()


def npy(array: np.ndarray) -> bytes:
    """A `.npy` file of the array."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array)
    return buffer.getvalue()


def with_document(found: Entries, document: object) -> bytes:
    """The archive with another JSON document."""
    return archive(found | {"structure.npy": npy(np.frombuffer(json.dumps(document).encode(), np.uint8))})


def document_of(found: Entries) -> dict:
    """The JSON document in the archive."""
    return json.loads(np.load(io.BytesIO(found["structure.npy"])).tobytes())


def flip(rng: np.random.Generator, data: bytes) -> bytes:
    """1 to 4 bytes changed, or a piece cut out, doubled, or the end cut off."""
    changed = bytearray(data)
    kind, start = int(rng.integers(4)), int(rng.integers(len(data)))
    stop = min(len(data), start + int(rng.integers(1, 40)))
    if kind == 0:
        for place in rng.integers(len(data), size=int(rng.integers(1, 5))):
            changed[place] = int(rng.integers(256))
    elif kind == 1:
        del changed[start:stop]
    elif kind == 2:
        changed[start:start] = changed[start:stop]
    else:
        del changed[start:]
    return bytes(changed)


def disturb(rng: np.random.Generator, value: object) -> object:
    """A copy of a JSON value with one random node replaced, removed or repeated."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = list(value)[rng.integers(len(value))]
        if rng.random() < 0.1:
            return {name: item for name, item in value.items() if name != key}
        return value | {key: disturb(rng, value[key])}
    if isinstance(value, list) and value and rng.random() < 0.9:
        place = int(rng.integers(len(value)))
        if rng.random() < 0.1:
            return value[:place] + value[place:][: int(rng.integers(3))] + value[place:]
        return [*value[:place], disturb(rng, value[place]), *value[place + 1 :]]
    if isinstance(value, int) and rng.random() < 0.5:
        return value + int(rng.choice([-1, 1, 7, -100, 10**6]))
    return ODD[rng.integers(len(ODD))]


def damaged(rng: np.random.Generator, sound: bytes) -> bytes:
    """One damaged file: the raw archive, an entry inside a sound archive, its JSON text, or its JSON values."""
    found = entries(sound)
    kind = rng.random()
    if kind < 0.3:
        return flip(rng, sound)
    if kind < 0.45:
        name = list(found)[rng.integers(len(found))]
        return archive(found | {name: flip(rng, found[name])})
    if kind < 0.55:
        text = json.dumps(document_of(found)).encode()
        place = int(rng.integers(len(text)))
        text = text[:place] + WORDS[rng.integers(len(WORDS))] + text[place + int(rng.integers(3)) :]
        return archive(found | {"structure.npy": npy(np.frombuffer(text, np.uint8))})
    return with_document(found, disturb(rng, document_of(found)))


def fuzz(sound: bytes, count: int, seed: int = 0) -> Counter[str]:
    """Outcomes ("loaded", "refused") of `count` damaged copies of a sound file."""
    rng = np.random.default_rng(seed)
    outcomes: Counter[str] = Counter()
    for case in range(count):
        data = damaged(rng, sound)
        try:
            found = load(io.BytesIO(data))
            assert isinstance(found, Trace)
            outcomes["loaded"] += 1
        except InputError as error:
            assert "\n" not in str(error), (case, str(error))
            outcomes["refused"] += 1
        except Exception as error:
            raise AssertionError(f"case {case} of seed {seed} ended in {type(error).__name__}: {error}") from error
    return outcomes


def main() -> None:
    from tests.trace.example import trace

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trace.npz"
        save(trace(), path)
        print(dict(fuzz(path.read_bytes(), int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)))


if __name__ == "__main__":
    main()
