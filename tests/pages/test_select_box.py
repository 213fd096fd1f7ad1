"""A choice stays what it is when its name changes, and when the browser still sends the old name."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest


def script() -> None:
    import streamlit as st

    from viz_core.ui import address
    from viz_core.ui.select_box import select

    names = st.session_state.get("names", ["zero", "one", "two"])
    if "sent" in st.session_state:  # by a browser that has not heard of the new names
        st.session_state["n"] = st.session_state.pop("sent")
    if st.session_state.get("in the address"):
        address.begin("page")
        address.take("n", 0, address.whole("n", 0, 9))
    st.session_state["found"] = select("n", range(len(names)), names.__getitem__, "n", st.session_state.get("first"))
    if st.session_state.get("in the address"):
        address.finish()


def opened(**state: Any) -> AppTest:
    app = AppTest.from_function(script, default_timeout=60)
    for key, value in state.items():
        app.session_state[key.replace("_", " ")] = value
    return app.run()


def found(app: AppTest) -> tuple[int, str]:
    assert not app.exception, app.exception
    assert app.session_state["found"] == app.session_state["n"]
    return app.session_state["found"], app.selectbox[0].value if isinstance(app.selectbox[0].value, str) else app.selectbox[0].options[app.selectbox[0].value]


def test_the_first_option_or_another_to_begin_with() -> None:
    assert found(opened()) == (0, "zero")
    assert found(opened(first=2)) == (2, "two")


@pytest.mark.parametrize("in_the_address", [False, True])
def test_the_choice_is_kept_under_another_name(in_the_address: bool) -> None:
    app = opened(in_the_address=in_the_address)
    app.selectbox[0].set_value(1).run()
    app.session_state["names"] = ["零", "一", "二"]
    assert found(app.run()) == (1, "一")
    app.session_state["sent"] = "one"
    assert found(app.run()) == (1, "一")


@pytest.mark.parametrize("stale", [7, "seven"])
def test_what_is_no_option_any_more_gives_way_to_the_first(stale: Any) -> None:
    app = opened(names=[str(number) for number in range(9)])
    app.selectbox[0].set_value(7).run()
    app.session_state["names"], app.session_state["sent"] = ["zero", "one"], stale
    assert found(app.run()) == (0, "zero")


def test_a_name_that_was_never_shown_gives_way_to_the_first() -> None:
    assert found(opened(sent="nobody")) == (0, "zero")
