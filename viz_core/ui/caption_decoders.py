"""One picture, every decoder: what each writes and how probable it holds it."""

from __future__ import annotations

import math

import streamlit as st

from viz_core.ui import caption_choices, caption_runs
from viz_core.ui.caption_confidence import share
from viz_core.ui.caption_runs import Asked
from viz_core.ui.words import _


def show(asked: Asked, reference: str = "") -> None:
    """A table, a line a model. reference: the right caption where it is known; nothing when one model only is installed."""
    present = caption_runs.installed()
    if len(present) < 2:
        return
    st.subheader(_("The same picture, other decoders"))
    st.markdown(_("All cut the picture into the same patches and learned from captions of one kind, some from more of them than others (their cards say how many). They differ in the frozen vision model that describes the patches (DINOv2, or a convolutional network) and in how the decoder is told of them; the regularised one only in what it was rewarded for: looking at every patch."))
    lines = []
    for name, trace in caption_runs.traces(list(present.values()), asked).items():
        total = trace.log_prob or 0.0
        line = {
            _("decoder"): caption_choices.title(name), _("caption"): trace.output.strip() or "–",
            _("probability"): share(math.exp(total)), _("a word (geometric mean)"): share(math.exp(total / max(len(trace), 1))),
            _("log P, nats"): f"{total:.2f}".replace("-", "−"),
        }  # fmt: skip
        if reference:
            line[_("right")] = "✓" if trace.output.strip() == reference else "✗"
        lines.append(line)
    st.dataframe(lines, hide_index=True, width="stretch", column_config={_("caption"): st.column_config.TextColumn(width="large")})
