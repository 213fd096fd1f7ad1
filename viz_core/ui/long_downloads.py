"""Taking a long reading along: as one offline page, as the record of a head, as the numbers of all heads."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from viz_core.figures import tiles_export
from viz_core.figures import words as figure_words
from viz_core.ui import downloads
from viz_core.ui.words import _, language, translation

if TYPE_CHECKING:
    from viz_core.ui.long_inputs import Read

Head = tuple[int, int]


def buttons(read: Read, model: str, text: str, shown: Head, how: str) -> None:
    """Three downloads, made when they are asked for. shown: the (layer, head) on show."""
    translate = translation(language())  # of this moment: the file is made outside the run of the page
    stem = re.sub(r"[^\w-]+", "-", f"{model}-{text[:20]}").strip("-")

    def html() -> bytes:
        figure_words.use(translate)
        return tiles_export.html(model, read.reading.axis.labels, read.summary, _maps(read, shown, how), shown, how).encode("utf-8")

    def npz() -> bytes:
        return downloads.npz(read.reading.trace(*shown, text, {"model": model}))

    kinds: tuple[tuple[str, Callable[[], bytes], str, str, str], ...] = (
        (_("Offline page (HTML)"), html, "html", "text/html", _("This view with all heads in one file, the head on show finer than the others; opens without the program. Making it takes about as long as the reading.")),
        (_("This head (NPZ)"), npz, "npz", "application/octet-stream", _("Queries and keys of the head on show, from which every weight follows; `viz_core.trace.load` opens it.")),
        (_("Numbers of all heads (CSV)"), lambda: numbers(read.summary), "csv", "text/csv", _("One line a head, for a spreadsheet.")),
    )  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        for label, make, ending, mime, about in kinds:
            st.download_button(label, make, f"long-{stem}.{ending}", mime, key=f"long {ending}", help=about, on_click="ignore", icon=":material/download:")


def _maps(read: Read, shown: Head, how: str) -> Iterator[tuple[Head, NDArray]]:
    """Every head's whole map in blocks, the one on show finer."""
    count = len(read.reading.axis)
    fine, coarse = tiles_export.sides(count, int(np.prod(read.reading.shape)))
    for layer, head in np.ndindex(*read.reading.shape):
        side = fine if (layer, head) == shown else coarse
        yield (layer, head), read.reading.tile(layer, head, (0, count, 0, count), (side, side), how)


def numbers(summary: dict[str, NDArray]) -> bytes:
    """One line a head: layer, head and its summaries; a number that there is none of is left empty."""
    out = io.StringIO(newline="")
    lines = csv.writer(out)
    lines.writerow(["layer", "head", *summary])
    for place in np.ndindex(*next(iter(summary.values())).shape):
        found = [float(values[place]) for values in summary.values()]
        lines.writerow([*place, *("" if np.isnan(x) else f"{x:.6g}" for x in found)])
    return out.getvalue().encode("utf-8")
