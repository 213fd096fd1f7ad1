"""What writes the caption: which model, in which language, and how each word is chosen. All in the address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from viz_core.decoding.options import MAX_WIDTH
from viz_core.ui import address, choices
from viz_core.ui.caption_runs import ATTENTION, CNN_ATTENTION, CNN_COLOURS, CNN_FIXED, CNN_TRANSFORMER, FIXED, NAMES, REGULARISED, installed
from viz_core.ui.words import N_, _
from viz_core.zoo.cards import Card

if TYPE_CHECKING:
    from viz_core.decoding import Decoding

TITLES = dict(zip(NAMES, (N_("CNN, soft attention"), N_("CNN, colours apart"), N_("CNN, one fixed vector"), N_("CNN, Transformer"), N_("DINOv2, soft attention"), N_("DINOv2, regularised attention"),
                          N_("DINOv2, one fixed vector"), N_("DINOv2, Transformer")), strict=True))  # fmt: skip
_NO_MAP = N_("The same LSTM without attention: it is told the same vector of the whole picture at every word, so there is no map.")
HINTS = {
    CNN_ATTENTION: N_("An LSTM that weighs the patches anew for every word (Xu et al. 2015), over a convolutional network that learned from labelled photographs; what that network's own classes call the place looked at counts, too."),
    CNN_COLOURS: N_("The same LSTM, but which colour it says follows from the colours looked at alone: what a thing is has no say in it. And in training, where a caption names a combination, those that no picture shows were not counted as wrong, so that it writes new ones more reliably."),
    CNN_TRANSFORMER: N_("A Transformer decoder whose cross-attention reads the patches, in several layers and heads (Vaswani et al. 2017), over the same convolutional network."),
    ATTENTION: N_("An LSTM that weighs the patches anew for every word (Xu et al. 2015)."),
    REGULARISED: N_("The same LSTM, trained to look at every patch about equally over the whole caption (Xu et al. 2015, equation 14)."),
    FIXED: _NO_MAP, CNN_FIXED: _NO_MAP,
    "captions-transformer": N_("A Transformer decoder whose cross-attention reads the patches, in several layers and heads (Vaswani et al. 2017)."),
}
LANGUAGES = {"en": "English", "zh": "中文"}


def model() -> Card | None:
    """The chosen model; None (with a sentence) while no captioning model is installed."""
    present = installed()
    if not present:
        st.info(_("No captioning model is installed in this copy of the program, so there is nothing to show yet. Train one: `python -m viz_core train captions-lstm-attention`"))
        return None
    first = next(iter(present))
    address.take("model", first, address.one_of(present, _("model")))
    if st.session_state["model"] not in present:
        st.session_state["model"] = first
    st.segmented_control(_("Model"), list(present), format_func=title, key="model", required=True, wrap=True)
    return present[st.session_state["model"]]


def hint(card: Card) -> None:
    """What the chosen model is, in a sentence."""
    if card.name in HINTS:
        st.caption(_(HINTS[card.name]))


def title(name: str) -> str:
    """A model as a reader knows it."""
    return _(TITLES[name]) if name in TITLES else name


def taken_language() -> str:
    """The language of the caption, not of the page; its control is drawn by `language`."""
    return address.take("language", "en", address.one_of(LANGUAGES, _("language of the caption")))


def language() -> None:
    st.segmented_control(_("Language of the caption"), list(LANGUAGES), format_func=LANGUAGES.get, key="language", required=True)


def width() -> int:
    """Hypotheses that are continued together; 1 is greedy."""
    address.take("beam", 1, address.whole(_("beam width"), 1, MAX_WIDTH))
    hint = _("1 takes the most probable word at every step (greedy); more continue that many partial captions together and draw their tree.")
    st.slider(_("Beam width (1: greedy)"), 1, MAX_WIDTH, key="beam", width=220, help=hint)
    return int(st.session_state["beam"])


def decoding(width: int, forced: tuple[int | None, ...] = ()) -> Decoding:
    """Greedy, or a beam whose captions compare by their mean log-probability a word."""
    from viz_core.decoding import Beam, Greedy

    return Greedy(prefix=forced) if width == 1 else Beam(width=width, prefix=forced)


def forced(about: str) -> tuple[int | None, ...]:
    """Words that the reader forced, by step; let go when the caption is about something else than before."""
    taken = choices.forks_taken()
    if st.session_state.get("caption about", about) != about:
        choices.unfork()
        taken = ()
    st.session_state["caption about"] = about
    return taken
