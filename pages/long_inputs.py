"""Attention over thousands of tokens (Xiao et al. 2024, on attention sinks): the whole map in blocks, every weight on zooming in."""

import streamlit as st

from viz_core.ui import frame, long_inputs, text_models
from viz_core.ui.errors import told
from viz_core.ui.words import _

TITLE = "Long inputs"
SUMMARY = "Read up to 4,096 tokens at once and zoom from the whole map of a head down to single weights."
ORDER = 34

frame.head(
    _("Long inputs"),
    _(
        "A language model reads a whole text in one pass, and every head makes a map of tokens × tokens: at 4,096 tokens that is "
        "16.8 million weights a head. Below is the whole map in blocks; zoom in and the region on show is computed exactly, down to single weights."
    ),
)
first, second = st.columns([3, 2], gap="medium")
with second:
    model = text_models.choose((text_models.DECODER,))
if model is None:
    st.stop()
with told():
    text = long_inputs.source(first, second)
    if text:
        long_inputs.show(model, text)
