"""Which spellings a model may learn from and which it is tested on.

Two files fix the split: ``held_out.tsv`` (5,000 spellings, for the reported
numbers) and ``development.tsv`` (1,000, for choosing a model). Both were drawn by
``draw_split`` and do not change; training is whatever the files do not name, so no
spelling can be on both sides. As in every random split of CMUdict, relatives of a
held-out word ("baker's" for "baker") may be in training.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from viz_core.tasks.g2p.cmudict import Entry, dictionary
from viz_core.trace.errors import InputError

SEED = 20261121
HELD_OUT_SIZE = 5_000
DEVELOPMENT_SIZE = 1_000

_HERE = Path(__file__).parent
HELD_OUT_FILE = _HERE / "held_out.tsv"
DEVELOPMENT_FILE = _HERE / "development.tsv"


@lru_cache(maxsize=1)
def held_out() -> tuple[Entry, ...]:
    """The 5,000 test entries, sorted by spelling, with all their references."""
    return read_entries(HELD_OUT_FILE)


@lru_cache(maxsize=1)
def development() -> tuple[Entry, ...]:
    """The 1,000 entries for choosing a model, sorted by spelling."""
    return read_entries(DEVELOPMENT_FILE)


@lru_cache(maxsize=1)
def training() -> tuple[Entry, ...]:
    """Every other entry of the dictionary, sorted by spelling; needs the download."""
    reserved = {entry.spelling for entry in held_out() + development()}
    return tuple(entry for entry in dictionary() if entry.spelling not in reserved)


def draw_split(
    entries: Sequence[Entry],
    held_out_size: int = HELD_OUT_SIZE,
    development_size: int = DEVELOPMENT_SIZE,
) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Draw (held-out, development) entries at random with the fixed ``SEED``.

    The draw depends on the set of entries only, not on their order. Raises
    InputError when there are fewer entries than asked for.
    """
    wanted = held_out_size + development_size
    if len(entries) < wanted:
        raise InputError(
            f"{len(entries)} entries cannot give a split of {wanted}; "
            "expected at least as many entries; pass the whole dictionary."
        )
    drawn = random.Random(SEED).sample(sorted(entries), wanted)
    return tuple(sorted(drawn[:held_out_size])), tuple(sorted(drawn[held_out_size:]))


def write_entries(entries: Sequence[Entry], path: Path) -> None:
    """Write one line an entry: spelling, then each pronunciation, separated by tabs."""
    lines = (
        "\t".join([entry.spelling, *map(" ".join, entry.pronunciations)]) + "\n"
        for entry in entries
    )
    path.write_text("".join(lines), encoding="ascii", newline="\n")


def read_entries(path: Path) -> tuple[Entry, ...]:
    """Read what ``write_entries`` wrote; raises InputError on a line without a pronunciation."""
    entries = []
    for number, line in enumerate(path.read_text(encoding="ascii").splitlines(), start=1):
        spelling, *pronunciations = line.split("\t")
        if not spelling or not pronunciations or not all(pronunciations):
            raise InputError(
                f"Line {number} of {path.name} is {line!r}; expected a spelling and its "
                "pronunciations separated by tabs; restore the file."
            )
        entries.append(Entry(spelling, tuple(tuple(said.split()) for said in pronunciations)))
    return tuple(entries)
