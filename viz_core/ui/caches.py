"""What is kept between runs of a page: models, sources, traces. Bounded, shared by all sessions, never changed.

Everything is keyed by the SHA-256 of the weights, so that a new weights file is a new model at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from viz_core.trace import Trace
from viz_core.ui.words import _

if TYPE_CHECKING:  # torch is imported when a model is used, not when a page is opened
    from viz_core.decoding.options import Decoding
    from viz_core.models.protocol import Source, Stepper


def model(name: str) -> Stepper:
    """A model of the zoo, or one from a folder or the hub; InputError for a name that is none of these, and for weights that
    are missing or not those of the card."""
    from viz_core.zoo.cards import cards

    with st.spinner(_("Loading the model …"), show_time=False):
        return _model(name, cards()[name].sha256 if name in cards() else "")


def source(name: str, text: str) -> Source:
    """What a model reads of a text; InputError when it cannot read it."""
    return model(name).encode(text)


def trace(name: str, text: str, decoding: Decoding) -> Trace:
    """A run of a model; the same object as long as it is kept."""
    from viz_core.decoding.notation import to_text

    return _trace(name, model(name).identity.sha256, text, to_text(decoding))


@st.cache_resource(max_entries=6, show_spinner=False)
def _model(name: str, sha256: str) -> Stepper:
    from viz_core import zoo

    return zoo.load(name)


@st.cache_resource(max_entries=48, show_spinner=False)
def _trace(name: str, sha256: str, text: str, decoding: str) -> Trace:
    from viz_core import driver
    from viz_core.decoding.notation import parse

    return driver.run(_model(name, sha256), text, decoding=parse(decoding))


def greedy_output(name: str, text: str) -> str:
    """What the model says by itself: where a reference begins."""
    from viz_core.decoding import Greedy

    return trace(name, text, Greedy()).output
