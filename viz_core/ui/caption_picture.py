"""The picture to caption: an upload, the camera or a sample; or one of many composed scenes, whose right caption is known."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from viz_core.inputs.picture import Picture
from viz_core.tasks.captions import samples
from viz_core.trace.errors import InputError
from viz_core.ui import address, picture_input
from viz_core.ui.errors import plain
from viz_core.ui.words import N_, _

KINDS = {"picture": N_("A picture of yours or a sample"), "scene": N_("A composed scene, by number")}
MOST = 9_999


class Given(NamedTuple):
    """reference: the right caption, "" where nobody knows it."""

    picture: Picture
    reference: str


def choose(language: str) -> Given:
    """The picture on show, with its right caption in a language. InputError when a scene cannot be made."""
    address.take("kind", "picture", address.one_of(KINDS, _("kind of picture")))
    st.segmented_control(_("What is captioned"), list(KINDS), format_func=lambda kind: _(KINDS[kind]), key="kind", required=True)
    if st.session_state["kind"] == "scene":
        return _scene(language)
    picture = picture_input.choose(samples.names())
    shown = st.session_state["picture"]
    if shown not in samples.names():
        return Given(picture, "")
    st.caption(_("Composed samples: drawings of Noto Color Emoji (Google, Apache 2.0) and Fluent Emoji (Microsoft, MIT); no model saw these combinations in training."))
    return Given(picture, samples.sample(shown).captions[language])


def _scene(language: str) -> Given:
    """A held-out scene by its number."""
    address.take("scene", 0, address.whole(_("number of the scene"), 0, MOST))
    st.number_input(_("Number of the scene"), 0, MOST, key="scene", width=180)
    st.caption(_("Scenes of emoji and clip art in combinations that no model saw in training. The drawings (some 100 MB) are fetched at first use, which can take minutes."))
    with st.spinner(_("Composing the scene …"), show_time=True):
        try:
            found = samples.sample(f"{samples.SCENE}{st.session_state['scene']}")
        except OSError as error:
            raise InputError(_("the drawings cannot be fetched ({error}); choose one of the samples").format(error=str(error)[:80])) from error
    return Given(found.picture, found.captions[language])


def thumbnail(given: Given) -> None:
    """The picture that is captioned, small; of a scene with its right caption."""
    st.image(given.picture.pixels, width=200)
    if given.reference:
        st.caption(_("Right caption: {caption}").format(caption=plain(given.reference)))
