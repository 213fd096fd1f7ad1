"""The one control that chooses a model: one of the zoo, or your own from a folder or the hub."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from viz_core.ui import address
from viz_core.ui.select_box import select
from viz_core.ui.words import _
from viz_core.zoo.cards import Card

OWN = "own"


def choose(present: Sequence[Card], hint: str, none: str, changed: Callable[[], None]) -> Card | str | None:
    """The chosen card, or the folder or hub name of your own model; None, with the sentence `none`, while there is none.

    hint: which files a folder must hold; changed: called when another model is chosen, to forget what held for the one before.
    """
    known = {card.name: card for card in present}
    options = [*known, OWN]
    address.take("model", options[0], address.one_of(options, _("model")))
    names = {name: f"{name} · {_(card.title)}" for name, card in known.items()} | {OWN: _("Your own model: a folder or a hub name")}
    chosen = select(_("Model"), options, names.__getitem__, "model", on_change=changed)
    if chosen != OWN:
        return known[chosen]
    address.take("own", "")
    st.text_input(_("Folder or hub name"), key="own", help=hint, placeholder="owner/model", on_change=changed)
    if not st.session_state["own"].strip():
        st.info(none)
        return None
    return st.session_state["own"].strip()


def name_of(model: Card | str) -> str:
    """What `zoo.load` knows it by."""
    return model if isinstance(model, str) else model.name
