"""How far past training the machines hold, measured on fresh tapes."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from viz_core.figures import ntm_quality
from viz_core.figures import words as figure_words
from viz_core.tasks.tapes import copy
from viz_core.ui.words import _
from viz_core.zoo.cards import cards


def show(names: Mapping[str, str]) -> None:
    """A chart of the cards' metrics, folded away; nothing when no card has any. names: what to call a model."""
    measured = {name: card.metrics for name, card in cards().items() if card.task == copy.NAME}
    found = {_(names.get(name, name)): measured[name] for name in (*(n for n in names if n in measured), *(n for n in measured if n not in names))}
    if not any(ntm_quality.by_length(metrics) for metrics in found.values()):
        return
    title = _("How far past training does copying hold? With a memory and without")
    folded = st.expander(title, icon=":material/monitoring:", key="ntm quality", on_change="rerun")
    if not folded.open:
        return  # Streamlit's chart library (4.7 MB) would delay the page's first picture
    figure_words.use(_)
    with folded:
        st.markdown(_("Every point is 200 fresh tapes. The machines were trained on 1 to 20 vectors; beyond that nothing was shown to them."))
        figure = ntm_quality.error_curve(found, copy.TRAINED)
        figure.update_layout(paper_bgcolor=None, plot_bgcolor=None, font_color=None)
        st.plotly_chart(figure, key="ntm error curve", theme="streamlit", config={"displayModeBar": False})
