"""The self-attention desk as a Streamlit component: what is on show, changed numbers included, is kept in the address."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import streamlit as st

from viz_core.figures import self_attention_edits, self_attention_export
from viz_core.figures.self_attention import SCORES, STEPS, View, payload
from viz_core.models.self_attention import Numbers
from viz_core.trace.errors import InputError
from viz_core.ui import address
from viz_core.ui.errors import tell
from viz_core.ui.words import _, language

SWITCHES = {"scale": "scaled", "mask": "mask", "project": "project"}  # in the address → field of the view
_DEFAULT = View()


def show(numbers: Numbers, key: str) -> View:
    """The desk; returns what is on show. key: unique on the page."""
    view = _taken(numbers)
    data = {"scene": payload(numbers, view), "language": language()}
    _component()(key=key, data=data, on_view_change=_moved(key))
    return view


def let_go(keep_weights: bool) -> None:
    """Other words or other numbers are read: what belonged to the ones before is put back."""
    edits = st.session_state.get("edits", "")
    st.session_state["edits"] = self_attention_edits.of_weights(edits) if keep_weights else ""
    address.reset("row", "order", *(() if keep_weights else ("shown",)))


def _taken(numbers: Numbers) -> View:
    """The view that the address names."""
    count = len(numbers.words)
    address.take("step", STEPS[0], address.one_of(STEPS, _("step")))
    address.take("row", 1 if numbers.kind == "trained" else 0, address.whole(_("word"), 0, count - 1))
    address.take("shown", 0, address.whole(_("head"), 0, numbers.heads - 1))
    address.take("score", SCORES[0], address.one_of(SCORES, _("similarity")))
    for name, field in SWITCHES.items():
        address.take(name, getattr(_DEFAULT, field), _switch(name), lambda on: "on" if on else "off")
    address.take("order", "", _order(count))
    address.take("edits", "", lambda text: self_attention_edits.check(text, numbers))
    state = st.session_state
    order = tuple(int(word) for word in state["order"].split(".")) if state["order"] else ()
    return View(
        STEPS.index(state["step"]), min(state["row"], count - 1), min(state["shown"], numbers.heads - 1), state["score"],
        **{field: state[name] for name, field in SWITCHES.items()}, order=order if len(order) == count else (), edits=_usable(numbers),
    )  # fmt: skip


def _usable(numbers: Numbers) -> str:
    """The changed numbers that have a place in these numbers (a page's Back button may bring others)."""
    try:
        return self_attention_edits.check(st.session_state["edits"], numbers)
    except InputError as error:
        tell(error)
        st.session_state["edits"] = ""
        return ""


def _moved(key: str) -> Callable[[], None]:
    """The reader stepped, switched or typed: into the session, from where it goes into the address."""

    def moved() -> None:
        view = st.session_state[key].get("view")
        if not view:
            return
        order = [int(word) for word in view["order"]]
        state = st.session_state
        state["step"], state["row"], state["shown"] = STEPS[int(view["step"])], int(view["row"]), int(view["head"])
        state["score"], state["edits"] = str(view["score"]), str(view["edits"])
        state["order"] = "" if order == sorted(order) else ".".join(map(str, order))
        for name, field in SWITCHES.items():
            state[name] = bool(view[field])

    return moved


@cache
def _component() -> Any:
    """Registers the component once."""
    script, style = self_attention_export.script(), self_attention_export.style()
    return st.components.v2.component("viz_core.self_attention", js=script, css=style, isolate_styles=False)


def _switch(name: str) -> Callable[[str], bool]:
    return lambda text: address.one_of(("on", "off"), name)(text) == "on"


def _order(count: int) -> Callable[[str], str]:
    """A reader of `1.2.0`: the word at each position, every word once."""

    def read(text: str) -> str:
        if not re.fullmatch(r"\d{1,2}(\.\d{1,2})*", text) or sorted(map(int, text.split("."))) != list(range(count)):
            sentence = _("order is {value}; give each of the {n} words once, counted from 0, such as {example}")
            raise InputError(sentence.format(value=repr(text[:60]), n=count, example=".".join(map(str, reversed(range(count))))))
        return text

    return read
