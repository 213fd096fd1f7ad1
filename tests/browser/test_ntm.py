"""The memory microscope in a browser: steps, stages, heads, saved numbers; and inside Streamlit: flipped bits, chosen cells."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from tests.figures.test_ntm import machine
from tests.models.test_tape_stepper import lstm, stepper

from viz_core.figures import ntm_export


@pytest.fixture
def open_machine(open_page, tmp_path):
    def open_it(shown, **options):
        ntm_export.html(shown, tmp_path / "machine.html")
        page = open_page((tmp_path / "machine.html").as_uri(), **options)
        page.wait_for_selector("[data-ready]")
        return page

    return open_it


def label(page) -> str:
    return page.locator(".vz-label").inner_text()


def panel(page, title: str):
    return page.locator(".vz-panel", has=page.locator("h4", has_text=title))


def saved(page, title: str) -> list[list[str]]:
    """The numbers that a panel's Save menu gives."""
    place = panel(page, title)
    place.locator("summary").click()
    with page.expect_download() as found:
        place.get_by_text("Numbers (CSV)").click()
    return list(csv.reader(io.StringIO(found.value.path().read_text(encoding="utf-8-sig"))))


def test_keys_walk_along_the_tape(open_machine):
    page = open_machine(machine())
    assert label(page) == "say 1"
    page.keyboard.press("Home")
    assert label(page) == "10110010" and "Tick 1 of 7" in page.locator(".vz-place").inner_text()
    page.keyboard.press("ArrowRight")
    assert label(page) == "01100001"
    page.keyboard.press("End")
    assert label(page) == "say 3"


def test_saved_stages_are_those_of_the_trace(open_machine):
    shown = machine()
    page = open_machine(shown)
    page.keyboard.press("End")
    rows = saved(page, "four stages")
    weighting = shown.trace.steps[-1].quantity("read head: weighting").values
    np.testing.assert_allclose([float(x) for x in rows[-1][1:]], weighting, atol=2e-4)
    similarity = shown.trace.steps[-1].quantity("read head: similarity").values
    np.testing.assert_allclose([float(x) for x in rows[2][1:]], similarity, atol=2e-4)


def test_saved_memory_is_that_of_the_trace_before_and_after(open_machine):
    shown = machine()
    page = open_machine(shown)
    rows = [[float(x) for x in row[2:]] for row in saved(page, "The memory at this tick")[1:]]
    step = shown.trace.steps[4]
    np.testing.assert_allclose(rows[:10], step.quantity("memory before").values, atol=1e-3)
    np.testing.assert_allclose(rows[10:], step.quantity("memory").values, atol=1e-3)


def test_another_head_has_its_own_numbers(open_machine):
    shown = machine(stepper(reads=2))
    page = open_machine(shown)
    assert page.get_by_role("tab").count() == 3
    page.get_by_role("tab", name="write head").click()
    assert page.get_by_role("tab", name="write head").get_attribute("aria-selected") == "true"
    gate = float(shown.trace.steps[4].quantity("write head: gate").values[0])
    assert f"g = {gate:.3f}" in panel(page, "four stages").inner_text()
    assert panel(page, "vectors of this head").locator(".vn-row").count() == 3


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (800, "dark")])
def test_nothing_is_wider_than_the_page(open_machine, width, scheme):
    page = open_machine(machine(), width=width, scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_network_without_a_memory_shows_its_tapes_and_states(open_machine):
    page = open_machine(machine(lstm()))
    assert page.locator(".vz-panel").count() == 2


SCRIPT = """
import sys
sys.path.insert(0, {here!r})
import streamlit as st
from tests.figures.test_ntm import machine
from viz_core.ui import ntm_view
if "made" not in st.session_state:
    st.session_state["made"] = machine()
said = lambda *what: st.session_state.update(said=what)
ntm_view.show(st.session_state["made"], lambda tick, channel: said("bit", tick, channel), lambda cell, tick: said("cell", cell, tick))
st.write("said:", " ".join(map(str, st.session_state.get("said", ()))))
"""


def test_a_clicked_bit_and_a_clicked_cell_reach_the_page(streamlit_page):
    page = streamlit_page(SCRIPT)
    page.wait_for_selector("[data-ready]")
    first = panel(page, "The tapes").locator(".vn-matrix image").first
    box = first.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 1.5 / 7, box["y"] + box["height"] * 2.5 / 9)  # second tick, third bit
    page.get_by_text("said: bit 1 2").wait_for()
    memory = panel(page, "The memory at this tick").locator(".vn-matrix image").first
    memory.scroll_into_view_if_needed()
    box = memory.bounding_box()
    page.mouse.click(box["x"] + 5, box["y"] + box["height"] * 3.5 / 10)
    page.get_by_text("said: cell 3 1").wait_for()
    page.goto("about:blank")  # before the server goes: a page that loses its server says so
