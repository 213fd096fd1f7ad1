"""Choosing a model that reads text and has heads: one of the zoo, or your own; loading it, and running it once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from viz_core.trace import Trace
from viz_core.trace.errors import InputError
from viz_core.ui import address, caches, model_choice
from viz_core.ui.errors import told
from viz_core.ui.model_choice import name_of
from viz_core.ui.words import _
from viz_core.zoo.cards import Card, cards

if TYPE_CHECKING:  # torch is imported when a model is used, not when a page is opened
    from viz_core.decoding.options import Decoding

ENCODER, DECODER = "pretrained-encoder", "pretrained-decoder"
TRANSLATORS = ("marian-ssru", "pretrained-seq2seq", "transformer")
FAMILIES = (ENCODER, DECODER, *TRANSLATORS)


def choose(families: tuple[str, ...] = FAMILIES) -> Card | str | None:
    """The chosen card, or the folder or hub name of your own model; None (with a sentence) while there is none."""
    present = [card for family in families for card in cards().values() if card.family == family]
    hint = _("A folder with config.json, tokenizer and *.safetensors files, or a name such as owner/model. Nothing in it is run as code.")
    return model_choice.choose(present, hint, _("Give the folder or the hub name of a model to see its heads."), _new_model)


def _new_model() -> None:
    """What was chosen for another model does not hold for this one."""
    st.session_state["force"] = ()
    address.reset("text", "pair", "reference", "hypothesis", "site", "heads", "step")


def load(model: Card | str) -> Any:
    """The stepper (of an encoder: the tracer). InputError when it cannot be had."""
    return caches.model(name_of(model))


def is_encoder(model: Card | str) -> bool:
    """An encoder reads a text at once; everything else writes one. Your own model is loaded to find out."""
    return not hasattr(load(model), "predict") if isinstance(model, str) else model.family == ENCODER


def encoded(model: Card | str, text: str, pair: str) -> Trace:
    """A text, or two that belong together, through an encoder; the same object as long as it is kept."""
    stepper = load(model)
    return _encoded(name_of(model), stepper.identity.sha256, text, pair, stepper)


@st.cache_resource(max_entries=12, show_spinner=False)
def _encoded(name: str, sha256: str, text: str, pair: str, _stepper: Any) -> Trace:
    return _stepper.trace(text, pair or None)


def written(model: Card | str, text: str, decoding: Decoding) -> Trace:
    """A run of a decoder or an encoder–decoder; the same object as long as it is kept."""
    from viz_core.decoding.notation import to_text

    stepper = load(model)
    with st.spinner(_("The model writes …"), show_time=False):
        return _written(name_of(model), stepper.identity.sha256, text, to_text(decoding), stepper)


@st.cache_resource(max_entries=12, show_spinner=False)
def _written(name: str, sha256: str, text: str, decoding: str, _stepper: Any) -> Trace:
    from viz_core import driver
    from viz_core.decoding.notation import parse

    return driver.run(_stepper, text, decoding=parse(decoding))


def text_field(model: Card | str, encoder: bool, place: DeltaGenerator, beside: DeltaGenerator) -> tuple[str, str] | None:
    """The text to read (at `place`), and the second of a pair for an encoder (`beside`); None, with a sentence, while it is empty."""
    examples = [] if isinstance(model, str) else list(model.examples)[:6]
    label = _("Sentence") if encoder else _("Prompt") if getattr(model, "family", DECODER) == DECODER else _("Source sentence")
    address.take("text", examples[0] if examples else "The animal did not cross the street because it was too tired.")
    with place:
        st.text_input(label, key="text", on_change=_new_text)
        if examples:
            key = f"example {name_of(model)}"
            st.pills(_("Examples"), examples, key=key, on_change=_pick, args=(key,), wrap=True, label_visibility="collapsed")
    pair = ""
    if encoder:
        address.take("pair", "")
        beside.text_input(_("Second sentence, read together with the first (optional)"), key="pair", on_change=_new_text)
        pair = st.session_state["pair"].strip()
    with told():
        if not st.session_state["text"].strip():
            raise InputError(_("the text is empty; type at least one word"))
        return st.session_state["text"], pair
    return None


def _new_text() -> None:
    st.session_state["force"] = ()
    address.reset("hypothesis", "step")


def _pick(key: str) -> None:
    if st.session_state[key] is not None:
        st.session_state["text"] = st.session_state[key]
        st.session_state[key] = None  # it is a button, not a state: the text may be edited afterwards
        _new_text()
