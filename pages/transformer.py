"""The Transformer (Vaswani et al. 2017): every box of a trained encoder–decoder with its tensors, and what its parts are for."""

import streamlit as st

from viz_core.ui import about, frame, transformer, transformer_parts, transformer_positions
from viz_core.ui.errors import told
from viz_core.ui.words import _

TITLE = "Transformer"
SUMMARY = "Open any box of a trained Transformer and see its tensors at every step, and what happens without positions."
ORDER = 22

frame.head(
    _("Transformer"),
    _(
        "A Transformer has no recurrence: every layer lets each word look at all others at once. Click any box of a trained encoder–decoder "
        "to see the tensors there, with the numbers of the step on show; below, its parts are taken out or replaced, and the difference is measured."
    ),
)
card = transformer.model()
if card is None:
    st.stop()
text = transformer.show(card)
if text is not None:
    for part in (transformer_positions.show, transformer_parts.normalisation, transformer_parts.scale, transformer_parts.paths):
        with told():
            part(card, text)
about.show(card)
