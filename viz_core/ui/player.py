"""`player`: the one interactive picture of every page, as a Streamlit component."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import streamlit as st

from viz_core.figures import Scene
from viz_core.figures.assets import component_js, plotly_js
from viz_core.figures.player import payload

Event = dict[str, Any]
EVENTS = ("fork", "cell", "token", "node")

_payloads: WeakKeyDictionary[Scene, dict[tuple[object, ...], tuple[str, dict[str, object]]]] = WeakKeyDictionary()


def player(scene: Scene, key: str, events: Sequence[str] = ()) -> Event | None:
    """Shows a scene and returns the click that caused this run of the page, or None.

    Stepping, hovering and playing happen in the browser and never run the page; only clicks whose kind is in `events` do:
    `fork` {fork: step, choice: id, label}, `cell` {panel, site, row, col, layer, head}, `token` {site, axis, index},
    `node` {node}. Every event has `kind` and the `step` on show. key: unique on the page; the reader's step is kept
    while the scene stays the same.
    """
    wanted: set[str] = st.session_state.setdefault(f"{key} wanted", set())
    serial, data = _payload(scene, frozenset(wanted))
    event = _component()(key=key, data={"serial": serial, "scene": data, "events": list(events)}, on_event_change=_ignore).event
    if event and event["kind"] == "need":  # the player asks for numbers that did not fit: send them with the next run
        wanted.add(event["what"])
        st.rerun()
    return event


def _payload(scene: Scene, wanted: frozenset[str]) -> tuple[str, dict[str, object]]:
    """The payload and the fingerprint of its content, kept as long as the scene lives."""
    from viz_core.figures.words import _  # the language is part of the content

    known = _payloads.setdefault(scene, {})
    at = (wanted, _("Speed"))
    if at not in known:
        data = payload(scene, wanted)
        known[at] = (hashlib.sha1(json.dumps(data).encode()).hexdigest(), data)
    return known[at]


@cache
def _component() -> Any:
    """Registers the component once; the files have to be there before the browser asks for them."""
    plotly_js()
    return st.components.v2.component("viz_core.player", js=component_js().name, css="player.css", isolate_styles=False)


def _ignore() -> None:
    """A callback has to be named for the result to have the event."""
