"""Which classes of ImageNet-1k each noun names, so that what a classifier learned from photographs can name a picture.

The classes are those of ILSVRC 2012, numbered in the order of their WordNet synsets (Russakovsky et al. 2015, §3.1.1). Where
ImageNet has only kinds of a noun, all stand for it; the nearest do where it has none: antelopes for a deer.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from viz_core.tasks.captions.grammar import noun_of


@lru_cache(maxsize=1)
def named() -> dict[int, tuple[int, ...]]:
    """Number of a noun → numbers of its classes, in the order of the nouns; a noun without a class is left out."""
    lines = Path(__file__).with_name("imagenet.tsv").read_text(encoding="utf-8").splitlines()
    found = {noun_of(name): _numbers(runs) for name, runs in (line.split("\t") for line in lines)}
    return {noun: found[noun] for noun in sorted(found)}  # type: ignore[type-var]


def _numbers(runs: str) -> tuple[int, ...]:
    """ "9-11 22" → 9, 10, 11, 22."""
    ends = [[int(end) for end in run.split("-")] for run in runs.split()]
    return tuple(number for pair in ends for number in range(pair[0], pair[-1] + 1))
