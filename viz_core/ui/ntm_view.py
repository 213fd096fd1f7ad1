"""The memory microscope as a Streamlit component: tick and head in the address, flipped bits and chosen cells to the page."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import streamlit as st

from viz_core.figures import ntm_export
from viz_core.figures import words as figure_words
from viz_core.figures.ntm import Machine, payload
from viz_core.trace import Trace
from viz_core.ui import address
from viz_core.ui.words import _, language

KEY = "machine"
MOST_TICKS = 2000
_payloads: WeakKeyDictionary[Trace, dict[str, dict[str, object]]] = WeakKeyDictionary()


def show(machine: Machine, flipped: Callable[[int, int], None], chosen: Callable[[int, int], None]) -> None:
    """The view. flipped(tick, channel): a bit of the input was clicked; chosen(cell, tick): a memory cell was."""
    figure_words.use(_)
    known = _payloads.setdefault(machine.trace, {})
    code = language()
    if code not in known:
        known[code] = payload(machine, editable=True)
    scene: dict[str, Any] = known[code]
    answer = int(scene["answer"])
    address.take("tick", min(answer, len(machine.trace) - 1) + 1, address.whole(_("tick"), 1, MOST_TICKS))  # from 1, as shown
    address.take("head", 0, address.whole(_("head"), 0, 63))
    view = {"step": int(st.session_state["tick"]) - 1, "head": int(st.session_state["head"])}
    _component()(
        key=KEY, data={"scene": scene, "view": view, "language": code}, on_view_change=_moved,
        on_flip_change=_of_scene("flip", str(scene["id"]), lambda event: flipped(int(event["tick"]), int(event["channel"]))),
        on_cell_change=_of_scene("cell", str(scene["id"]), lambda event: chosen(int(event["cell"]), int(event["tick"]))),
    )  # fmt: skip


def _moved() -> None:
    """The reader looks at another tick or head: into the controls' state, from where it goes into the address."""
    view = st.session_state[KEY].get("view")
    if view:
        st.session_state["tick"], st.session_state["head"] = int(view["step"]) + 1, int(view["head"])


def _of_scene(name: str, scene: str, work: Callable[[dict[str, Any]], None]) -> Callable[[], None]:
    """A callback for an event of the scene on show; one that was meant for an earlier scene is let go."""

    def happened() -> None:
        event = st.session_state[KEY].get(name)
        if event and event.get("id") == scene:
            work(event)

    return happened


@cache
def _component() -> Any:
    """Registers the component once."""
    return st.components.v2.component("viz_core.ntm", js=ntm_export.script(), css=ntm_export.style(), isolate_styles=False)
