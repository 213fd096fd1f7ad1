"""Attention as soft alignment (Bahdanau et al. 2015; Luong et al. 2015): every step of an encoder–decoder."""

import streamlit as st

from viz_core.ui import about, caches, choices, frame, inputs, quality, runs, scrubber
from viz_core.ui.errors import told
from viz_core.ui.words import _

TITLE = "Alignment"
SUMMARY = "Watch a trained encoder–decoder choose each output token, and see which source words it looks back at."
ORDER = 10

frame.head(
    _("Alignment"),
    _(
        "An encoder reads the source, a decoder writes the output one token at a time, and at every step attention weighs "
        "the source positions anew. Step through the run to see the weights, the other candidates with their "
        "probabilities, and the equations with the numbers of that step."
    ),
)
card, other = choices.models(beside=True)
text = inputs.source(card)
picture, controls = st.container(), st.container()
with controls:
    decoding = choices.decoding(None if text is None else lambda: caches.greedy_output(card.name, text))
if text is not None:
    with picture, told():
        runs.show([c for c in (card, other) if c], text, decoding)
scrubber.show(card)
quality.show(card.task)
about.show(card)
if other:
    about.show(other)
