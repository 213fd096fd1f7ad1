"""How often each network is wrong, by kind of question: one hop beside three, from the cards."""

from __future__ import annotations

import streamlit as st

from viz_core.figures import memory_network as figures
from viz_core.figures import words as figure_words
from viz_core.ui.charts import chart
from viz_core.ui.memory_network_story import TITLES
from viz_core.ui.words import N_, _
from viz_core.zoo.cards import Card, cards

KINDS = {
    "memn2n-3hop": N_("three hops"), "memn2n-1hop": N_("one hop"), "memn2n-single": N_("one hop, one vector a sentence"),
}  # fmt: skip


def show() -> None:
    """A chart and its sentence; nothing before the networks have been measured."""
    found = [card for card in cards().values() if card.task == "stories" and "mean_error" in card.metrics]
    found.sort(key=lambda card: -card.metrics["mean_error"])
    if not found:
        return
    with st.expander(_("One hop or three: which questions need more than one look?"), icon=":material/bar_chart:"):
        lines = [
            _("- **{name}**: {error} wrong on average; where right, {support} of the runs put their largest weight on a sentence that the answer follows from").format(
                name=name(card), error=f"{card.metrics['mean_error']:.1%}", support=f"{card.metrics['mean_support']:.1%}")
            for card in found
        ]  # fmt: skip
        st.markdown("\n".join(lines))
        rates = {name(card): {n: card.metrics[f"error_task_{n}"] for n in TITLES if f"error_task_{n}" in card.metrics} for card in found}
        figure_words.use(_)
        chart(figures.errors(rates, {n: _(title) for n, title in TITLES.items()}), "errors by kind")
        st.caption(_("Measured on 1,000 held-out stories of each kind, written by this program after bAbI's descriptions; numbers on bAbI itself differ."))


def name(card: Card) -> str:
    """What a network is called on this page."""
    return _(KINDS.get(card.mechanism, card.name))
