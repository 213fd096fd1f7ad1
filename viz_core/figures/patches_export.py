"""The patches view as a component's files and as one offline page."""

from __future__ import annotations

from pathlib import Path

from viz_core.figures.assets import STATIC, bundle, component_js
from viz_core.figures.export import document
from viz_core.figures.patches import MethodMaps, Patches, payload

MODULES = ("dom.js", "save.js", "heads/look.js", "mounted.js", *(f"patches/{name}.js" for name in ("weights", "board", "sequence", "controls", "methods", "patches", "component")))
SCRIPT = "patches/bundle.js"
START = 'const data = JSON.parse(document.getElementById("scene").textContent);\nmountPatches(document.getElementById("player"), data, { standalone: true });\n'


def script() -> str:
    """The component's script, beside the other files, written when it changed; its path within the assets."""
    component_js(MODULES, SCRIPT)
    return SCRIPT


def style() -> str:
    """The component's style: the player's, and what the view adds."""
    return "\n".join((STATIC / name).read_text(encoding="utf-8") for name in ("player.css", "patches/patches.css"))


def html(shown: Patches, methods: MethodMaps | None = None, path: str | Path | None = None) -> str:
    """One HTML file with the view and every layer; written to `path` when given. It needs no network and allows none."""
    page = document(str(shown.trace.source), payload(shown, range(len(shown.trace)), methods), style(), [bundle(MODULES) + START])
    if path is not None:
        Path(path).write_text(page, encoding="utf-8")
    return page
