"""Choosing a model that reads text and has heads: one of the zoo, or your own; loading it, and running it once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from viz_core.trace import Trace
from viz_core.trace.errors import InputError
from viz_core.ui import address
from viz_core.ui.errors import told
from viz_core.ui.words import _
from viz_core.zoo.cards import Card, cards

if TYPE_CHECKING:  # torch is imported when a model is used, not when a page is opened
    from viz_core.decoding.options import Decoding

ENCODER, DECODER = "pretrained-encoder", "pretrained-decoder"
TRANSLATORS = ("marian-ssru", "pretrained-seq2seq", "transformer")
FAMILIES = (ENCODER, DECODER, *TRANSLATORS)
OWN = "own"


def choose(families: tuple[str, ...] = FAMILIES) -> Card | str | None:
    """The chosen card, or the folder or hub name of your own model; None (with a sentence) while there is none."""
    present = {c.name: c for family in families for c in cards().values() if c.family == family}
    options = [*present, OWN]
    address.take("model", options[0], address.one_of(options, _("model")))
    if st.session_state["model"] not in options:
        st.session_state["model"] = options[0]
    names = {name: c.title for name, c in present.items()} | {OWN: _("Your own model: a folder or a hub name")}
    st.selectbox(_("Model"), options, format_func=lambda name: names[name] if name == OWN else f"{name} · {_(names[name])}", key="model", on_change=_new_model)
    if st.session_state["model"] != OWN:
        return present[st.session_state["model"]]
    address.take("own", "")
    hint = _("A folder with config.json, tokenizer and *.safetensors files, or a name such as owner/model. Nothing in it is run as code.")
    st.text_input(_("Folder or hub name"), key="own", help=hint, placeholder="owner/model", on_change=_new_model)
    if not st.session_state["own"].strip():
        st.info(_("Give the folder or the hub name of a model to see its heads."))
        return None
    return st.session_state["own"].strip()


def _new_model() -> None:
    """What was chosen for another model does not hold for this one."""
    st.session_state["force"] = ()
    address.reset("text", "pair", "reference", "hypothesis", "site", "heads", "step")


def name_of(model: Card | str) -> str:
    return model if isinstance(model, str) else model.name


def load(model: Card | str) -> Any:
    """The stepper (of an encoder: the tracer). InputError when it cannot be had."""
    with st.spinner(_("Loading the model …"), show_time=False):
        return _load(name_of(model), "" if isinstance(model, str) else model.sha256)


@st.cache_resource(max_entries=3, show_spinner=False)
def _load(name: str, sha256: str) -> Any:
    from viz_core import zoo

    return zoo.load(name)


def is_encoder(model: Card | str) -> bool:
    """An encoder reads a text at once; everything else writes one. Your own model is loaded to find out."""
    return not hasattr(load(model), "predict") if isinstance(model, str) else model.family == ENCODER


def encoded(model: Card | str, text: str, pair: str) -> Trace:
    """A text, or two that belong together, through an encoder; the same object as long as it is kept."""
    return _encoded(name_of(model), load(model).identity.sha256, text, pair)


@st.cache_resource(max_entries=12, show_spinner=False)
def _encoded(name: str, sha256: str, text: str, pair: str) -> Trace:
    return _load(name, sha256 if name in cards() else "").trace(text, pair or None)


def written(model: Card | str, text: str, decoding: Decoding) -> Trace:
    """A run of a decoder or an encoder–decoder; the same object as long as it is kept."""
    from viz_core.decoding.notation import to_text

    sha256 = load(model).identity.sha256
    with st.spinner(_("The model writes …"), show_time=False):
        return _written(name_of(model), sha256, text, to_text(decoding))


@st.cache_resource(max_entries=12, show_spinner=False)
def _written(name: str, sha256: str, text: str, decoding: str) -> Trace:
    from viz_core import driver
    from viz_core.decoding.notation import parse

    return driver.run(_load(name, sha256 if name in cards() else ""), text, decoding=parse(decoding))


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
