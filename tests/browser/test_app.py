"""The Alignment page in a real browser, against tiny random models."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.browser.app_fixtures import address, tab, zoo  # noqa: F401 (fixtures)

playwright = pytest.importorskip("playwright.sync_api")
Page, expect = playwright.Page, playwright.expect
PLACE = ".vz-place >> nth=0"


def query(tab: Page) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(tab.url).query).items()}


def step_of(tab: Page) -> tuple[int, int]:
    """(step on show, steps) of the first player."""
    found = re.search(r"(\d+) \D+ (\d+)", tab.locator(PLACE).inner_text())
    return int(found[1]), int(found[2])


def open_run(tab: Page, url: str) -> None:
    tab.goto(url)
    tab.locator(PLACE).wait_for()
    tab.locator("[data-kind=heatmap] .vz-cells").first.wait_for()


def test_a_cold_deep_link_reopens_the_view(tab: Page, address: str) -> None:
    open_run(tab, f"{address}/alignment?task=g2p&score=dot&text=cat")
    expect(tab.get_by_label("English word")).to_have_value("cat")
    expect(tab.locator(".vz-title").first).to_have_text("g2p-lstm-dot · cat")
    expect(tab.locator("[data-testid=stSidebarNav]")).to_contain_text("Attention microscope")
    assert query(tab) == {"task": "g2p", "score": "dot", "text": "cat"}


def test_the_keyboard_steps(tab: Page, address: str) -> None:
    open_run(tab, f"{address}/alignment?task=g2p&decode=forced&reference=K+T+N")
    assert step_of(tab) == (4, 4)
    tab.locator(".vz-player").first.focus()
    for key, expected in (("Home", 1), ("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2), ("End", 4)):
        tab.keyboard.press(key)
        assert step_of(tab)[0] == expected


def test_a_clicked_candidate_is_forced_and_let_go(tab: Page, address: str) -> None:
    open_run(tab, f"{address}/alignment?task=g2p&text=cat")
    tab.locator(".vz-player").first.focus()
    tab.keyboard.press("Home")
    third = tab.locator("[data-kind=bars] .vz-bar").nth(2)
    token = third.locator(".vz-bar-label").inner_text()
    third.click()
    chip = tab.get_by_role("button", name=f"step 1: {token} ✕")
    chip.wait_for()
    assert re.fullmatch(r"\d+", query(tab)["force"])
    chip.click()
    chip.wait_for(state="detached")
    tab.wait_for_function("!location.search.includes('force')")


def test_a_cell_says_its_weight_and_clicking_it_breaks_nothing(tab: Page, address: str) -> None:
    open_run(tab, f"{address}/alignment?task=g2p&decode=forced&reference=K+T+N")
    box = tab.locator("[data-kind=heatmap] .vz-cells").first.bounding_box()
    spot = box["x"] + box["width"] / 18, box["y"] + box["height"] / 8
    tab.mouse.move(*spot)
    expect(tab.locator(".vz-tip").first).to_contain_text("α = 0.")
    expect(tab.locator(".vz-tip").first).to_contain_text("K → a")
    tab.mouse.click(*spot)
    assert step_of(tab) == (4, 4)


def test_back_returns_to_the_view_before(tab: Page, address: str) -> None:
    open_run(tab, f"{address}/alignment?task=g2p&score=dot")
    tab.locator(".st-key-score").get_by_text("additive", exact=True).click()
    expect(tab.locator(".vz-title").first).to_contain_text("g2p-lstm-additive")
    tab.wait_for_function("!location.search.includes('dot')")
    tab.go_back()
    expect(tab.locator(".vz-title").first).to_contain_text("g2p-lstm-dot")


def test_downloads(tab: Page, address: str, tmp_path) -> None:
    open_run(tab, f"{address}/alignment?task=g2p&text=cat")
    for name, start in (("Offline page (HTML)", b"<!doctype html>"), ("Trace (NPZ)", b"PK"), ("Attention weights (CSV)", b"step,emitted")):
        with tab.expect_download() as waiting:
            tab.get_by_role("button", name=name).first.click()
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        assert path.read_bytes().startswith(start)


def test_home_leads_to_the_page(tab: Page, address: str) -> None:
    tab.goto(address)
    tab.get_by_test_id("stMain").get_by_role("link", name="Alignment").first.click()
    expect(tab.locator("h1")).to_have_text("Alignment")
    tab.locator(PLACE).wait_for()
