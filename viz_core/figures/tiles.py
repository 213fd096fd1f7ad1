"""`payload` and `tile`: a map far larger than a screen, as pictures of the region on show, for the zooming view."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from numpy.typing import NDArray

from viz_core.figures import pack, theme
from viz_core.figures.assets import STATIC, component_js
from viz_core.figures.heads import squeezed
from viz_core.figures.tile_words import tile_words

MODULES = ("dom.js", "save.js", "heads/look.js", "mounted.js", *(f"heads/{name}.js" for name in ("store", "atlas", "rulers", "tiles")))
SCRIPT = "heads/tiles-bundle.js"
BOUNDED = ("peak", "diagonal", "previous", "first", "induction")  # summaries between 0 and 1, drawn on that scale
Region = tuple[int, int, int, int]  # first query, stop, first key, stop
Json = dict[str, object]


def payload(title: str, labels: Sequence[str], summary: Mapping[str, NDArray]) -> Json:
    """What does not change while a reader looks around. labels: of all tokens; summary: name → f32[layer, head]."""
    result: Json = {
        "title": title, "labels": list(labels), "words": tile_words(),
        "scales": {"light": theme.WEIGHTS_LIGHT, "dark": theme.WEIGHTS_DARK}, "hues": {"light": [], "dark": []},
        "bounded": list(BOUNDED),
        "summary": {name: [[pack.brief(float(x)) for x in row] for row in values] for name, values in summary.items()},
    }  # fmt: skip
    result["id"] = hashlib.sha1(json.dumps(result).encode()).hexdigest()[:16]
    return result


def tile(values: NDArray, region: Region) -> Json:
    """A region of the map in blocks: f32[row, column] ≤ 1. Exact when a block is one weight."""
    return {"region": list(region), "rows": values.shape[0], "columns": values.shape[1], **squeezed(values, values.size <= pack.FINE_LIMIT)}


def script() -> str:
    """The component's script, written when it changed; its path within the assets."""
    component_js(MODULES, SCRIPT)
    return SCRIPT


def style() -> str:
    """The component's style."""
    return "\n".join((STATIC / name).read_text(encoding="utf-8") for name in ("player.css", "heads/heads.css", "heads/tiles.css"))
