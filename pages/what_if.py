"""What if the model attended otherwise (Michel et al. 2019; Geva et al. 2023)? Edit its attention and compare the outputs."""

import streamlit as st

from viz_core.ui import frame, text_models, what_if
from viz_core.ui.errors import told
from viz_core.ui.words import _

TITLE = "What if"
SUMMARY = "Take a head out, block an edge or set the weights yourself, and see what the model says instead."
ORDER = 32

frame.head(
    _("What if"),
    _(
        "A map shows where a model looks, not whether it matters. Change the attention of a trained model, or one of its tokens, "
        "and compare what it says before and after, with the probability of every token."
    ),
)
first, second = st.columns([2, 3], gap="medium")
with first:
    model = text_models.choose(what_if.FAMILIES)
if model is None:
    st.stop()
with told():
    what_if.show(model, first, second)
