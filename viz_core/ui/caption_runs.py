"""Captions that are kept between runs of a page: pictures as the models read them, and what each model writes about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

from viz_core.inputs.picture import Picture
from viz_core.trace import Trace
from viz_core.ui import caches
from viz_core.ui.vision_models import fingerprint
from viz_core.ui.words import _
from viz_core.zoo.cards import Card, cards

if TYPE_CHECKING:  # torch is imported when a model is used, not when a page is opened
    from viz_core.decoding.options import Decoding
    from viz_core.models.protocol import Source

FAMILIES = ("caption-lstm", "caption-transformer")
ATTENTION, REGULARISED = "captions-lstm-attention", "captions-lstm-attention-regularised"
CNN_ATTENTION, CNN_COLOURS, CNN_TRANSFORMER = "captions-cnn-lstm-attention", "captions-cnn-lstm-colours", "captions-cnn-transformer"
FIXED, CNN_FIXED = "captions-lstm-none", "captions-cnn-lstm-none"
# In the order in which they are offered.
NAMES = (CNN_ATTENTION, CNN_COLOURS, CNN_FIXED, CNN_TRANSFORMER, ATTENTION, REGULARISED, FIXED, "captions-transformer")


class Asked(NamedTuple):
    """What a caption is asked for: about which picture, in which language, and how its words are chosen."""

    picture: Picture
    language: str
    decoding: Decoding

    @property
    def key(self) -> str:
        """The picture and the language: what a caption is about, however it is decoded."""
        return f"{fingerprint(self.picture)}:{self.language}"


def installed() -> dict[str, Card]:
    """The captioning models that are there, by name, those of `NAMES` first."""
    found = {card.name: card for card in cards().values() if card.family in FAMILIES}
    return {name: found[name] for name in (*NAMES, *found) if name in found}


def stepper(card: Card, language: str) -> Any:
    """A trained model that writes one of its languages. InputError when it cannot be loaded."""
    return caches.model(card.name).speaking(language)  # type: ignore[attr-defined]


def source(card: Card, picture: Picture) -> Source:
    """A picture as the model reads it: one object for all decoders on the same vision model, which then looks once."""
    model = caches.model(card.name)
    return _source(model.backbone.identity.sha256, fingerprint(picture), model, picture)  # type: ignore[attr-defined]


def trace(card: Card, asked: Asked) -> Trace:
    """A caption, step by step; the same object as long as it is kept."""
    from viz_core.decoding.notation import to_text

    caches.model(card.name)
    with st.spinner(_("The model looks at the picture …"), show_time=False):
        return _trace(card.name, card.sha256, asked.key, to_text(asked.decoding), asked, card)


def traces(shown: Sequence[Card], asked: Asked) -> dict[str, Trace]:
    """The captions of several models, by name."""
    return {card.name: trace(card, asked) for card in shown}


@st.cache_resource(max_entries=12, show_spinner=False)
def _source(backbone: str, picture: str, _model: Any, _picture: Picture) -> Source:
    return _model.encode(_picture)


@st.cache_resource(max_entries=48, show_spinner=False)
def _trace(name: str, sha256: str, asked: str, decoding: str, _asked: Asked, _card: Card) -> Trace:
    from viz_core import driver

    return driver.run(stepper(_card, _asked.language), source(_card, _asked.picture), decoding=_asked.decoding)
