"""The Transformer's picture as a Streamlit component: the open box and the step in the address, a box sent when it is clicked."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import streamlit as st

from viz_core.figures import transformer_export
from viz_core.figures import words as figure_words
from viz_core.figures.transformer import Network
from viz_core.figures.transformer_payload import opened, picture
from viz_core.ui import address
from viz_core.ui.words import _, language

Sent = dict[tuple[str, str], dict[str, object]]
_sent: WeakKeyDictionary[Network, Sent] = WeakKeyDictionary()


def show(network: Network, key: str) -> tuple[str, int]:
    """The picture; returns the box and the step (from 0) on show. key: unique on the page."""
    figure_words.use(_)
    box, step = _taken(network)
    scene, tensors = _cached(network, "", lambda: picture(network)), _cached(network, box, lambda: opened(network, box))
    data = {"scene": scene, "box": tensors, "view": {"box": box, "step": step}}
    _component()(key=key, data=data, on_view_change=_moved(network, key))
    return box, step


def _cached(network: Network, name: str, make: Callable[[], dict[str, object]]) -> dict[str, object]:
    """What is sent, made once for a run and a language. name: a box, "" for the picture."""
    known, at = _sent.setdefault(network, {}), (name, language())
    if at not in known:
        known[at] = make()
    return known[at]


def _taken(network: Network) -> tuple[str, int]:
    """Box and step of the address; step 0 there is the middle of the output, where most has happened."""
    boxes, count = [box.id for box in network.boxes], len(network.trace)
    address.take("box", network.default, address.one_of(boxes, _("box")))
    if st.session_state["box"] not in boxes:  # of a larger model that was on show before
        st.session_state["box"] = network.default
    address.take("step", 0, address.whole(_("step"), 0, count))
    if not 0 <= st.session_state["step"] <= count:  # of a longer output that was on show before
        st.session_state["step"] = 0
    step = int(st.session_state["step"])
    return st.session_state["box"], step - 1 if step else middle(count)


def middle(count: int) -> int:
    """The step to begin with, from 0."""
    return (count - 1) // 2


def _moved(network: Network, key: str) -> Callable[[], None]:
    """The reader opened a box or took a step: into the controls' state, from where it goes into the address."""
    boxes, count = {box.id for box in network.boxes}, len(network.trace)

    def moved() -> None:
        view = st.session_state[key].get("view")
        if not view or view.get("box") not in boxes:
            return
        step = min(max(int(view["step"]), 0), count - 1)
        st.session_state["box"] = view["box"]
        st.session_state["step"] = 0 if step == middle(count) else step + 1

    return moved


@cache
def _component() -> Any:
    """Registers the component once."""
    script, style = transformer_export.script(), transformer_export.style()
    return st.components.v2.component("viz_core.transformer", js=script, css=style, isolate_styles=False)
