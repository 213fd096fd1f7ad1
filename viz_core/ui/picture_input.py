"""The one control for pictures: a file, the camera, or a sample with a clean licence. Every page that reads pictures uses it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from viz_core.inputs.picture import MOST_BYTES, Picture, read
from viz_core.tasks.captions import samples as scenes
from viz_core.tasks.fashion_mnist import samples as clothing
from viz_core.tasks.named_pictures import named
from viz_core.tasks.sample_pictures import DRAWN, SAMPLE, SAMPLES
from viz_core.ui import address
from viz_core.ui.class_names import class_name
from viz_core.ui.errors import plain, sentence, tell, told
from viz_core.ui.sentences import translated
from viz_core.ui.words import N_, _
from viz_core.trace.errors import InputError

OWN = "own"
FIRST = "airplane"
TITLES = {
    "airplane": N_("aeroplane"), "sheep": N_("sheep"), "boats": N_("boats"), "house": N_("house"), "flower": N_("flower"), DRAWN: N_("shapes (drawn)"),
    f"{scenes.SCENE}apples": N_("apples and a snail"), f"{scenes.SCENE}owls": N_("frogs and owls"),
    f"{scenes.SCENE}pineapple": N_("a pineapple and a tree"), f"{scenes.SCENE}castle": N_("a dog and a castle"),
}  # fmt: skip


def choose(more: Sequence[str] = ()) -> Picture:
    """The picture to look at, with what was done to it said below. Uploads are kept for the session only and are never in the
    address. more: samples of the model's own, offered first (names such as `clothing:bag`)."""
    options = (*more, *SAMPLES)
    first = options[0] if more else FIRST
    address.take("picture", first, lambda text: address.one_of((*options, OWN), _("picture"))(text.removeprefix(SAMPLE)))
    if st.session_state["picture"] not in (*options, OWN):  # of another model
        st.session_state["picture"] = first
    file, camera, samples = st.columns([3, 2, 4], gap="medium")
    with file:
        help_text = _("PNG, JPEG, WebP, GIF, BMP or TIFF, at most {n} MB. It stays on this computer's server and is forgotten with the session.").format(n=MOST_BYTES // 1_000_000)
        st.file_uploader(_("Your picture"), key="upload", help=help_text, on_change=_taken, args=("upload",), max_upload_size=MOST_BYTES // 1_000_000)
    with camera:
        st.toggle(_("Use the camera"), key="camera on")
        if st.session_state["camera on"]:
            st.camera_input(_("Camera"), key="camera", on_change=_taken, args=("camera",), label_visibility="collapsed")
    st.session_state["sample"] = st.session_state["picture"] if st.session_state["picture"] in options else None
    with samples:
        st.pills(_("Sample pictures"), options, format_func=_title, key="sample", on_change=_picked, wrap=True)
        st.caption(_("Photographs: J. Paul Getty Museum, CC0, through the stdlib project's packages."))
    found = _chosen(first)
    facts = _("{name} · {kind} · {w} × {h} pixels").format(name=plain(class_name(found.name)), kind=found.kind, w=found.size[0], h=found.size[1])
    st.caption(" · ".join([facts, *(plain(sentence(translated(note))) for note in found.notes)]))
    return found


def _title(name: str) -> str:
    return _(TITLES[name]) if name in TITLES else class_name(name.removeprefix(clothing.CLOTHING))


def _chosen(first: str) -> Picture:
    """The upload, or the sample; the drawn one where a sample cannot be fetched."""
    wanted = st.session_state["picture"]
    if error := st.session_state.pop("refused picture", None):
        tell(InputError(error))
    if wanted == OWN and "own picture" in st.session_state:
        return st.session_state["own picture"]
    if wanted == OWN:
        st.info(_("The picture of this link was uploaded by somebody else and is not in it; a sample is shown instead."))
        wanted = first
    with told():
        return named(wanted)
    return named(DRAWN)


def _taken(key: str) -> None:
    """A file came, or a photograph; one that cannot be read leaves the picture on show as it is."""
    given = st.session_state.get(key)
    if given is None:
        return
    try:
        st.session_state["own picture"] = read(given.getvalue(), given.name)
        st.session_state["picture"] = OWN
    except InputError as error:
        st.session_state["refused picture"] = str(error)


def _picked() -> None:
    if st.session_state["sample"] is not None:
        st.session_state["picture"] = st.session_state["sample"]
