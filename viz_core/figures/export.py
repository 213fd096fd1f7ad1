"""`html`: the whole interactive player in one offline file."""

from __future__ import annotations

import base64
import hashlib
import html as markup
import json
from collections.abc import Sequence
from pathlib import Path

from numpy.typing import ArrayLike

from viz_core.figures.assets import STATIC, bundle, plotly_js
from viz_core.figures.panels import Plot, Scene
from viz_core.figures.player import payload
from viz_core.figures.scene import scene as default_scene
from viz_core.figures.words import _
from viz_core.trace import Trace

START = 'const page = document.getElementById("player");\nmount(page, JSON.parse(document.getElementById("scene").textContent), { standalone: true });\n'


def html(scene: Scene | Trace, path: str | Path | None = None, image: str | ArrayLike = "") -> str:
    """One HTML file with the player, its style, the chart library and all data; written to `path` when given.

    image: of a trace, the picture that was read, u8[H, W, 3] or a data URI.

    It needs no network and its content security policy forbids any: only the scripts whose hashes it names may run.
    """
    shown = default_scene(scene, image=image) if isinstance(scene, Trace) else scene
    charts = any(isinstance(panel, Plot) for panel in shown.panels)
    scripts = ([plotly_js().read_text(encoding="utf-8").replace("</script", "<\\/script")] if charts else []) + [bundle() + START]
    page = document(shown.title, payload(shown, everything=True), (STATIC / "player.css").read_text(encoding="utf-8"), scripts)
    if path is not None:
        Path(path).write_text(page, encoding="utf-8")
    return page


def document(title: str, data: object, css: str, scripts: Sequence[str]) -> str:
    """An offline page: `data` as JSON in the element "scene", an empty element "player", and the scripts, the last a module."""
    content = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    policy = "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src "
    policy += " ".join(_hash(script) for script in scripts)
    return "\n".join([
        "<!doctype html>", f'<html lang="{markup.escape(_("en"))}"><head><meta charset="utf-8">',  # the code of the language
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{markup.escape(title)}</title>", f"<style>{css}</style></head>",
        '<body class="vz-page"><div id="player"></div>', f'<script type="application/json" id="scene">{content}</script>',
        *(f"<script{' type=module' if script is scripts[-1] else ''}>{script}</script>" for script in scripts), "</body></html>",
    ])


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
