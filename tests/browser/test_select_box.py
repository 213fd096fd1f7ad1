"""The select box in a browser, which goes on sending what an option was called before."""

from __future__ import annotations

from playwright.sync_api import expect

SCRIPT = """
import sys

sys.path.insert(0, {here!r})
import streamlit as st

from viz_core.ui.select_box import select

names = [["zero", "one", "two"], ["nought", "single", "pair"]][st.session_state.setdefault("turn", 0) % 2]
chosen = select("n", range(3), names.__getitem__, "n")
st.text("turn " + str(st.session_state["turn"]) + " chosen " + str(chosen) + " kept " + repr(st.session_state["n"]))


def turn():
    st.session_state["turn"] += 1


st.button("turn", on_click=turn)
"""


def test_a_choice_survives_every_change_of_its_name(streamlit_page):
    page = streamlit_page(SCRIPT)
    box = page.get_by_role("combobox")
    expect(page.get_by_text("turn 0 chosen 0 kept 0")).to_be_visible()
    page.get_by_role("button", name="Open").click()
    page.get_by_role("option", name="one").click()
    expect(page.get_by_text("turn 0 chosen 1 kept 1")).to_be_visible()
    for turn, name in enumerate(("single", "one", "single"), start=1):
        page.get_by_role("button", name="turn").click()
        expect(page.get_by_text(f"turn {turn} chosen 1 kept 1")).to_be_visible()
        expect(box).to_have_value(name)
