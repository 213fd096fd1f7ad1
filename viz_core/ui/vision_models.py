"""Choosing a model that looks at pictures: one of the zoo, or your own; loading it, and running it once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import streamlit as st

from viz_core.inputs.picture import Picture
from viz_core.trace import Trace
from viz_core.trace.errors import InputError
from viz_core.ui import address, caches, model_choice
from viz_core.ui.words import _
from viz_core.zoo.cards import Card, cards

if TYPE_CHECKING:
    from viz_core.models.protocol import Source

TASKS = ("picture-encoder", "everyday-pictures", "fashion-mnist")  # whose models look at pictures, the first one first


def choose() -> Card | str | None:
    """The chosen card, or the folder or hub name of your own model; None (with a sentence) while there is none."""
    present = [card for task in TASKS for card in cards().values() if card.task == task]
    hint = _("A folder with config.json and *.safetensors files of a ViT, DeiT, DINOv2 or CLIP vision model, or a name such as owner/model. Nothing in it is run as code.")
    return model_choice.choose(present, hint, _("Give the folder or the hub name of a vision model to see its patches."), _new_model)


def _new_model() -> None:
    """What was chosen for another model does not hold for this one."""
    address.reset("layer", "head", "token", "class", "side")


def load(model: Card | str) -> Any:
    """The stepper. InputError when it cannot be had, or reads no pictures."""
    found = caches.model(model_choice.name_of(model))
    if not hasattr(found, "backbone"):
        raise InputError(_("this model reads no pictures; give a ViT, DeiT, DINOv2 or CLIP vision model"))
    return found


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
