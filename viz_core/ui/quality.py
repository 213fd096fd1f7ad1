"""How good the variants of a task are beside each other, measured on held-out sentences: quality by length, alignment error."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import plotly.graph_objects as go
import streamlit as st

from viz_core.figures import quality, training_curve
from viz_core.figures import words as figure_words
from viz_core.ui import address, choices
from viz_core.ui.words import N_, _

SETS = {"": N_("HSK sentences"), "_grammar": N_("grammar sentences")}  # ending of the metrics' names → which sentences

TRAINED = ("bleu",)  # higher is better
OVER = {"minutes": N_("minutes of training"), "updates": N_("updates")}


def show(task: str) -> None:
    """Charts of the cards' metrics, folded away; nothing for a task or a zoo whose cards have none by length."""
    metrics = {choices.score_name(score): card.metrics for score, card in choices.variants(task).items()}
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
        _training({choices.score_name(score): card.curve for score, card in choices.variants(task).items() if card.curve})


def _lengths(metrics: quality.Metrics, measured: list[str]) -> None:
    baseline = _without(metrics)
    if baseline:
        st.markdown(_("Without attention one vector has to carry the whole input, and long inputs lose the most (Bahdanau et al. 2015, figure 2)."))
    for suffix, tab in zip(measured, st.tabs([_(SETS[suffix]) for suffix in measured]), strict=True):
        with tab:
            _chart(quality.length_curve(metrics, baseline, suffix), f"lengths {suffix}")


def _without(models: Collection[str]) -> str | None:
    """The model without attention among those that are compared, which is their baseline."""
    name = _(choices.SCORES["none"][0])
    return name if name in models else None


def _alignment(metrics: quality.Metrics) -> None:
    present = {suffix: _(name) for suffix, name in SETS.items() if any(f"aer{suffix}" in values for values in metrics.values())}
    if not present:
        return
    st.markdown(_("The heaviest source word of each target word against a gold alignment: does attention find where a word comes from?"))
    _chart(quality.alignment_bars(metrics, present), "alignment error")


def _training(curves: Mapping[str, training_curve.Curve]) -> None:
    """How fast each variant learned, and when it was as good as the best of the others became."""
    metric = next((name for name in TRAINED if sum(any(name in entry for entry in curve) for curve in curves.values()) > 1), None)
    if metric is None:
        return
    address.take("over", "minutes", address.one_of(OVER, _("training axis")))
    st.segmented_control(_("Learning, over"), list(OVER), format_func=lambda name: _(OVER[name]), key="over", required=True)
    tops = {label: training_curve.best(curve, metric) for label, curve in curves.items()}
    names = sorted((label for label in tops if tops[label] > 0), key=lambda label: -tops[label])
    level = tops[names[1]]
    _chart(training_curve.training_curve(curves, metric, st.session_state["over"], level, _without(curves)), "training curves")
    st.markdown(_compared(curves, metric, names, level))


def _compared(curves: Mapping[str, training_curve.Curve], metric: str, names: list[str], level: float) -> str:
    """When the best variant was as good as the second best became."""
    first, second = (training_curve.reached(curves[name], metric, level) for name in names[:2])
    assert first is not None and second is not None  # the level is the second's own, and below the first's
    text = _(
        "“{best}” was as good as “{other}” ever became ({level} {metric} on development sentences) after {a} updates and {b} minutes; "
        "“{other}” took {c} updates and {d} minutes. Minutes are of one CPU core that other work shared, so that updates compare better."
    )
    return text.format(
        best=names[0], other=names[1], level=f"{level:.1f}", metric=metric.upper(),
        a=f"{first.updates:,.0f}", b=f"{first.minutes:.0f}", c=f"{second.updates:,.0f}", d=f"{second.minutes:.0f}",
    )  # fmt: skip


def _chart(figure: go.Figure, key: str) -> None:
    """A figure in the page's own colours, light or dark."""
    figure.update_layout(paper_bgcolor=None, plot_bgcolor=None, font_color=None)
    figure.for_each_xaxis(_uncoloured)
    figure.for_each_yaxis(_uncoloured)
    st.plotly_chart(figure, key=key, theme="streamlit", config={"displayModeBar": False})


def _uncoloured(axis: go.layout.XAxis | go.layout.YAxis) -> None:
    axis.update(gridcolor=None, linecolor=None)
