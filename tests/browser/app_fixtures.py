"""The running app against tiny random models; import the fixtures `zoo`, `address`, `tab` into a test module."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pages import tiny_zoo

HERE = Path(__file__).parent

SIZE = {"width": 1400, "height": 3000}  # all panels in sight: the others follow later
PATIENCE = 60_000  # ms; the machine may be busy


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("zoo")
    tiny_zoo.build(folder)
    return folder


@pytest.fixture(scope="module")
def address(zoo: Path) -> Iterator[str]:
    """A fresh server for every module: the first test of the module sends its first request."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, str(HERE / "serve.py"), str(port), str(zoo)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    try:
        _wait(f"http://localhost:{port}/_stcore/health", server)
        yield f"http://localhost:{port}"
    finally:
        server.kill()
        server.wait()


def _wait(url: str, server: subprocess.Popen) -> None:
    for _attempt in range(240):
        assert server.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except OSError:
            time.sleep(0.25)
    raise AssertionError("the server did not start")


@pytest.fixture
def tab(browser) -> Iterator:
    """A new tab; the test fails when its console had an error (Streamlit's own probes of a deep link left out)."""
    context = browser.new_context(viewport=SIZE, locale="en-US", accept_downloads=True)
    page, errors = context.new_page(), []
    page.set_default_timeout(PATIENCE)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(f"{m.text} {m.location}") if m.type == "error" and "/_stcore/" not in str(m.location) else None)
    yield page
    context.close()
    assert not errors, errors
