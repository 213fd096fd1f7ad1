"""The source text: typed, picked from the examples of the card, and shown as the model reads it."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import streamlit as st

from viz_core.ui import address, caches, choices
from viz_core.ui.errors import told
from viz_core.ui.words import _
from viz_core.zoo.cards import Card

if TYPE_CHECKING:
    from viz_core.models.protocol import Source

MOST_EXAMPLES = 6
MOST_WORDS = 60  # shown one by one
WORD = "display:inline-block;margin:2px 4px 2px 0;padding:1px 9px;border:1px solid #8886;border-radius:7px"
UNKNOWN = ";text-decoration:underline dotted 2px #d9730d;text-underline-offset:4px"


def source(card: Card) -> str | None:
    """The text to run, or None (with a sentence about it) while the model cannot read it. What was typed is kept."""
    examples = list(card.examples[:MOST_EXAMPLES])
    address.take("text", examples[0] if examples else "")
    chinese = card.task == "zh-en"
    field, picks = st.columns([3, 4], vertical_alignment="bottom")
    with field:
        st.text_input(_("Chinese sentence") if chinese else _("English word"), key="text", on_change=choices.unfork)
    with picks:
        key = f"example {card.task}"
        st.pills(_("Examples"), examples, key=key, on_change=_pick, args=(key,), wrap=True)
    text, read = st.session_state["text"], None
    with told():
        read = caches.source(card.name, text)
    if read is None:
        return None
    if chinese:
        _words(read)
    return text


def _pick(key: str) -> None:
    if st.session_state[key] is not None:
        st.session_state["text"] = st.session_state[key]
        st.session_state[key] = None  # it is a button, not a state: the text may be edited afterwards
        choices.unfork()


def _words(read: Source) -> None:
    """The words that the model reads, those it never saw underlined, and a place to cut them otherwise."""
    labels, unknown = read.axis.labels, set(read.unknown)
    title = html.escape(_("never seen in training"), quote=True)
    shown = [
        f'<span style="{WORD}{UNKNOWN}" title="{title}">{html.escape(word)}</span>' if i in unknown
        else f'<span style="{WORD}">{html.escape(word)}</span>'
        for i, word in enumerate(labels[:MOST_WORDS])
    ]  # fmt: skip
    if len(labels) > MOST_WORDS:
        shown.append("…")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(_("Words the model reads:"), width="content")
        st.html(f'<div lang="zh">{"".join(shown)}</div>', width="content")
        with st.popover(_("Cut otherwise"), icon=":material/content_cut:"):
            st.session_state["cut"] = " / ".join(labels)
            st.text_input(_("Words, with / between"), key="cut", on_change=_cut, width=420)
    if unknown:
        st.caption(_("Underlined words were never seen in training; the model reads them by their characters."))


def _cut() -> None:
    """The edited words become the text: a text with `/` in it is read as it is cut."""
    words = [word.strip() for word in st.session_state["cut"].split("/")]
    st.session_state["text"] = "/".join(word for word in words if word)
    choices.unfork()
