"""The What-if page in a real browser: a clicked cell is blocked, a clicked candidate is forced, both are in the address."""

from __future__ import annotations

import pytest
from tests.browser.app_fixtures import address, tab, zoo  # noqa: F401 (fixtures)
from tests.browser.test_app import query

playwright = pytest.importorskip("playwright.sync_api")
Page, expect = playwright.Page, playwright.expect


def test_clicks_change_the_run_and_the_address(tab: Page, address: str) -> None:  # noqa: F811
    tab.goto(f"{address}/what_if?model=g2p-lstm-general&text=cat&edits=none")
    expect(tab.get_by_text("Nothing is changed yet")).to_be_visible()
    maps = tab.locator("[data-kind=heatmap]")
    expect(maps).to_have_count(2)
    maps.first.scroll_into_view_if_needed()
    box = maps.first.locator(".vz-cells").first.bounding_box()
    tab.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    expect(tab.get_by_role("button", name="cannot see")).to_be_visible()
    tab.wait_for_function("location.search.includes('edits=edge.cross.0.0.')")
    tab.locator("[data-kind=bars] .vz-bar").nth(2).click()
    expect(tab.get_by_text("Forced by you:")).to_be_visible()
    tab.wait_for_function("location.search.includes('force=')")
    tab.get_by_role("button", name="Take all back").click()
    expect(tab.get_by_text("Nothing is changed yet")).to_be_visible()
    tab.wait_for_function("!location.search.includes('force=')")
    assert query(tab)["edits"] == "none"
