"""The zooming view of a long map as one offline page: every head in blocks, the one on show finer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from numpy.typing import NDArray

from viz_core.figures.assets import bundle
from viz_core.figures.export import document
from viz_core.figures.tiles import MODULES, payload, style, tile

CELLS = 12_000_000  # of all heads together, about half a byte each in the file
FINEST = 2048  # blocks a side of the head on show
COARSEST = 64  # blocks a side, below which a map says nothing
START = 'openTiles(document.getElementById("player"), JSON.parse(document.getElementById("scene").textContent));\n'
Head = tuple[int, int]  # (layer, head)


def sides(count: int, heads: int) -> tuple[int, int]:
    """Blocks a side of the head on show and of the other ones, for a text of `count` tokens and so many heads."""
    return min(count, FINEST), min(count, max(int((CELLS / max(heads, 1)) ** 0.5), COARSEST))


def html(
    title: str, labels: Sequence[str], summary: Mapping[str, NDArray], maps: Iterable[tuple[Head, NDArray]], shown: Head, how: str,
    path: str | Path | None = None,
) -> str:  # fmt: skip
    """One HTML file, written to `path` when given. It needs no network, and its content security policy forbids any.

    labels: of all tokens; summary: name → f32[layer, head]; maps: whole maps in blocks, f32[row, column] ≤ 1; shown: the
    head on show at first, one of the maps; how: what a cell is (`share`, `max` or `mean`).
    """
    whole = (0, len(labels), 0, len(labels))
    data = {
        "scene": payload(title, labels, summary), "head": list(shown), "how": how,
        "maps": [{"head": list(head), **tile(values, whole)} for head, values in maps],
    }  # fmt: skip
    page = document(title, data, style(), [bundle(MODULES) + START])
    if path is not None:
        Path(path).write_text(page, encoding="utf-8")
    return page
