"""All heads of a pretrained model (Vaswani et al. 2017, §3.2.2; Vig 2019; Clark et al. 2019): who attends to whom, everywhere."""

import streamlit as st

from viz_core.ui import frame, heads, text_models
from viz_core.ui.errors import told
from viz_core.ui.words import _

TITLE = "Heads"
SUMMARY = "See every attention head of a real pretrained model at once, and look closely at the ones that stand out."
ORDER = 30

frame.head(
    _("Heads"),
    _(
        "A Transformer attends many times at once: every layer has several heads, and each looks at the text in its own way. "
        "All of them are drawn below for your sentence; pick one, or several, to see which token looks at which, with the true weights."
    ),
)
first, second = st.columns([2, 3], gap="medium")
with first:
    model = text_models.choose()
if model is None:
    st.stop()
with told():
    heads.show(model, first, second)
