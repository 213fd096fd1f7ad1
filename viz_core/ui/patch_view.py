"""The patches view as a Streamlit component: what is on show in the address, a layer's numbers sent when it is wanted."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import streamlit as st

from viz_core.figures import patches_export
from viz_core.figures import words as figure_words
from viz_core.figures.patches import MethodMaps, Patches, methods_json, blob, payload
from viz_core.trace import Trace
from viz_core.ui import address
from viz_core.ui.words import _, language

_scenes: WeakKeyDictionary[Trace, dict[str, dict[str, object]]] = WeakKeyDictionary()
_blobs: WeakKeyDictionary[Trace, dict[int, dict[str, object]]] = WeakKeyDictionary()


def take(trace: Trace) -> None:
    """What the reader looks at, from the address: layer, head (-1: the mean), token, and how it is drawn."""
    heads, tokens = len(trace.steps[0].attention[0].heads), len(trace.source_axis)
    address.take("layer", len(trace) - 1, address.whole(_("layer"), 0, 999))
    address.take("head", -1, address.whole(_("head"), -1, 999))
    address.take("token", 0, address.whole(_("token"), 0, 99_999))
    address.take("look", "smooth", address.one_of(("smooth", "exact"), _("drawing")))
    address.take("scale", "uniform", address.one_of(("uniform", "relative"), _("colour scale")))
    address.take("hide", 0.0, address.real(_("threshold of artefacts"), 0, 10))  # 0: none are left out
    for key, most, otherwise in (("layer", len(trace) - 1, len(trace) - 1), ("head", heads - 1, -1), ("token", tokens - 1, 0)):
        if st.session_state[key] > most:  # of another model or grid
            st.session_state[key] = otherwise


def show(shown: Patches, methods: MethodMaps | None, key: str) -> None:
    """The view; `take` comes before it. key: unique on the page."""
    figure_words.use(_)
    trace, layer = shown.trace, int(st.session_state["layer"])
    scenes = _scenes.setdefault(trace, {})
    if language() not in scenes:
        scenes[language()] = {name: value for name, value in payload(shown).items() if name not in ("blobs", "methods")}
    blobs = _blobs.setdefault(trace, {})
    if layer not in blobs:
        blobs[layer] = blob(trace, layer)
    state = st.session_state
    view: dict[str, Any] = {
        "layer": layer, "head": int(state["head"]), "query": int(state["token"]), "smooth": state["look"] == "smooth",
        "relative": state["scale"] == "relative", "hide": state["hide"] > 0,
    }  # fmt: skip
    if state["hide"] > 0:
        view["times"] = max(float(state["hide"]), 1.1)
    data = {"scene": scenes[language()], "blobs": [blobs[layer]], "methods": methods_json(methods) if methods else None, "view": view}
    _component()(key=key, data=data, on_view_change=_moved(key))


def _moved(key: str) -> Callable[[], None]:
    """The reader looks at something else: into the controls' state, from where it goes into the address."""

    def moved() -> None:
        view = st.session_state[key].get("view")
        if not view:
            return
        st.session_state["layer"], st.session_state["head"], st.session_state["token"] = (int(view[name]) for name in ("layer", "head", "query"))
        st.session_state["look"] = "smooth" if view["smooth"] else "exact"
        st.session_state["scale"] = "relative" if view["relative"] else "uniform"
        st.session_state["hide"] = round(float(view["times"]), 1) if view["hide"] else 0.0

    return moved


@cache
def _component() -> Any:
    """Registers the component once."""
    return st.components.v2.component("viz_core.patches", js=patches_export.script(), css=patches_export.style(), isolate_styles=False)
