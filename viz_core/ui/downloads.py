"""Taking a run along: as a trace file, as numbers, as one offline page. Made when the button is pressed."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import streamlit as st

from viz_core import trace as traces
from viz_core.figures import export
from viz_core.figures import words as figure_words
from viz_core.figures.panels import Scene
from viz_core.trace import Trace, text_export
from viz_core.ui.words import _, language, translation


def buttons(trace: Trace, scene: Scene, key: str) -> None:
    """Three download buttons of one run."""
    translate = translation(language())  # of this moment: the file is made outside the run of the page
    stem = re.sub(r"[^\w-]+", "-", f"{trace.run.get('model', 'trace')}-{trace.source[:20]}").strip("-")

    def html() -> bytes:
        figure_words.use(translate)
        return export.html(scene).encode("utf-8")

    kinds = (
        (_("Offline page (HTML)"), html, "html", "text/html", _("This player with all its data in one file; opens without the program.")),
        (_("Trace (NPZ)"), lambda: npz(trace), "npz", "application/octet-stream", _("Every number; `viz_core.trace.load` opens it.")),
        (_("Attention weights (CSV)"), lambda: text_export.to_csv(trace).encode("utf-8"), "csv", "text/csv", _("One line a weight, for a spreadsheet.")),
    )  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        for label, make, ending, mime, text in kinds:
            st.download_button(
                label, make, f"{stem}.{ending}", mime, key=f"{key} {ending}", help=text, on_click="ignore",
                icon=":material/download:",
            )  # fmt: skip


def npz(trace: Trace) -> bytes:
    """The trace as the bytes of its file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trace.npz"
        traces.save(trace, path)
        return path.read_bytes()

