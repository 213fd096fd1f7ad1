"""Pairs written by hand: those to learn from (``authored/*.tsv``) and the everyday test (``everyday_test.tsv``).

Both hold one pair a line, Chinese, a tab, English. Empty lines and lines that start with "#" are notes.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from viz_core.inputs.segment import segment
from viz_core.tasks.zh_en.pair import Pair
from viz_core.trace.errors import InputError

_HERE = Path(__file__).parent
AUTHORED_FOLDER = _HERE / "authored"
EVERYDAY_FILE = _HERE / "everyday_test.tsv"


@lru_cache(maxsize=1)
def authored() -> tuple[Pair, ...]:
    """Every authored pair, each Chinese–English combination once, unfiltered, cut into words by ``segment``."""
    seen: dict[tuple[str, str], Pair] = {}
    for path in sorted(AUTHORED_FOLDER.glob("*.tsv")):
        for pair in read_pairs(path, "authored"):
            seen.setdefault(("".join(pair.source), pair.target), pair)
    return tuple(seen.values())


@lru_cache(maxsize=1)
def everyday_test() -> tuple[Pair, ...]:
    """The everyday test pairs, never trained on, cut into words by ``segment``."""
    return tuple(read_pairs(EVERYDAY_FILE, "everyday"))


def read_pairs(path: Path, origin: str) -> Iterator[Pair]:
    """The pairs of one file; raises InputError on a line that is not Chinese, tab, English."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        sides = [side.strip() for side in line.split("\t")]
        if len(sides) != 2 or not all(sides):
            raise InputError(
                f"Line {number} of {path.name} is {line!r}; expected Chinese, one tab, English; correct the line."
            )
        yield Pair(f"{path.stem}-{number}", tuple(segment(sides[0])), sides[1], None, origin)
