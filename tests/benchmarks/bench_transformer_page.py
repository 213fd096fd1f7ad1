"""A step of the Transformer's picture, from the key press to the painted frame, and the bytes of every box, for a sentence
of twelve words with the sizes of the trained model (random weights: the numbers are not looked at).

Presses of a key without meaning are timed alternately with those that step: they are the floor of this browser.
"""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path

from playwright.sync_api import Page

import viz_core as vc
from tests.benchmarks import chromium
from tests.figures.test_transformer import TWELVE
from tests.pages import transformer_zoo
from viz_core.decoding import Forced
from viz_core.explain.normalisation import gains
from viz_core.figures import transformer_export
from viz_core.figures.transformer import network
from viz_core.figures.transformer_payload import opened, picture

PRESSES, SAID = 40, "I am Chinese . You are a student . I like tea . He drinks tea ."
BOXES = ("decoder-2-cross", "decoder-0-attention", "encoder-0-attention", "softmax")
WATCH = """() => {
  window.times = [];
  window.addEventListener("keydown", (event) => {
    const after = new MessageChannel();
    after.port1.onmessage = () => window.times.push([event.key, performance.now() - event.timeStamp]);
    requestAnimationFrame(() => after.port2.postMessage(0));
  }, true);
}"""


def bench(presses: int = PRESSES) -> dict[str, float]:
    """Medians in ms by box, the slowest one's ratio to the floor, and bytes."""
    stepper = transformer_zoo.model(size=160, layers=3, heads=4, inner=640)
    found = network(vc.run(stepper, TWELVE, Forced(SAID)), gains(stepper))
    out = {
        "largest_box_bytes": float(max(len(json.dumps(opened(found, box.id)).encode()) for box in found.boxes)),
        "picture_bytes": float(len(json.dumps(picture(found)).encode())),
    }
    floors, slowest = [], 0.0
    with tempfile.TemporaryDirectory() as folder, chromium.browsing() as browser:
        for box in BOXES:
            path = Path(folder) / f"{box}.html"
            transformer_export.html(found, box, 0, path)
            page = chromium.visited(browser, path, ".vt-root[data-ready]")
            times = _press(page, presses)
            page.close()
            median, out[f"{box}_p95_ms"] = chromium.middle_and_tail(times["step"])
            out[f"{box}_median_ms"], slowest = median, max(slowest, median)
            floors += times["floor"]
    out["floor_median_ms"] = chromium.middle_and_tail(floors)[0]
    out["slowest_over_floor"] = slowest / out["floor_median_ms"]
    return {name: round(value, 2) for name, value in out.items()}


def _press(page: Page, presses: int) -> dict[str, list[float]]:
    """Arrow keys through the steps and back, a key without meaning after each."""
    page.evaluate(WATCH)
    chance, last = random.Random(0), page.locator(".vh-stepper input").get_attribute("max")
    for i in range(presses):
        for key in ("ArrowRight" if i % (2 * int(last or 1)) < int(last or 1) else "ArrowLeft", "x"):
            page.keyboard.press(key)
            page.wait_for_timeout(30 + 17 * chance.random())
    found = chromium.taken(page, 2 * presses)
    return {"step": [ms for key, ms in found if key != "x"], "floor": [ms for key, ms in found if key == "x"]}


if __name__ == "__main__":
    print(json.dumps(bench(), indent=1))
