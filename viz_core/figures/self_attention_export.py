"""Self-attention by hand as a component's files and as one offline page."""

from __future__ import annotations

from pathlib import Path

from viz_core.figures.assets import STATIC, bundle, component_js
from viz_core.figures.export import document
from viz_core.figures.self_attention import View, payload, title
from viz_core.models.self_attention import Numbers

FOLDER = "self_attention"
_OWN = ("rich", "arithmetic", "numbers", "typed", "worked", "stages", "keys", "cells", "editing", "glance", "switches", "notes", "desk", "streamlit")
MODULES = (
    "pack.js", "dom.js", "view.js", "formula.js", "save.js", "heads/look.js", "mounted.js", "heads/stepper.js", *(f"{FOLDER}/{name}.js" for name in _OWN)
)  # fmt: skip
SCRIPT = f"{FOLDER}/bundle.js"
START = 'const data = JSON.parse(document.getElementById("scene").textContent);\nmountDesk(document.getElementById("player"), data, { standalone: true });\n'


def script() -> str:
    """The component's script, beside the other files, written when it changed; its path within the assets."""
    component_js(MODULES, SCRIPT)
    return SCRIPT


def style() -> str:
    """The component's style: the player's and the desk's own."""
    names = ("player.css", f"{FOLDER}/self_attention.css")
    return "\n".join((STATIC / name).read_text(encoding="utf-8") for name in names)


def html(numbers: Numbers, view: View = View(), path: str | Path | None = None) -> str:  # noqa: B008 (frozen)
    """One HTML file with the desk and its numbers, still changeable; written to `path` when given. It needs no network, and
    its content security policy forbids any."""
    page = document(title(numbers), payload(numbers, view), style(), [bundle(MODULES) + START])
    if path is not None:
        Path(path).write_text(page, encoding="utf-8")
    return page
