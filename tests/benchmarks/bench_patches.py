"""From a move of the pointer to the redrawn maps in the patches view, exported, at the size of DINOv2 ViT-S/14: 6 heads × 64.

`handled`: the page's own work, from the event to the end of its handlers, all maps of all heads drawn. `painted`: until the frame
has been drawn; moves over empty page are timed alternately: they are the floor of this browser. Run as a script, it prints one
JSON object.
"""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page

from tests.benchmarks import chromium
from viz_core.figures import patches_export
from viz_core.figures.patches import Patches, payload
from viz_core.inputs.picture_grid import patch_axis
from viz_core.trace import AttentionMap, Factored, Quantity, Step, Trace
from viz_core.trace.axis import numbered

HEADS, DEPTH, MOVES = 6, 64, 60
GRIDS = {"": (17, 24), "square_": (37, 37)}  # a photograph at the page's first size; 1,370 tokens
WATCH = """() => {
  window.times = [];
  let begun = 0;
  window.addEventListener("pointermove", () => { begun = performance.now(); }, true);
  window.addEventListener("pointermove", (event) => {
    const entry = { handled: performance.now() - begun, map: event.target.tagName === "CANVAS" };
    const after = new MessageChannel();
    after.port1.onmessage = () => { entry.painted = performance.now() - begun; window.times.push(entry); };
    requestAnimationFrame(() => after.port2.postMessage(0));
  });
}"""


def view(rows: int, cols: int) -> Patches:
    """Random numbers of the real sizes, one layer."""
    rng, axis = np.random.default_rng(0), patch_axis(rows, cols, (14 * cols, 14 * rows))
    weights = Factored(*rng.normal(size=(2, 1, HEADS, len(axis), DEPTH)).astype(np.float32), DEPTH**-0.5)
    vectors = rng.normal(size=(len(axis), HEADS * DEPTH))
    details = [Quantity(name, "", (axis, numbered("channel", HEADS * DEPTH)), vectors) for name in ("position embedding", "embedding")]
    details.append(Quantity("hidden-state norm", "", (axis,), rng.random(len(axis)) + 1))
    item = AttentionMap("encoder", axis, axis, weights, ("0",), tuple(map(str, range(HEADS))))
    trace = Trace({"model": "random"}, "noise", axis, "", "layer", (Step(0, "layer 0", attention=(item,), details=tuple(details)),))
    return Patches(trace, rng.integers(0, 255, (14 * rows, 14 * cols, 3), np.uint8), 14)


def bench(moves: int = MOVES) -> dict[str, float]:
    """Medians and 95th percentiles in ms for both grids, and the bytes of a layer on its way to the page."""
    out: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder, chromium.browsing() as browser:
        for name, grid in GRIDS.items():
            shown, path = view(*grid), Path(folder) / "patches.html"
            patches_export.html(shown, path=path)
            page = chromium.visited(browser, path)
            page.evaluate(WATCH)
            for key, values in _moved(page, moves).items():
                out[f"{name}{key}_median_ms"], out[f"{name}{key}_p95_ms"] = chromium.middle_and_tail(values)
            out[f"{name}layer_bytes"] = len(json.dumps(payload(shown, [0])["blobs"]))
            page.close()
    return {name: round(value, 2) for name, value in out.items()}


def _moved(page: Page, moves: int) -> dict[str, list[float]]:
    """The pointer from patch to patch, and over the title after each."""
    area = page.locator(".vp-cut canvas").first.bounding_box()
    assert area is not None, "the picture is on show"
    chance, found = random.Random(0), []
    for _move in range(moves):
        for x, y in ((area["x"] + area["width"] * chance.random(), area["y"] + area["height"] * chance.random()), (5 + 9 * chance.random(), 5)):
            page.mouse.move(x, y)
            page.wait_for_timeout(25 + 17 * chance.random())
    page.wait_for_timeout(300)
    entries: list[dict[str, Any]] = page.evaluate("window.times")
    for entry in entries:
        found.append((entry["map"], entry["handled"], entry["painted"]))
    return {
        "handled": [handled for on_map, handled, _painted in found if on_map], "painted": [painted for on_map, _handled, painted in found if on_map],
        "floor_painted": [painted for on_map, _handled, painted in found if not on_map],
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(bench()))
