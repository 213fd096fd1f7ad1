"""From a key press or a move of the pointer to the redrawn maps of a caption, exported: 12 words over 16 × 16 patches, a beam tree.

`step`: an arrow key, the map over the picture and the frame in the contact sheet change. `patch`: the pointer goes from patch
to patch, whose weight at every word lights up. `node`: a hypothesis is pointed at (↓ in the tree), its map and those of all its
words are drawn. `handled`: the page's own work, from the event to the end of its handlers; `painted`: until the frame has been
drawn; `floor`: a key without meaning, alternately. `payload`: bytes besides the picture. Run as a script, it prints one JSON object.
"""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import Page

from tests.benchmarks import chromium
from tests.figures import synthetic
from viz_core.figures import export, scene
from viz_core.figures.player import payload

EVENTS = 60
WATCH = """() => {
  window.times = [];
  let begun = 0;
  for (const kind of ["pointermove", "keydown"]) {
    window.addEventListener(kind, () => { begun = performance.now(); }, true);
    document.addEventListener(kind, (event) => {
      const [entry, since] = [{ key: event.key ?? "move" }, begun];
      const after = new MessageChannel();
      after.port1.onmessage = () => { entry.painted = performance.now() - since; window.times.push(entry); };
      requestAnimationFrame(() => after.port2.postMessage(0));
      entry.handled = performance.now() - since;
    });
  }
}"""


def bench(events: int = EVENTS) -> dict[str, float]:
    """Medians and 95th percentiles in ms of a page's answers, and bytes."""
    trace = synthetic.caption()
    picture = np.random.default_rng(0).integers(0, 256, (448, 448, 3), np.uint8)
    sent = payload(scene(trace, image=picture))
    pictures = sum(map(len, sent["pictures"]))  # type: ignore[arg-type]
    out: dict[str, float] = {"payload": len(json.dumps(sent, ensure_ascii=False, separators=(",", ":")).encode()) - pictures, "picture": pictures}
    with tempfile.TemporaryDirectory() as folder, chromium.browsing() as browser:
        path = Path(folder) / "caption.html"
        export.html(trace, path, picture)
        page = chromium.visited(browser, path, ".nsewdrag")
        page.evaluate(WATCH)
        times = _keys(page, events) | _moves(page, events) | _nodes(page, events)
    for name, values in times.items():
        out[f"{name}_median_ms"], out[f"{name}_p95_ms"] = chromium.middle_and_tail(values)
    return {name: round(value, 2) for name, value in out.items()}


def _keys(page: Page, presses: int) -> dict[str, list[float]]:
    """Through the words and back, a key without meaning after each."""
    page.keyboard.press("Home")
    for i in range(presses):
        _press(page, "ArrowRight" if i % 22 < 11 else "ArrowLeft")
        _press(page, "x")
    found = chromium.taken(page, 2 * presses + 1)[1:]
    return {
        f"{name}_{until}": [entry[until] for entry in found if (entry["key"] == "x") == (name == "floor")]
        for name in ("step", "floor") for until in ("handled", "painted")
    }  # fmt: skip


def _moves(page: Page, moves: int) -> dict[str, list[float]]:
    found = chromium.wander(page, "[data-kind=places] canvas", moves)
    return {f"patch_{until}": [entry[until] for entry in found] for until in ("handled", "painted")}


def _nodes(page: Page, presses: int) -> dict[str, list[float]]:
    """Hypotheses of the last step, whose paths have all 12 words."""
    page.keyboard.press("End")
    page.locator(".vz-plot").focus()
    chromium.taken(page, 1)
    for _press_ in range(presses):
        _press(page, "ArrowDown")
    found = chromium.taken(page, presses)
    return {f"node_{until}": [entry[until] for entry in found] for until in ("handled", "painted")}


def _press(page: Page, key: str) -> None:
    page.keyboard.press(key)
    page.wait_for_timeout(30 + 17 * random.random())


if __name__ == "__main__":
    print(json.dumps(bench()))
