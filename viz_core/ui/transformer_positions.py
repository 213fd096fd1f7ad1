"""Position encodings on the Transformer page: drawn, and taken out of the trained model to see what they were for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from viz_core.decoding import Greedy
from viz_core.figures import transformer_charts
from viz_core.figures import words as figure_words
from viz_core.ui import address, caches
from viz_core.ui.charts import chart
from viz_core.ui.errors import plain, told
from viz_core.ui.words import _
from viz_core.zoo.cards import Card

if TYPE_CHECKING:
    from viz_core.explain.positions import Permutation

LONGEST = 100  # positions drawn
DRAWS = 999


class Shuffled(NamedTuple):
    """A sentence and its words in another order. outputs: (present order, other order); plain: what is usual, blind: without positions."""

    plain: Permutation
    blind: Permutation
    plain_outputs: tuple[str, str]
    blind_outputs: tuple[str, str]


def show(card: Card, text: str) -> None:
    """The matrix, then the experiment."""
    st.subheader(_("Position encodings: how attention learns of order"))
    size = caches.model(card.name).module.config.size  # type: ignore[attr-defined]
    _matrix(size)
    with told():
        _experiment(card, text)


def _matrix(size: int) -> None:
    from viz_core.explain import positions

    address.take("places", 40, address.whole(_("number of positions"), 4, LONGEST))
    waves = positions.wavelengths(size)
    said = _(
        "Every position gets its own {d} numbers: sines and cosines whose wavelengths grow from {low} to {high} positions. "
        "The likeness of two positions depends only on how far apart they are."
    )
    st.markdown(said.format(d=size, low=f"{waves[0]:.2f}", high=f"{waves[-1]:,.0f}"))
    figure_words.use(_)
    count = int(st.session_state["places"])
    chart(transformer_charts.position_matrix(positions.encodings(count, size), waves, positions.similarity(count, size)), "positions matrix")
    st.slider(_("Positions drawn"), 4, LONGEST, key="places", width=320)


def _experiment(card: Card, text: str) -> None:
    address.take("blind", True, lambda value: address.one_of(["no"], "blind")(value) != "no", lambda _value: "no")
    address.take("draw", 1, address.whole(_("draw"), 0, DRAWS))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.toggle(_("Take the positions out of the model, too"), key="blind")
        st.number_input(_("Draw"), 0, DRAWS, key="draw", width=110, help=_("Another number draws another order of the words."))
    if len(caches.source(card.name, text).axis) < 2:
        st.info(_("One word has no other order; type at least two to shuffle them."))
        return
    found = _shuffled(card.name, card.sha256, text, int(st.session_state["draw"]))
    blind = bool(st.session_state["blind"])
    st.markdown(_said(found, blind))
    figure_words.use(_)
    shares = {"with": found.plain.distance} | ({"without": found.blind.distance} if blind else {})
    chart(transformer_charts.permutation(found.plain.labels, shares), "positions permutation")
    st.markdown(_table(found, text, blind))
    if blind:
        st.caption(_("The model was trained with positions; how well one trained without them would translate is another question. What is measured here is that without positions it cannot tell the two orders apart."))


def _said(found: Shuffled, blind: bool) -> str:
    """The measured numbers in one or two sentences."""
    order = plain(" ".join(found.plain.labels))
    first = _("The words in another order: **{order}**. With positions the encoder's states change by up to **{x}**.").format(order=order, x=f"{found.plain.largest:.3g}")
    if not blind:
        return first
    second = _("Without them, shuffling the input only shuffles the output: the largest difference max |P enc(x) − enc(P x)| is **{x}**, rounding of 32-bit numbers.")
    return f"{first} {second.format(x=f'{found.blind.largest:.1e}')}"


def _table(found: Shuffled, text: str, blind: bool) -> str:
    """The translations of both orders."""
    rows = [(_("with positions"), found.plain_outputs)] + ([(_("without positions"), found.blind_outputs)] if blind else [])
    orders = plain(text.strip()), plain("".join(found.plain.labels))
    lines = ["| | " + " | ".join(_cell(order) for order in orders) + " |", "|---|---|---|"]
    lines += [f"| {name} | " + " | ".join(_cell(plain(output.strip()) or "–") for output in outputs) + " |" for name, outputs in rows]
    return "\n".join(lines)


def _cell(text: str) -> str:
    """Text inside a Markdown table."""
    return " ".join(text.split())


@st.cache_resource(max_entries=32, show_spinner=False)
def _shuffled(name: str, sha256: str, text: str, draw: int) -> Shuffled:
    from viz_core import driver
    from viz_core.explain import positions

    stepper = caches.model(name)
    source, blind = stepper.encode(text), positions.without_positions(stepper)
    order = positions.shuffled(len(source.axis), draw)
    other = stepper.encode_units([source.axis.labels[i] for i in order])
    outputs = [tuple(driver.run(model, item, Greedy()).output for item in (source, other)) for model in (stepper, blind)]
    return Shuffled(*(positions.permutation(model, source, order) for model in (stepper, blind)), *outputs)
