"""The heads view as a Streamlit component: what is on show in the address, weights of a head fetched when it is clicked."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import streamlit as st

from viz_core.figures import heads_export
from viz_core.figures import words as figure_words
from viz_core.figures.heads import Head, Heads, maps, payload
from viz_core.trace.errors import InputError
from viz_core.ui import address
from viz_core.ui.words import _, language

SORTS = ("order", "entropy", "distance", "diagonal", "previous", "first", "induction")
HIDDEN = ("special", "first")
SCALES = ("absolute", "row")
MOST = 8  # heads at once
_payloads: WeakKeyDictionary[Heads, dict[str, dict[str, object]]] = WeakKeyDictionary()


def show(shown: Heads, key: str) -> None:
    """The view of all heads; what the reader looks at is kept in the address. key: unique on the page."""
    figure_words.use(_)
    known = _payloads.setdefault(shown, {})
    code = language()
    if code not in known:
        known[code] = payload(shown)
    scene = dict(known[code])
    first = scene.pop("maps")
    view = _taken(shown)
    asked = st.session_state.get(f"{key} asked", {}).get(scene["id"], ())
    wanted = list(dict.fromkeys((*asked, *((view["site"], *head) for head in view["heads"]))))
    sent = {(blob["site"], *head) for blob in first for head in blob["heads"]}
    more = [head for head in wanted if head not in sent]
    data = {"scene": scene, "maps": [*first, *(maps(shown, more, 0) if more else [])], "sent": repr(more), "view": view, "language": code}
    _component()(key=key, data=data, on_view_change=_moved(key), on_need_change=_asked(key, str(scene["id"]), shown))


def _taken(shown: Heads) -> dict[str, Any]:
    """The view that the address names, as the browser needs it."""
    sites = [grid.site for grid in shown.grids]
    address.take("site", sites[0], address.one_of(sites, _("site")))
    site = sites.index(st.session_state["site"]) if st.session_state["site"] in sites else 0
    address.take("heads", "{}.{}".format(*shown.grids[site].standout), _heads_of)
    address.take("sort", "order", address.one_of(SORTS, _("order")))
    address.take("hide", "", _listed(HIDDEN, _("hidden tokens")))
    address.take("units", "tokens", address.one_of(("tokens", "words"), _("units")))
    address.take("scale", "absolute", address.one_of(SCALES, _("colour scale")))
    address.take("step", 0, address.whole(_("step"), 0, max(len(shown.steps), 1)))  # 0: the last
    hidden = st.session_state["hide"].split(",")
    heads = [[int(n) for n in pair.split(".")] for pair in st.session_state["heads"].split(",")]
    layers, count = shown.grids[site].shape[:2]
    heads = [head for head in heads if head[0] < layers and head[1] < count] or [list(shown.grids[site].standout)]
    return {
        "site": site, "heads": heads, "sort": st.session_state["sort"],
        "hideSpecial": "special" in hidden, "hideFirst": "first" in hidden,
        "wholeWords": st.session_state["units"] == "words", "relative": st.session_state["scale"] == "row",
        "step": min(int(st.session_state["step"]), len(shown.steps)) - 1,
    }  # fmt: skip


def _moved(key: str) -> Callable[[], None]:
    """The reader looks at something else: into the controls' state, from where it goes into the address."""

    def moved() -> None:
        view = st.session_state[key].get("view")
        if not view:
            return
        st.session_state["heads"] = ",".join(f"{layer}.{head}" for layer, head in view["heads"])
        st.session_state["sort"] = view["sort"]
        st.session_state["hide"] = ",".join(name for name, on in zip(HIDDEN, (view["hideSpecial"], view["hideFirst"]), strict=True) if on)
        st.session_state["units"] = "words" if view["wholeWords"] else "tokens"
        st.session_state["scale"] = "row" if view["relative"] else "absolute"
        st.session_state["step"] = int(view["step"]) + 1
        st.session_state["site"] = view["name"]

    return moved


def _asked(key: str, scene: str, shown: Heads) -> Callable[[], None]:
    """Heads whose weights the browser lacks, those of the latest request only: it keeps what it has got."""

    def asked() -> None:
        found: list[Head] = []
        for site, layer, head in (st.session_state[key].get("need") or [])[:MOST]:
            if 0 <= site < len(shown.grids) and 0 <= layer < shown.grids[site].shape[0] and 0 <= head < shown.grids[site].shape[1]:
                found.append((int(site), int(layer), int(head)))
        st.session_state[f"{key} asked"] = {scene: tuple(found)}

    return asked


@cache
def _component() -> Any:
    """Registers the component once."""
    return st.components.v2.component("viz_core.heads", js=heads_export.script(), css=heads_export.style(), isolate_styles=False)


def _heads_of(text: str) -> str:
    """`4.1,3.5`: layer and head, counted from 0 as everywhere in the program."""
    pairs = text.split(",")
    if len(pairs) > MOST or not all(re.fullmatch(r"\d{1,4}\.\d{1,4}", pair) for pair in pairs):
        sentence = _("heads is {value}; give up to {n} as layer.head with commas between, such as 4.1,3.5")
        raise InputError(sentence.format(value=repr(text[:60]), n=MOST))
    return text


def _listed(options: tuple[str, ...], what: str) -> Callable[[str], str]:
    """A reader of options with commas between."""

    def read(text: str) -> str:
        one = address.one_of(options, what)
        return ",".join(one(part) for part in text.split(","))

    return read
