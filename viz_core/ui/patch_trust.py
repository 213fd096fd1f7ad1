"""“Can I trust this map?” for pictures: cells taken out of it, most important first, against random order."""

from __future__ import annotations

from typing import Any

import streamlit as st

from viz_core.figures import words as figure_words
from viz_core.figures.patch_words import method_name
from viz_core.models.protocol import Source
from viz_core.ui import address, trust
from viz_core.ui.errors import told
from viz_core.ui.select_box import select
from viz_core.ui.words import N_, _

REMOVALS = {"blur": N_("blurred"), "grey": N_("grey")}
METHODS = ("raw", "rollout", "gradient_rollout", "relevance")


def show(stepper: Any, source: Source, seen: str, query: int, target: int | None) -> None:
    """A switch, and when it is on the test of one of the four maps of the token on show. seen: names model, picture and grid."""
    address.take("trust", False, lambda text: text == "test", lambda _value: "test")
    st.toggle(_("Can I trust this map? Test it by taking out what it points at"), key="trust")
    if not st.session_state["trust"]:
        return
    figure_words.use(_)
    with told():
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            address.take("trust_map", "relevance", address.one_of(METHODS, _("map to test")))
            chosen = select(_("Map to test"), METHODS, method_name, "trust_map", width=300)
            address.take("trust_by", "blur", address.one_of(REMOVALS, _("way of removal")))
            st.segmented_control(_("A removed cell is"), list(REMOVALS), format_func=lambda way: _(REMOVALS[way]), key="trust_by", required=True)
        from viz_core.explain.vision_trust import trust as test
        from viz_core.ui.patches import maps_of

        done = _experiment(stepper, source, seen, query, target, st.session_state["trust_by"])
        rows = maps_of(seen, query, target, int(st.session_state["layer"]), stepper, source).rows
        trust.draw(test(done, rows, chosen), "trust")


def _experiment(stepper: Any, source: Source, seen: str, query: int, target: int | None, removal: str) -> Any:
    """What the tests of all maps share; the session keeps the last one."""
    from viz_core.explain.vision_trust import experiment

    name = (seen, query, target, removal)
    kept = st.session_state.get("picture trust")
    if kept and kept[0] == name:
        return kept[1]
    bar = st.progress(0.0, _("Looking at the picture with cells taken out …"))

    def progress(done: int, total: int) -> None:
        bar.progress(done / max(total, 1), _("Looking at the picture with cells taken out: {done} of {total} sets").format(done=done, total=total))

    try:
        found = experiment(stepper, source, query, target, removal, progress=progress)
    finally:
        bar.empty()
    st.session_state["picture trust"] = (name, found)
    return found
