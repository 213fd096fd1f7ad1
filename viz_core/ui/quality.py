"""How good the variants of a task are beside each other, measured on held-out sentences: quality by length, alignment error."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from viz_core.figures import quality
from viz_core.figures import words as figure_words
from viz_core.ui import choices
from viz_core.ui.words import N_, _

SETS = {"": N_("HSK sentences"), "_grammar": N_("grammar sentences")}  # ending of the metrics' names → which sentences


def show(task: str) -> None:
    """Charts of the cards' metrics, folded away; nothing for a task or a zoo whose cards have none by length."""
    metrics = {_(choices.SCORES[score][0]): card.metrics for score, card in choices.variants(task).items()}
    measured = [suffix for suffix in SETS if any(quality.by_length(values, suffix) for values in metrics.values())]
    if not measured:
        return
    figure_words.use(_)
    folded = st.expander(
        _("How good are they? Held-out sentences, every score function"), icon=":material/monitoring:", key="quality", on_change="rerun"
    )  # fmt: skip
    if not folded.open:
        return  # Streamlit's chart library (4.7 MB) would delay the page's first picture
    with folded:
        left, right = st.columns(2, gap="medium")
        with left:
            _lengths(metrics, measured)
        with right:
            _alignment(metrics)


def _lengths(metrics: quality.Metrics, measured: list[str]) -> None:
    without = _(choices.SCORES["none"][0])
    baseline = without if without in metrics else None
    if baseline:
        st.markdown(_("Without attention one vector has to carry the whole input, and long inputs lose the most (Bahdanau et al. 2015, figure 2)."))
    for suffix, tab in zip(measured, st.tabs([_(SETS[suffix]) for suffix in measured]), strict=True):
        with tab:
            _chart(quality.length_curve(metrics, baseline, suffix), f"lengths {suffix}")


def _alignment(metrics: quality.Metrics) -> None:
    present = {suffix: _(name) for suffix, name in SETS.items() if any(f"aer{suffix}" in values for values in metrics.values())}
    if not present:
        return
    st.markdown(_("The heaviest source word of each target word against a gold alignment: does attention find where a word comes from?"))
    _chart(quality.alignment_bars(metrics, present), "alignment error")


def _chart(figure: go.Figure, key: str) -> None:
    """A figure in the page's own colours, light or dark."""
    figure.update_layout(paper_bgcolor=None, plot_bgcolor=None, font_color=None)
    figure.for_each_xaxis(_uncoloured)
    figure.for_each_yaxis(_uncoloured)
    st.plotly_chart(figure, key=key, theme="streamlit", config={"displayModeBar": False})


def _uncoloured(axis: go.layout.XAxis | go.layout.YAxis) -> None:
    axis.update(gridcolor=None, linecolor=None)
