"""One run of a model on show, or two on the same input beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from viz_core.decoding import Decoding
from viz_core.trace import Trace
from viz_core.ui import address, caches, choices, downloads, frame, scenes, trust
from viz_core.ui.errors import plain, sentence
from viz_core.ui.sentences import translated
from viz_core.ui.words import _
from viz_core.zoo.cards import Card


def show(cards: Sequence[Card], text: str, decoding: Decoding | None) -> None:
    """Runs every model on the text and shows the players; nothing while an option cannot be used."""
    if decoding is None:
        return
    traces = [caches.trace(card.name, text, decoding) for card in cards]
    address.take("tensors", False, lambda text: text == "all", lambda _value: "all")
    choices.fork_chips(dict(enumerate(caches.model(cards[0].name).labels)))
    with st.container(key="runs"):
        columns = st.columns(len(traces))
    for column, card, trace in zip(columns, cards, traces, strict=True):
        with column:
            _one(card, trace, f"player {card.name}", alone=len(traces) == 1)
    if any(trace.tree for trace in traces):
        _link("beam_search", _("See every hypothesis of this beam search"), ":material/account_tree:")
    st.caption(_("`</s>` ends the output; `▁` begins a word."))
    if any(card.family == choices.LSTM for card in cards):
        st.toggle(_("Show every tensor of a step, the LSTM's gates included"), key="tensors")
    for number, (card, trace) in enumerate(zip(cards, traces, strict=True)):
        if card.family != choices.LSTM:
            _link("transformer", _("Open every tensor of {name}, box by box").format(name=card.name), ":material/schema:", model=card.name, **address.held("decode"))
        if len(cards) > 1 and trace.sites:
            st.markdown(f"**{plain(card.name)}**")
        _trust(card, text, trace, "trust_2" if number else "trust")


def _trust(card: Card, text: str, trace: Trace, key: str) -> None:
    """The trust test of the map that the words align by."""
    said = trace.run.get("alignment")
    found = said if isinstance(said, Mapping) else {}
    trust.show(caches.model(card.name), caches.source(card.name, text), trace, key, layer=found.get("layer"), head=found.get("head"))


def _one(card: Card, trace: Trace, key: str, alone: bool) -> None:
    if not alone:
        st.markdown(f"**{plain(card.name)}**")
    st.markdown(_summary(trace))
    for note in trace.notes:
        st.caption(plain(sentence(translated(note))))
    if not trace.sites:
        st.info(_("This model has no attention, so there is no map: it squeezes the whole source into one vector c, and every step sees the same c."))
    tensors = None if st.session_state.get("tensors") and card.family == choices.LSTM else scenes.equations(trace)
    event = scenes.show(trace, key, tensors)
    if event and event["kind"] == "fork":
        choices.fork(event, trace)
    downloads.buttons(trace, scenes.of(trace, tensors), key)


def _link(stem: str, label: str, icon: str, **more: str) -> None:
    """A link to another page with the same run on it, where there is such a page."""
    page = next((page for page in frame.pages() if page.path.stem == stem), None)
    if page:
        carried = address.held("task", "score", "text", "width", "length_penalty", "force", "lang")
        st.page_link(str(page.path), label=label, icon=icon, query_params={**carried, **more})


def _summary(trace: Trace) -> str:
    """Output and log P(Y|X) in one line."""
    total = f"{trace.log_prob:.3f}" if trace.log_prob is not None else "–"
    text = _("{source} → **{output}** · log P(Y|X) = {total} nats in {steps} steps")
    return text.format(source=plain(trace.source), output=plain(trace.output.strip()) or "–", total=total, steps=len(trace))
