"""`html`: the whole interactive player in one offline file."""

from __future__ import annotations

import base64
import hashlib
import html as markup
import json
import re
from pathlib import Path

from viz_core.figures.assets import MODULES, STATIC, plotly_js
from viz_core.figures.panels import Heat, Plot, Scene
from viz_core.figures.player import payload
from viz_core.figures.scene import scene as default_scene
from viz_core.trace import Trace

_IMPORT = re.compile(r"^import .*?;\n", re.MULTILINE | re.DOTALL)
_EXPORT = re.compile(r"^export (default )?(?=function|const|class|async)", re.MULTILINE)
START = 'const page = document.getElementById("player");\nmount(page, JSON.parse(document.getElementById("scene").textContent), { standalone: true });\n'


def html(scene: Scene | Trace, path: str | Path | None = None) -> str:
    """One HTML file with the player, its style, the chart library and all data; written to `path` when given.

    It needs no network and its content security policy forbids any: only the scripts whose hashes it names may run.
    """
    shown = default_scene(scene) if isinstance(scene, Trace) else scene
    data = json.dumps(payload(shown, everything=True), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    charts = any(isinstance(panel, Heat | Plot) for panel in shown.panels)
    scripts = ([plotly_js().read_text(encoding="utf-8").replace("</script", "<\\/script")] if charts else []) + [bundle() + START]
    policy = "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src "
    policy += " ".join(_hash(script) for script in scripts)
    css = (STATIC / "player.css").read_text(encoding="utf-8")
    page = "\n".join([
        "<!doctype html>", '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{markup.escape(shown.title)}</title>", f"<style>{css}</style></head>",
        '<body class="vz-page"><div id="player"></div>', f'<script type="application/json" id="scene">{data}</script>',
        *(f"<script{' type=module' if script is scripts[-1] else ''}>{script}</script>" for script in scripts), "</body></html>",
    ])
    if path is not None:
        Path(path).write_text(page, encoding="utf-8")
    return page


def bundle() -> str:
    """The player's ES modules as one: imports dropped, in the order of dependence (module names do not clash)."""
    sources = [(STATIC / name).read_text(encoding="utf-8") for name in MODULES]
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", source)) for source in sources)


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
