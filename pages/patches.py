"""A picture in patches (Dosovitskiy et al. 2021): the grid, the sequence, and what each patch attends to."""

import streamlit as st

from viz_core.ui import frame, patches, vision_models
from viz_core.ui.errors import told
from viz_core.ui.words import _

TITLE = "Patches"
SUMMARY = "Cut a picture into patches and click one to see which others a vision Transformer makes it look at, layer by layer."
ORDER = 40

frame.head(
    _("Patches"),
    _(
        "A vision Transformer reads a picture like a sentence: it cuts it into square patches, puts them in a row, and lets each "
        "attend to all others. Point at a patch to see where it looks; the weights are those of the real model on this picture."
    ),
)
with told():
    model = vision_models.choose()
    if model is None:
        st.stop()
    patches.show(model)
