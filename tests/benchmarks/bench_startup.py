"""How long until the first alignment is on screen, cold and warm, beside an empty Streamlit page on the same machine.

The empty page (one line of text) is the floor: what Streamlit itself needs. Both are visited alternately in one run, each
time with a new browser profile (empty cache) and once more with the same one. Times run from the start of the navigation,
or of the server for `cold_s`, to the second frame after links and map are both drawn. Run as a script, it prints JSON.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, Playwright, sync_playwright

from tests.benchmarks import chromium

VISITS, IMPORTS = 5, 5
WAIT = 180_000  # ms
ALIGNMENT = "document.querySelector('.vz-links .vz-lines path') && document.querySelector('.vz-cells[href]')"
TEXT = "document.querySelector('.stMarkdown')"
# Looks every few milliseconds; MutationObserver would run far more often while the page builds itself.
LOOK = """(() => {
  const look = () => (%s
    ? requestAnimationFrame(() => requestAnimationFrame(() => (window.shown = performance.now())))
    : setTimeout(look, 5));
  look();
})()"""
IMPORT = "import sys, time; start = time.perf_counter(); import {name}; print(time.perf_counter() - start, 'torch' in sys.modules)"


def bench(visits: int = VISITS) -> dict[str, float]:
    """Seconds (medians) and ratios.

    cold: from `streamlit run app.py` on. warm_first, warm_again: first and second visit of a browser to a server that has
    run the page before; empty_first, empty_again: the floor. import_torch: 1 if `import viz_core` imported torch.
    """
    out = imports()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        script = Path(folder) / "empty.py"
        script.write_text('import streamlit as st\n\nst.write("hello")\n', encoding="utf-8")
        with chromium.streamlit(chromium.ROOT / "app.py") as app:
            out["cold_s"] = cold(driver, app)
            with chromium.streamlit(script) as empty:
                chromium.wait_for(empty)
                out |= warm(driver, app, empty, visits)
    return {name: round(value, 3) for name, value in out.items()}


def imports(repeats: int = IMPORTS) -> dict[str, float]:
    """`import viz_core` in a fresh interpreter, alternately with `import numpy` for scale."""
    times: dict[str, list[float]] = {"viz_core": [], "numpy": []}
    torch = False
    for _repeat in range(repeats):
        for name, found in times.items():
            command = [sys.executable, "-c", IMPORT.format(name=name)]
            seconds, with_torch = subprocess.run(command, cwd=chromium.ROOT, capture_output=True, text=True, check=True).stdout.split()
            found.append(float(seconds))
            torch |= name == "viz_core" and with_torch == "True"
    ours, numpy = (statistics.median(found) for found in times.values())
    return {"import_s": ours, "import_over_numpy": ours / numpy, "import_torch": float(torch)}


def cold(driver: Playwright, app: str) -> float:
    """Seconds from now, the start of the server, to the first alignment; the browser is open already."""
    start = time.perf_counter()
    with _profile(driver, ALIGNMENT) as context:
        page = context.new_page()
        while True:
            try:
                page.goto(f"{app}/alignment", wait_until="commit")
                break
            except Error:  # nobody listens yet
                time.sleep(0.02)
        page.wait_for_function("window.shown", timeout=WAIT)
        return time.perf_counter() - start


def warm(driver: Playwright, app: str, empty: str, visits: int) -> dict[str, float]:
    """First and second visits, ours and the empty page's alternately."""
    places = {"warm": (f"{app}/alignment", ALIGNMENT), "empty": (empty, TEXT)}
    times: dict[str, list[float]] = {}
    for _visit in range(visits):
        for name, (address, shown) in places.items():
            with _profile(driver, shown) as context:
                for kind in ("first", "again"):
                    times.setdefault(f"{name}_{kind}", []).append(_visited(context, address))
    out = {f"{name}_s": statistics.median(values) for name, values in times.items()}
    for kind in ("first", "again"):
        out[f"warm_over_empty_{kind}"] = statistics.median(a / b for a, b in zip(times[f"warm_{kind}"], times[f"empty_{kind}"], strict=True))
    return out


def _visited(context: BrowserContext, address: str) -> float:
    page = context.new_page()
    page.goto(address, wait_until="commit")
    page.wait_for_function("window.shown", timeout=WAIT)
    seconds = page.evaluate("window.shown") / 1000
    page.close()
    return seconds


class _profile:
    """A browser with a profile of its own, its cache empty at first; `window.shown` is set when `shown` is on screen."""

    def __init__(self, driver: Playwright, shown: str) -> None:
        self.driver, self.shown = driver, shown

    def __enter__(self) -> BrowserContext:
        self.folder = tempfile.TemporaryDirectory()
        self.context = self.driver.chromium.launch_persistent_context(self.folder.name, viewport=chromium.SIZE, **chromium.options())  # type: ignore[arg-type]
        self.context.add_init_script(LOOK % self.shown)
        return self.context

    def __exit__(self, *_error: object) -> None:
        self.context.close()
        self.folder.cleanup()


if __name__ == "__main__":
    print(json.dumps(bench()))
