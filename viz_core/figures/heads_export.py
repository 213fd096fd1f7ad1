"""The heads view as a component's files and as one offline page."""

from __future__ import annotations

from pathlib import Path

from viz_core.figures.assets import STATIC, bundle, component_js
from viz_core.figures.export import document
from viz_core.figures.heads import Heads, payload

MODULES = ("dom.js", "save.js", "heads/look.js", "mounted.js", *(f"heads/{name}.js" for name in ("store", "wall", "pairs", "maps", "stepper", "bar", "heads")))
SCRIPT = "heads/bundle.js"
START = 'const data = JSON.parse(document.getElementById("scene").textContent);\nmountHeads(document.getElementById("player"), data, { standalone: true });\n'


def script() -> str:
    """The component's script, beside the other files, written when it changed; its path within the assets."""
    component_js(MODULES, SCRIPT)
    return SCRIPT


def style() -> str:
    """The component's style: the player's, and what the view adds."""
    return "\n".join((STATIC / name).read_text(encoding="utf-8") for name in ("player.css", "heads/heads.css"))


def html(shown: Heads, path: str | Path | None = None) -> str:
    """One HTML file with the view and the weights of all heads (as many as fit into `heads.OFFLINE`); written to `path`
    when given. It needs no network, and its content security policy forbids any."""
    page = document(shown.title, payload(shown, everything=True), style(), [bundle(MODULES) + START])
    if path is not None:
        Path(path).write_text(page, encoding="utf-8")
    return page
