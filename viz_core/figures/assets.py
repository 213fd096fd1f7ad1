"""The files the player needs in the browser. Plotly comes from the installed wheel: offline, and of the same version."""

from __future__ import annotations

import shutil
from pathlib import Path

import plotly

STATIC = Path(__file__).parent / "static"
MODULES = ("pack.js", "dom.js", "view.js", "chart.js", "heat.js", "links.js", "places.js", "bars.js", "formula.js", "plot.js", "save.js", "player.js")
PLOTLY_JS = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"


def plotly_js() -> Path:
    """static/plotly.min.js, copied from the wheel at first use and whenever the wheel's size changed."""
    target = STATIC / "plotly.min.js"
    if not target.exists() or target.stat().st_size != PLOTLY_JS.stat().st_size:
        partial = target.with_suffix(".partial")
        shutil.copyfile(PLOTLY_JS, partial)
        partial.replace(target)  # atomic: another process never reads half a file
    return target
