"""The files the player needs in the browser: its own modules, and Plotly from the installed wheel (offline, same version)."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import plotly

STATIC = Path(__file__).parent / "static"
MODULES = ("pack.js", "dom.js", "view.js", "chart.js", "grid.js", "heat.js", "links.js", "patches/board.js", "glow.js", "places.js", "points.js", "picture.js", "sheet.js", "bars.js", "formula.js", "plot.js", "save.js", "player.js")
BUNDLE = "bundle.js"
_IMPORT = re.compile(r"^import .*?;\n", re.MULTILINE | re.DOTALL)
_EXPORT = re.compile(r"^export (default )?(?=function|const|class|async)", re.MULTILINE)
PLOTLY_JS = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"


def plotly_js() -> Path:
    """static/plotly.min.js, copied from the wheel at first use and whenever the wheel's size changed."""
    target = STATIC / "plotly.min.js"
    if not target.exists() or target.stat().st_size != PLOTLY_JS.stat().st_size:
        partial = target.with_suffix(".partial")
        shutil.copyfile(PLOTLY_JS, partial)
        partial.replace(target)  # atomic: another process never reads half a file
    return target


def bundle(modules: Sequence[str] = MODULES) -> str:
    """ES modules as one (default: the player's): imports dropped, in the order of dependence (module names do not clash)."""
    sources = [(STATIC / name).read_text(encoding="utf-8") for name in modules]
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", source)) for source in sources)


def component_js(modules: Sequence[str] = MODULES, name: str = BUNDLE) -> Path:
    """static/bundle.js, the modules as Streamlit loads them: one request in place of three waves of them."""
    target, code = STATIC / name, f"{bundle(modules)}\nexport default streamlit;\n"
    if not target.exists() or target.read_text(encoding="utf-8") != code:
        partial = target.with_suffix(".partial")
        partial.write_text(code, encoding="utf-8")
        partial.replace(target)
    return target
