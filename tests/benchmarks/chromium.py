"""A headless Chromium for the benchmarks, with the flags of the browser tests, and servers to visit."""

from __future__ import annotations

import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser.conftest import FLAGS

ROOT = Path(__file__).parents[2]
SIZE = {"width": 1400, "height": 1000}


def executable() -> str | None:
    """Chromium as the browser tests find it."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def options() -> dict[str, object]:
    """What `launch` and `launch_persistent_context` of Playwright take."""
    return {"executable_path": executable(), "args": FLAGS}


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser for as long as the benchmark runs."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(**options())  # type: ignore[arg-type]
        yield browser
        browser.close()


def visited(browser: Browser, path: Path, ready: str = "[data-ready]") -> Page:
    """A page with an exported file, once it holds an element that tells that it is drawn."""
    page = browser.new_page(viewport=SIZE)
    page.goto(path.as_uri())
    page.wait_for_selector(ready, state="attached")
    page.wait_for_timeout(500)
    return page


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def streamlit(script: Path) -> Iterator[str]:
    """The address of `streamlit run script`, given at once: the server may not answer yet."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port), "--server.headless", "true",
               "--server.fileWatcherType", "none", "--browser.gatherUsageStats", "false"]  # fmt: skip
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield f"http://localhost:{port}"
    finally:
        server.kill()
        server.wait()


def wait_for(address: str, seconds: float = 120) -> None:
    """Until the server answers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(f"{address} did not answer within {seconds:g} s")


def taken(page: Page, count: int) -> list[dict[str, Any]]:
    """The entries of the page's list `times` since the last call, once there are `count` of them."""
    while page.evaluate("window.times.length") < count:  # exported pages forbid what `wait_for_function` evaluates
        page.wait_for_timeout(20)
    return page.evaluate("window.times.splice(0)")


def wander(page: Page, selector: str, moves: int) -> list[dict[str, Any]]:
    """Moves the pointer to random places of the first such element; what the page noted of each move."""
    area = page.locator(selector).first.bounding_box()
    assert area is not None, f"{selector} is on show"
    chance = random.Random(1)
    for _move in range(moves):
        page.mouse.move(area["x"] + area["width"] * chance.random(), area["y"] + area["height"] * chance.random())
        page.wait_for_timeout(30 + 17 * chance.random())
    return taken(page, moves)


def middle_and_tail(values: Sequence[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    return statistics.median(values), statistics.quantiles(values, n=20, method="inclusive")[-1]
