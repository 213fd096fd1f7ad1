"""The Memory network page: network, story and question, the hops in the player, what if, and 1 hop against 3."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import streamlit as st

from viz_core.figures import memory_network as figures
from viz_core.figures import words as figure_words
from viz_core.figures.panels import Scene
from viz_core.trace import Trace
from viz_core.ui import about, address, caches, downloads, memory_network_story, memory_network_table, memory_network_what_if, scenes, trust
from viz_core.ui.errors import plain, told
from viz_core.ui.words import _, language
from viz_core.zoo.cards import Card, cards

if TYPE_CHECKING:
    from viz_core.models.protocol import Source

FAMILY = "memory-network"
PREFERRED = "stories-memn2n-3hop"


def show() -> None:
    """The whole page below its head."""
    card = _network()
    if card is None:
        return
    typed = memory_network_story.editor(caches.model(card.name).module)
    source, trace = None, None
    with told():
        source = memory_network_story.read(caches.model(card.name), typed)
        trace = run(card.name, caches.model(card.name).identity.sha256, tuple(source.axis.labels), source.ids.question)
    if source is not None and trace is not None:
        _run(card, source, trace, typed)
    memory_network_table.show()
    about.show(card)


def _network() -> Card | None:
    """Which network answers; None, with a sentence, while there is none."""
    known = {card.name: card for card in cards().values() if card.family == FAMILY}
    if not known:
        st.info(_("No memory network is installed; make one with `python -m viz_core train stories-memn2n-3hop`."))
        return None
    names = sorted(known, key=lambda name: (name != PREFERRED, name))
    address.take("model", names[0], address.one_of(names, _("model")))
    if st.session_state["model"] not in names:
        st.session_state["model"] = names[0]
    st.segmented_control(_("Network"), names, format_func=lambda name: memory_network_table.name(known[name]), key="model", required=True)
    return known[st.session_state["model"]]


@st.cache_resource(max_entries=64, show_spinner=False)
def run(name: str, sha256: str, story: tuple[str, ...], question: str) -> Trace:
    """One run of a network on a story; the same object as long as it is kept."""
    from viz_core import driver

    return driver.run(caches.model(name), [*story, question])


def _run(card: Card, source: Source, trace: Trace, typed: memory_network_story.Typed) -> None:
    st.markdown(_summary(trace, source, typed))
    scene = _scene(trace, typed.support, source.ids.question, language())
    scenes.play(scene, f"player {card.name}")
    downloads.buttons(trace, scene, "hops")
    with told():
        memory_network_what_if.show(card, source, trace, typed.support)
    trust.show(caches.model(card.name), source, trace)


@lru_cache(maxsize=64)  # by the trace itself: the caches keep it the same object
def _scene(trace: Trace, support: frozenset[int], question: str, code: str) -> Scene:
    figure_words.use(_)
    return figures.scene(trace, support, question)


def _summary(trace: Trace, source: Source, typed: memory_network_story.Typed) -> str:
    """Question, answer, where the hops looked, and what is right when that is known."""
    weights = figures.weights(trace)
    hop, sentence = divmod(int(weights.argmax()), weights.shape[1])
    probability = f"{trace.steps[-1].quantity('answer after this hop').values[trace.steps[-1].choice]:.3f}"
    parts = [
        _("{question} → **{answer}** (p = {p}).").format(question=plain(source.ids.question), answer=plain(trace.output), p=probability),
        _("The largest weight is {w} at hop {k}, on sentence {i}: {sentence}").format(
            w=f"{weights[hop, sentence]:.0%}", k=hop + 1, i=sentence + 1, sentence=f"*{plain(source.axis.labels[sentence])}*"),
    ]  # fmt: skip
    if typed.answer:
        right = _("That is right.") if typed.answer == trace.output else _("The right answer is **{answer}**.").format(answer=plain(typed.answer))
        parts += [right, _("★ marks the sentences that the answer follows from.")]
    return " ".join(parts)
