"""The memory microscope as a component's files and as one offline page."""

from __future__ import annotations

from pathlib import Path

from viz_core.figures.assets import STATIC, bundle, component_js
from viz_core.figures.export import document
from viz_core.figures.ntm import Machine, payload

MODULES = (
    "pack.js", "dom.js", "view.js", "formula.js", "save.js", "heads/look.js", "mounted.js", "heads/stepper.js", "heads/store.js",
    *(f"ntm/{name}.js" for name in ("numbers", "grid", "tapes", "history", "memory", "stages", "vectors", "states", "machine")),
)  # fmt: skip
SCRIPT = "ntm/bundle.js"
START = 'const data = JSON.parse(document.getElementById("scene").textContent);\nmountMachine(document.getElementById("player"), data, { standalone: true });\n'


def script() -> str:
    """The component's script, beside the other files, written when it changed; its path within the assets."""
    component_js(MODULES, SCRIPT)
    return SCRIPT


def style() -> str:
    """The component's style: the player's, and what the view adds."""
    return "\n".join((STATIC / name).read_text(encoding="utf-8") for name in ("player.css", "heads/heads.css", "ntm/ntm.css"))


def html(shown: Machine, path: str | Path | None = None) -> str:
    """One HTML file with the whole run, all memories included; written to `path` when given. It needs no network, and its
    content security policy forbids any."""
    page = document(shown.trace.source, payload(shown), style(), [bundle(MODULES) + START])
    if path is not None:
        Path(path).write_text(page, encoding="utf-8")
    return page
