"""The address: who wins, what is written, what survives turning to another page."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def script() -> None:
    import streamlit as st

    from viz_core.ui import address

    address.begin("page")
    address.take("n", 4, address.whole("n", 1, 9))
    st.number_input("n", 1, 9, key="n")
    address.take("word", "a" if st.session_state["n"] < 9 else "z")
    st.text_input("word", key="word")
    address.finish()


def held(app: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[-1] for name, value in app.query_params.items()}


def opened(**query: str) -> AppTest:
    app = AppTest.from_function(script, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def test_only_what_is_not_the_default_is_written() -> None:
    app = opened()
    assert held(app) == {}
    app.number_input[0].set_value(5).run()
    assert held(app) == {"n": "5"}
    app.number_input[0].set_value(4).run()
    assert held(app) == {}


def test_a_link_sets_the_controls_and_strangers_are_left_alone() -> None:
    app = opened(n="7", word="b & c", utm="x")
    assert (app.number_input[0].value, app.text_input[0].value) == (7, "b & c")
    assert held(app) == {"n": "7", "word": "b & c", "utm": "x"}


def test_back_and_forward_set_the_controls_again() -> None:
    app = opened(n="7")
    app.query_params["n"] = "3"
    app.run()
    assert app.number_input[0].value == 3


def test_a_moved_control_wins_over_an_address_that_is_behind() -> None:
    app = opened(n="7")
    app.query_params["n"] = "3"  # the browser has not heard of the newest address yet
    app.text_input[0].set_value("moved").run()
    assert app.number_input[0].value == 7
    assert held(app) == {"n": "7", "word": "moved"}


def test_an_untouched_control_follows_its_default_and_a_touched_one_stays() -> None:
    app = opened()
    app.number_input[0].set_value(9).run()
    assert app.text_input[0].value == "z"
    app.text_input[0].set_value("mine").run()
    app.number_input[0].set_value(8).run()
    assert app.text_input[0].value == "mine"


def test_a_value_that_cannot_be_used_is_told_and_dropped() -> None:
    app = opened(n="99")
    assert [e.value.replace("\\", "") for e in app.error] == ["N is '99'; give a whole number from 1 to 9."]
    assert app.number_input[0].value == 4 and held(app) == {}


def test_very_long_values_stay_out_of_the_address() -> None:
    app = opened()
    app.text_input[0].set_value("x" * 5000).run()
    assert held(app) == {} and len(app.text_input[0].value) == 5000
    app.run()
    assert len(app.text_input[0].value) == 5000, "and stay in the field"


def test_the_language_goes_along_to_another_page(page) -> None:
    app = page("home", lang="zh")
    assert app.title[0].value == "注意力显微镜"
    del app.query_params["lang"]  # as Streamlit does when the reader turns the page
    app.switch_page("pages/alignment.py").run()
    assert app.title[0].value == "对齐"
    assert held(app)["lang"] == "zh_CN"


def stale() -> None:
    import streamlit as st

    from viz_core.ui import address

    address.begin("page")
    if "sent" in st.session_state:  # by a browser that has not heard of an option's new name
        st.session_state["n"] = st.session_state.pop("sent")
    st.session_state["taken"] = address.take("n", 4, address.whole("n", 1, 9))
    st.selectbox("n", range(1, 10), key="n")
    address.finish()


def test_what_an_option_was_called_is_no_number() -> None:
    app = AppTest.from_function(stale, default_timeout=60).run()
    app.selectbox[0].set_value(7).run()
    app.session_state["sent"] = "seven"
    app.run()
    assert not app.exception and app.session_state["taken"] == 7
