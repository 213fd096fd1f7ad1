"""The player inside a running Streamlit page: clicks reach Python, steps do not, the reader's step survives a rerun."""

import re

PAGE = '''
import sys
sys.path.insert(0, {here!r})
import streamlit as st
from tests.figures import synthetic
from viz_core.figures import scene
from viz_core.ui.player import player

@st.cache_resource
def made():
    return scene(synthetic.translation())

st.session_state["runs"] = st.session_state.get("runs", 0) + 1
event = player(made(), key="demo", events=("fork", "cell"))
st.text("runs " + str(st.session_state["runs"]))
st.text("event " + str(event))
'''


def text(page, start):
    return page.get_by_text(re.compile(f"^{start}")).inner_text()


def test_steps_stay_in_the_page_and_clicks_reach_python(streamlit_page):
    page = streamlit_page(PAGE)
    page.wait_for_selector(".vz-cells", state="attached")
    before = text(page, "runs")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    assert page.locator(".vz-place").inner_text() == "Step 10 of 13"
    page.wait_for_timeout(500)
    assert text(page, "runs") == before
    page.locator(".vz-bar").nth(2).click()
    page.get_by_text(re.compile("^event.*fork")).wait_for()
    event = text(page, "event")
    assert "'fork': 9" in event and "'choice': 2" in event
    assert text(page, "runs") != before
    assert page.locator(".vz-place").inner_text() == "Step 10 of 13", "the step was lost when the page ran again"


def test_heat_map_click_names_the_cell(streamlit_page):
    page = streamlit_page(PAGE)
    area = page.locator("[data-kind=heatmap] .vz-cells").first
    area.wait_for(state="attached")
    page.wait_for_timeout(500)
    box = area.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 2.5 / 12, box["y"] + box["height"] * 4.5 / 13)
    page.get_by_text(re.compile("^event.*cell")).wait_for()
    event = text(page, "event")
    assert "'row': 4" in event and "'col': 2" in event and "'site': 'cross'" in event
