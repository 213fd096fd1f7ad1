"""Pictures that look the same although they lie in different places: `same.tsv` lists them, found by a difference hash.

A picture is drawn small and grey; each bit says whether a place is darker than the one to its right. Pictures whose bits differ
in less than a share `NEAR` of those that are set are the same drawing: one emoji font in two editions, clip art that was also made a stamp or handed in
twice. The packages are pinned, so that the list never changes: `python -m viz_core.tasks.everyday_pictures.same` made it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from viz_core.tasks.everyday_pictures.render import plain
from viz_core.tasks.everyday_pictures.sources import Item, items

SIDE = 16  # places a row and a column
NEAR = 0.12  # of the bits that are set in the picture with fewer of them
FLAT = 16  # fewer set bits than these are no structure to compare
_FILE = Path(__file__).with_name("same.tsv")


def name(item: Item) -> str:
    """What `same.tsv` calls a picture."""
    return f"{item.source}:{item.key}"


@lru_cache(maxsize=1)
def groups() -> Mapping[str, int]:
    """Name of a picture → number of its group, for pictures that look like another one."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return {found: number for number, line in enumerate(lines) for found in line.split("\t")}


def difference_hash(path: Path) -> NDArray[np.uint8]:
    """The bits of a picture in the middle of white, packed, u8[SIDE² / 8]."""
    grey = Image.fromarray(plain(path, 8 * SIDE)).convert("L").resize((SIDE + 1, SIDE), Image.Resampling.BOX)
    values = np.asarray(grey, np.int16)
    return np.packbits(values[:, 1:] - values[:, :-1] > 2)  # 2 of 255: what compression does to a flat ground


def alike(hashes: Sequence[NDArray[np.uint8]], near: float = NEAR) -> list[list[int]]:
    """Groups of at least two places whose hashes are chained by steps of at most `near`, each group in order."""
    bits = np.stack(hashes)
    ones, first = np.bitwise_count(bits).sum(1, dtype=int), list(range(len(bits)))

    def root(place: int) -> int:
        while first[place] != place:
            place = first[place]
        return place

    for place in range(1, len(bits)):
        if ones[place] >= FLAT:
            apart = np.bitwise_count(bits[:place] ^ bits[place]).sum(1, dtype=int)
            for other in np.flatnonzero((apart <= near * np.minimum(ones[:place], ones[place])) & (ones[:place] >= FLAT)):
                low, high = sorted((root(int(other)), root(place)))
                first[high] = low
    found: dict[int, list[int]] = {}
    for place in range(len(bits)):
        found.setdefault(root(place), []).append(place)
    return [group for group in found.values() if len(group) > 1]


def main() -> None:
    every = items()
    found = alike([difference_hash(item.path) for item in every])
    lines = ["\t".join(name(every[place]) for place in group) for group in found]
    _FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(found)} groups of {sum(map(len, found))} pictures among {len(every)}")


if __name__ == "__main__":
    main()
