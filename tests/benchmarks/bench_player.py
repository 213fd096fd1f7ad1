"""From a key press or a hover to the painted frame, in the exported player with a 40 × 40 alignment of 40 steps.

`painted`: until the frame with the change has been drawn by the page (a task queued by the frame's requestAnimationFrame).
`two_frames`: until the second requestAnimationFrame, a bound that no screen of 60 Hz can beat by more than 17 ms. Presses
of a key that the player does not know are timed alternately with those that step: they are the floor of this browser.
Run as a script, it prints one JSON object.
"""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.benchmarks import chromium
from tests.figures import synthetic
from viz_core.figures import export, scene
from viz_core.figures.player import payload

SIDE, PRESSES = 40, 80
WATCH = """() => {
  window.times = [];
  const watch = (event) => {
    const entry = { key: event.key ?? "move" };
    const since = () => performance.now() - event.timeStamp;
    const after = new MessageChannel();
    after.port1.onmessage = () => { entry.painted = since(); };
    requestAnimationFrame(() => {
      after.port2.postMessage(0);
      requestAnimationFrame(() => { entry.two_frames = since(); window.times.push(entry); });
    });
  };
  window.addEventListener("keydown", watch, true);
  document.querySelector(".vz-heat").addEventListener("pointermove", watch, true);
}"""


def bench(presses: int = PRESSES) -> dict[str, float]:
    """Medians and 95th percentiles in ms, their ratio to the floor, and bytes.

    payload: what a page of the app receives for the alignment (links, map, candidates); payload_all: with the tensors of
    every step, the beam tree and the encoder's heads as far as they fit; file: the offline file without the chart library.
    """
    trace = synthetic.translation(SIDE, SIDE)
    out = {
        "payload": _bytes(payload(scene(synthetic.translation(SIDE, SIDE, details=False, tree=False, encoder=False)))),
        "payload_all": _bytes(payload(scene(trace))),
        "file": len(export.html(scene(synthetic.translation(SIDE, SIDE, tree=False))).encode()),
    }
    with tempfile.TemporaryDirectory() as folder, chromium.browsing() as browser:
        path = Path(folder) / "player.html"
        export.html(trace, path)
        page = chromium.visited(browser, path, ".nsewdrag")
        page.evaluate(WATCH)
        times = _press(page, presses) | _hover(page, presses)
    for name, values in times.items():
        out[f"{name}_median_ms"], out[f"{name}_p95_ms"] = chromium.middle_and_tail(values)
    out["key_over_floor"] = out["key_painted_median_ms"] / out["floor_painted_median_ms"]
    return {name: round(value, 2) for name, value in out.items()}


def _bytes(data: dict[str, Any]) -> int:
    return len(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode())


def _press(page: Page, presses: int) -> dict[str, list[float]]:
    """Arrow keys through the steps and back, a key without meaning after each; the pauses spread them over the frames."""
    chance = random.Random(0)
    page.keyboard.press("Home")
    chromium.taken(page, 1)
    for i in range(presses):
        for key in ("ArrowRight" if i % (2 * SIDE - 2) < SIDE - 1 else "ArrowLeft", "x"):
            page.keyboard.press(key)
            page.wait_for_timeout(30 + 17 * chance.random())
    found = chromium.taken(page, 2 * presses)
    return {
        f"{name}_{until}": [entry[until] for entry in found if (entry["key"] == "x") == (name == "floor")]
        for name in ("key", "floor") for until in ("painted", "two_frames")
    }  # fmt: skip


def _hover(page: Page, moves: int) -> dict[str, list[float]]:
    """The pointer from cell to cell of the whole map; the links and the bands follow."""
    page.keyboard.press("End")
    chromium.taken(page, 1)
    found = chromium.wander(page, ".vz-cells", moves)
    return {f"hover_{until}": [entry[until] for entry in found] for until in ("painted", "two_frames")}


if __name__ == "__main__":
    print(json.dumps(bench()))
