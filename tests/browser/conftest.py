"""A headless Chromium for the browser tests; without one they fail, since `tests/run` installs it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright import sync_api as playwright

ROOT = Path(__file__).parents[2]
PATIENCE = 120_000  # ms; a busy machine is no failure
# Exported pages forbid evaluated strings, and with them `wait_for_function`: their tests wait with `expect`.
playwright.expect.set_options(timeout=PATIENCE)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="session")
def browser():
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=path, args=FLAGS)  # none: a failure, `tests/run` installs it
        yield running
        running.close()


@pytest.fixture
def open_page(browser):
    """open_page(url, …) → a page whose errors (scripts, console, blocked requests) fail the test."""
    contexts, problems = [], []

    def heard(message):
        # Streamlit's own page asks its maker's servers, which fails offline, and complains of a slow machine: only what
        # this project's files say counts.
        streamlit = "/static/js/" in message.location.get("url", "")
        if message.type == "error" and not streamlit and not message.text.startswith("Failed to load resource"):
            problems.append(message.text)

    def open_it(url: str, width: int = 1400, height: int = 1000, scheme: str = "light"):
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, accept_downloads=True)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", heard)
        page.goto(url)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert not problems, problems


@pytest.fixture
def open_scene(open_page, tmp_path):
    """open_scene(scene or trace) → the page of its exported file, drawn and ready; as tall as all panels, since those out of
    sight follow later."""
    from viz_core.figures import export

    def open_it(scene, height=3000, **options):
        export.html(scene, tmp_path / "scene.html")
        page = open_page((tmp_path / "scene.html").as_uri(), height=height, **options)
        page.wait_for_selector(".vz-panel")
        for panel, drawn in ((".vz-chart", ".nsewdrag"), (".vz-heat", ".vz-cells")):
            playwright.expect(page.locator(f"{panel}:not(:has({drawn}))")).to_have_count(0)
        page.wait_for_timeout(150)
        return page

    return open_it


@pytest.fixture
def streamlit_page(open_page, tmp_path):
    """streamlit_page(script) → the page of a running Streamlit app; `{here!r}` in the script is the synthetic traces' folder."""
    servers = []

    def start(script: str):
        file = tmp_path / "page.py"
        file.write_text(script.format(here=str(ROOT)))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "streamlit", "run", str(file), "--server.port", str(port), "--server.address", "127.0.0.1",
                   "--server.headless", "true", "--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none"]
        servers.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        for _attempt in range(150):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).read()
                break
            except OSError:
                time.sleep(0.2)
        return open_page(f"http://127.0.0.1:{port}")

    yield start
    for server in servers:
        server.terminate()
        server.wait(10)
