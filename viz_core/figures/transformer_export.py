"""The Transformer's view as a component's files and as one offline page."""

from __future__ import annotations

from pathlib import Path

from viz_core.figures.assets import STATIC, bundle, component_js
from viz_core.figures.export import document
from viz_core.figures.transformer import Network
from viz_core.figures.transformer_payload import opened, picture

_OWN = ("tensor_data", "worked", "tensor", "ranked", "network", "transformer")
MODULES = ("pack.js", "dom.js", "view.js", "formula.js", "save.js", "heads/look.js", "mounted.js", "heads/stepper.js", *(f"transformer/{name}.js" for name in _OWN))
SCRIPT = "transformer/bundle.js"
START = (
    'const data = JSON.parse(document.getElementById("scene").textContent);\n'
    'mountTransformer(document.getElementById("player"), data.scene, [data.box], { view: data.view, standalone: true });\n'
)


def script() -> str:
    """The component's script, beside the other files, written when it changed; its path within the assets."""
    component_js(MODULES, SCRIPT)
    return SCRIPT


def style() -> str:
    """The component's style: the player's, and what the view adds."""
    return "\n".join((STATIC / name).read_text(encoding="utf-8") for name in ("player.css", "transformer/transformer.css"))


def html(network: Network, box: str, step: int = 0, path: str | Path | None = None) -> str:
    """One HTML file with the picture and one open box at all its steps; written to `path` when given. It needs no
    network, and its content security policy forbids any."""
    data = {"scene": picture(network), "box": opened(network, box), "view": {"box": box, "step": step}}
    page = document(network.title, data, style(), [bundle(MODULES) + START])
    if path is not None:
        Path(path).write_text(page, encoding="utf-8")
    return page
