"""Choosing a model that looks at pictures: one of the zoo, or your own; loading it, and running it once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import streamlit as st

from viz_core.inputs.picture import Picture
from viz_core.trace import Trace
from viz_core.trace.errors import InputError
from viz_core.ui import address
from viz_core.ui.words import _
from viz_core.zoo.cards import Card, cards

if TYPE_CHECKING:
    from viz_core.models.protocol import Source

TASKS = ("picture-encoder", "everyday-pictures", "fashion-mnist")  # whose models look at pictures, the first one first
OWN = "own"


def choose() -> Card | str | None:
    """The chosen card, or the folder or hub name of your own model; None (with a sentence) while there is none."""
    present = {card.name: card for task in TASKS for card in cards().values() if card.task == task}
    options = [*present, OWN]
    address.take("model", options[0], address.one_of(options, _("model")))
    if st.session_state["model"] not in options:
        st.session_state["model"] = options[0]
    names = {name: f"{name} · {_(card.title)}" for name, card in present.items()} | {OWN: _("Your own model: a folder or a hub name")}
    st.selectbox(_("Model"), options, format_func=names.get, key="model", on_change=_new_model)
    if st.session_state["model"] != OWN:
        return present[st.session_state["model"]]
    address.take("own", "")
    hint = _("A folder with config.json and *.safetensors files of a ViT, DeiT, DINOv2 or CLIP vision model, or a name such as owner/model. Nothing in it is run as code.")
    st.text_input(_("Folder or hub name"), key="own", help=hint, placeholder="owner/model", on_change=_new_model)
    if not st.session_state["own"].strip():
        st.info(_("Give the folder or the hub name of a vision model to see its patches."))
        return None
    return st.session_state["own"].strip()


def _new_model() -> None:
    """What was chosen for another model does not hold for this one."""
    address.reset("layer", "head", "token", "class", "side")


def load(model: Card | str) -> Any:
    """The stepper. InputError when it cannot be had, or reads no pictures."""
    with st.spinner(_("Loading the model …"), show_time=False):
        found = _load(model if isinstance(model, str) else model.name, "" if isinstance(model, str) else model.sha256)
    if not hasattr(found, "backbone"):
        raise InputError(_("this model reads no pictures; give a ViT, DeiT, DINOv2 or CLIP vision model"))
    return found


@st.cache_resource(max_entries=3, show_spinner=False)
def _load(name: str, sha256: str) -> Any:
    from viz_core import zoo

    return zoo.load(name)


def looked(model: Any, picture: Picture, longest: int) -> tuple[Source, Trace]:
    """A picture through a model; the same objects as long as they are kept."""
    with st.spinner(_("The model looks at the picture …"), show_time=False):
        return _looked(model.identity.sha256, fingerprint(picture), longest, model, picture)


def fingerprint(picture: Picture) -> str:
    """What makes two pictures the same: what was in the file, and its name."""
    return f"{picture.name}:{hashlib.sha256(picture.pixels.tobytes()).hexdigest()[:24]}"


@st.cache_resource(max_entries=8, show_spinner=False)
def _looked(sha256: str, picture: str, longest: int, _model: Any, _picture: Picture) -> tuple[Source, Trace]:
    source = _model.encode(_picture, None if _model.backbone.fixed else longest)
    return source, _model.trace(source)
