"""The captions page in a browser: a cold deep link, steps without the server, a clicked candidate forced beside the own caption."""

from __future__ import annotations

import re
import socket
import subprocess
import sys

import pytest
from playwright.sync_api import expect
from tests.browser import app_fixtures
from tests.browser.app_fixtures import tab  # noqa: F401
from tests.pages import caption_zoo


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A fresh server on tiny models: the first test sends its first request."""
    zoo = tmp_path_factory.mktemp("zoo")
    caption_zoo.build(zoo)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([sys.executable, str(app_fixtures.HERE / "serve_captions.py"), str(port), str(zoo)], stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    try:
        app_fixtures._wait(f"http://localhost:{port}/_stcore/health", server)
        yield f"http://localhost:{port}"
    finally:
        server.kill()
        server.wait()


def test_a_cold_deep_link_opens_the_view_and_steps_in_the_browser(tab, address):  # noqa: F811
    tab.goto(f"{address}/caption?model=captions-transformer&picture=sample:shapes&language=zh&beam=2")
    expect(tab.get_by_text("Beam search: every hypothesis")).to_be_visible(timeout=app_fixtures.PATIENCE)
    expect(tab.get_by_text("All words at once")).to_be_visible()
    expect(tab.locator(".vz-root")).to_have_count(1)
    expect(tab.get_by_text("Do not rely on this caption").first).to_be_visible()
    before = tab.locator(".vz-root").inner_text()
    tab.locator(".vz-root").first.focus()
    tab.keyboard.press("Home")
    expect(tab.locator(".vz-root")).to_contain_text("Step 1 of")
    assert before


def test_a_clicked_candidate_is_forced_beside_the_own_caption(tab, address):  # noqa: F811
    tab.goto(f"{address}/caption?picture=shapes")
    expect(tab.locator(".vz-root")).to_have_count(1, timeout=app_fixtures.PATIENCE)
    tab.get_by_role("button", name="Write this word").click()
    expect(tab.locator(".vz-root")).to_have_count(2, timeout=app_fixtures.PATIENCE)
    expect(tab.get_by_text("Forced by you:")).to_be_visible()
    expect(tab).to_have_url(re.compile("force="))
