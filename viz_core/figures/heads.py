"""`payload`: all heads of a model on one input, as the JSON that the heads view draws in the browser.

Weights travel as bytes: thumbnails of every head, whole maps of the heads on show and of as many others as fit; the
rest is fetched when it is clicked.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viz_core.figures import pack, theme, token_groups
from viz_core.figures.head_grid import HeadGrid, grids
from viz_core.figures.head_words import head_words
from viz_core.trace import Axis, Trace

BUDGET = 100_000  # bytes of maps sent along with the first view
OFFLINE = 24_000_000  # bytes of maps in an offline file
# Eight hues that colour-blind eyes tell apart (after Okabe & Ito 2008), one set for light paper and one for dark.
HUES_LIGHT = ("#0072b2", "#d55e00", "#009e73", "#b8559a", "#b87800", "#3b9ad1", "#7a6a00", "#4d4d4d")
HUES_DARK = ("#56b4e9", "#f08a4b", "#2fc79a", "#e39cc3", "#f0b429", "#9ad1f5", "#f0e442", "#c9c9c9")
Head = tuple[int, int, int]  # (site, layer, head)
Json = dict[str, object]


@dataclass(frozen=True, eq=False)
class Heads:
    """Every head of one run. steps: a label for each step of a run that generates, () for one that reads at once."""

    title: str
    grids: tuple[HeadGrid, ...]
    steps: tuple[str, ...] = ()


def heads(trace: Trace) -> Heads:
    """The heads of a trace; InputError when it holds no attention."""
    found = grids(trace)
    title = " · ".join(str(part) for part in (trace.run.get("model", ""), trace.source) if part)
    steps = tuple(step.emitted or step.label for step in trace.steps) if any(grid.spans for grid in found) else ()
    return Heads(title, found, steps)


def payload(shown: Heads, wanted: Collection[Head] = (), everything: bool = False) -> Json:
    """JSON values: words, colours, and for every site its tokens, thumbnails, summaries and `maps`.

    wanted: heads whose maps are sent whatever their size; others follow in order while they fit into BUDGET (or
    OFFLINE, with `everything`).
    """
    result: Json = {
        "title": shown.title, "steps": list(shown.steps), "words": head_words(),
        "scales": {"light": theme.WEIGHTS_LIGHT, "dark": theme.WEIGHTS_DARK},
        "hues": {"light": HUES_LIGHT, "dark": HUES_DARK},
        "sites": [_site(grid) for grid in shown.grids],
    }  # fmt: skip
    result["id"] = hashlib.sha1(json.dumps(result).encode()).hexdigest()[:16]
    first = [(0, *shown.grids[0].standout)] if not wanted else []
    result["maps"] = maps(shown, [*first, *wanted], OFFLINE if everything else BUDGET)
    return result


def maps(shown: Heads, wanted: Collection[Head], budget: int) -> list[Json]:
    """Whole maps as blobs {site, heads, bits, data}: the wanted heads, then others while they fit."""
    chosen, left = list(dict.fromkeys(wanted)), budget
    for site, grid in enumerate(shown.grids):
        cost = cells(grid) * (2 if fine(grid) else 1) // 2  # most maps are deflated to less
        for layer, head in np.ndindex(*grid.shape[:2]):
            if left < cost:
                break
            left -= cost
            if (site, layer, head) not in wanted:
                chosen.append((site, layer, head))
    return [
        _blob(grid, site, [(layer, head) for s, layer, head in chosen if s == site])
        for site, grid in enumerate(shown.grids) if any(s == site for s, _layer, _head in chosen)
    ]  # fmt: skip


def cells(grid: HeadGrid) -> int:
    """Numbers in one map."""
    return grid.shape[2] * grid.shape[3]


def fine(grid: HeadGrid) -> bool:
    """Whether a map is small enough for 16 bits a weight."""
    return cells(grid) <= pack.FINE_LIMIT


def _blob(grid: HeadGrid, site: int, chosen: list[tuple[int, int]]) -> Json:
    values = np.stack([grid.rows(layer, head) for layer, head in chosen])
    return {"site": site, "heads": [list(pair) for pair in chosen], **squeezed(values, fine(grid))}


def squeezed(values: NDArray, fine: bool = False) -> Json:
    """f32 in 0 … 1 as {bits, data}: √α in 8 bits (error ≤ 0.004 √α), or in 16 when `fine` (≤ 1.6e-5 √α), deflated.

    The root keeps small weights apart: at 512 keys most are near 0.002. The largest code means NaN (masked). A row of
    512 weights sums to 1, so its codes have less than 5 bits of entropy: a map of 512 × 512 stays below 0.25 MB.
    """
    bits = 16 if fine else 8
    top = (1 << bits) - 2
    codes = np.rint(np.sqrt(np.clip(np.nan_to_num(values), 0, 1)) * top).astype(f"<u{bits // 8}")
    codes[np.isnan(values)] = top + 1
    return {"bits": bits, "data": pack.text(np.frombuffer(zlib.compress(codes.tobytes(), 6), np.uint8))}


def _site(grid: HeadGrid) -> Json:
    """Everything about a site but the whole maps."""
    small = grid.thumbnails
    return {
        "site": grid.site, "layers": _named(grid.layers), "heads": _named(grid.heads), "square": grid.square, "standout": list(grid.standout),
        "queries": _tokens(grid.query_axis), "keys": _tokens(grid.key_axis), "spans": [list(span) for span in grid.spans],
        "thumbnails": {"rows": small.shape[2], "columns": small.shape[3], **squeezed(small)},
        "summary": {name: [[pack.brief(float(x)) for x in row] for row in values] for name, values in grid.summary.items()},
    }  # fmt: skip


def _named(names: Iterable[str]) -> list[str]:
    """Names as they are; a number, counted from 0, where there is none."""
    return [name or str(i) for i, name in enumerate(names)]


def _tokens(axis: Axis) -> Json:
    return {"labels": list(axis.labels), "special": token_groups.special(axis), "words": token_groups.words(axis)}
