"""What if: one sentence taken out, moved, or weighed otherwise. The run as told stays as it is; the changed one stands below."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import streamlit as st

from viz_core.figures import memory_network as figures
from viz_core.figures import words as figure_words
from viz_core.figures.panels import Scene
from viz_core.trace import Trace
from viz_core.ui import address, caches, scenes
from viz_core.ui.charts import chart
from viz_core.ui.errors import plain
from viz_core.ui.select_box import select
from viz_core.ui.words import N_, _, language
from viz_core.zoo.cards import Card

if TYPE_CHECKING:
    from viz_core.models.protocol import Source

CHANGES = {"none": N_("nothing"), "out": N_("take it out"), "move": N_("move it"), "weight": N_("set its weight")}
NUMBERS = {"sentence": N_("sentence"), "to": N_("place"), "hop": N_("hop")}


def show(card: Card, source: Source, trace: Trace, support: frozenset[int]) -> None:
    """The controls, and once something is changed both answers and the changed run."""
    st.subheader(_("What if …"))
    change, sentence = _controls(source, trace)
    if change == "none":
        st.caption(_("Choose a sentence and what to do with it. The run above is never overwritten."))
        return
    changed = _changed(card.name, source, trace, change, sentence)
    st.markdown(_said(trace, changed))
    figure_words.use(_)
    chart(figures.comparison(trace, changed), "comparison")
    marked = _marked(change, sentence, support)
    scenes.play(_scene(changed, marked, source.ids.question, language()), "player changed")


def _controls(source: Source, trace: Trace) -> tuple[str, int]:
    """The change, and the sentence (0 the first)."""
    count = len(source.axis)
    address.take("change", "none", address.one_of(CHANGES, _("change")))
    _whole("sentence", 1 + int(figures.weights(trace).max(0).argmax()), count)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        names = {i + 1: f"{i + 1}: {text}" for i, text in enumerate(source.axis.labels)}
        select(_("With sentence"), list(names), names.__getitem__, "sentence", width=380)
        st.segmented_control(_("do"), list(CHANGES), format_func=lambda name: _(CHANGES[name]), key="change", required=True)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if st.session_state["change"] == "move":
            _whole("to", 1, count)
            st.number_input(_("so that it becomes sentence (1 to {n})").format(n=count), 1, count, key="to", width=300)
        if st.session_state["change"] == "weight":
            _whole("hop", 1, len(trace))
            st.number_input(_("at hop (1 to {n})").format(n=len(trace)), 1, len(trace), key="hop", width=180)
            address.take("weight", 0.0, address.real(_("weight"), 0, 1))
            st.slider(_("to the weight (the others share the rest as before)"), 0.0, 1.0, step=0.01, key="weight", width=420)
    return st.session_state["change"], st.session_state["sentence"] - 1


def _whole(key: str, default: int, most: int) -> None:
    """A number from 1 to most; what no longer fits falls back."""
    address.take(key, default, address.whole(_(NUMBERS[key]), 1, most))
    if not 1 <= st.session_state[key] <= most:
        st.session_state[key] = default


def _changed(name: str, source: Source, trace: Trace, change: str, sentence: int) -> Trace:
    from viz_core.models import memory_network_edits as edits

    sha256 = caches.model(name).identity.sha256
    if change == "out":
        return _told(name, sha256, edits.without(source, sentence))
    if change == "move":
        return _told(name, sha256, edits.moved(source, sentence, st.session_state["to"] - 1))
    hop = st.session_state["hop"] - 1
    return _weighed(name, sha256, (*source.axis.labels, source.ids.question), hop, sentence, st.session_state["weight"])


@st.cache_resource(max_entries=64, show_spinner=False)
def _told(name: str, sha256: str, parts: tuple[str, ...]) -> Trace:
    from viz_core import driver

    return driver.run(caches.model(name), list(parts))


@st.cache_resource(max_entries=64, show_spinner=False)
def _weighed(name: str, sha256: str, parts: tuple[str, ...], hop: int, sentence: int, weight: float) -> Trace:
    from viz_core import driver
    from viz_core.models.memory_network_edits import weighted

    row = _told(name, sha256, parts).steps[hop].attention[0].map()[0]
    return driver.run(caches.model(name), list(parts), interventions=[weighted(row, hop, sentence, weight)])


def _said(base: Trace, changed: Trace) -> str:
    """Both answers in one sentence."""
    same = base.output == changed.output
    text = _("The answer stays **{after}**: p = {q} as told, {p} changed.") if same else _("The answer changes from **{before}** (p = {q}) to **{after}** (p = {p}).")
    q, p = (f"{float(2.718281828459045 ** (trace.log_prob or 0.0)):.3f}" for trace in (base, changed))
    return text.format(before=plain(base.output), after=plain(changed.output), q=q, p=p)


def _marked(change: str, sentence: int, support: frozenset[int]) -> frozenset[int]:
    """Stars hold for the story as it was told; a weight does not change it."""
    return support if change == "weight" else frozenset()


@lru_cache(maxsize=64)  # by the trace itself: the caches keep it the same object
def _scene(trace: Trace, marked: frozenset[int], question: str, code: str) -> Scene:
    figure_words.use(_)
    return figures.scene(trace, marked, _("The changed run: {question}").format(question=question), brief=True)
