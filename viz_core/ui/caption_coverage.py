"""The doubly stochastic regulariser (Xu et al. 2015, eq. 14): the same picture through the model with and without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from viz_core.figures import words as figure_words
from viz_core.figures.caption_coverage import Coverage, coverage, coverage_curves, coverage_maps
from viz_core.ui import caption_choices, caption_runs
from viz_core.ui.caption_runs import ATTENTION, REGULARISED, Asked
from viz_core.ui.charts import chart
from viz_core.ui.errors import plain
from viz_core.ui.words import N_, _
from viz_core.zoo.cards import Card

NUMBERS = {  # of a card: name, what it is
    "coverage_variance": N_("variance over patches of Σₜ αₜᵢ (0: all alike)"), "coverage_penalty": N_("mean over patches of (1 − Σₜ αₜᵢ)²"),
    "coverage_share": N_("patches that get half of an equal share or more"), "exact": N_("captions exactly right, unseen combinations"), "pointing_game": N_("pointing game"), "mass_inside": N_("attention inside the thing"),
}  # fmt: skip


def show(asked: Asked, image: str) -> None:
    """Both maps, the formula with this picture's numbers, and the cards' numbers; nothing unless both models are installed."""
    present = caption_runs.installed()
    pair = [present[name] for name in (ATTENTION, REGULARISED) if name in present]
    if len(pair) < 2:
        return
    st.subheader(_("Is every patch looked at? The doubly stochastic regulariser"))
    st.markdown(_(
        "α sums to 1 over the patches at every word. The regulariser asks for the other direction too: over all words, each patch "
        "should be looked at equally. On the left the model trained without it, on the right with it, on this picture and on one colour scale."
    ))  # fmt: skip
    figure_words.use(_)
    found = {caption_choices.title(name): trace for name, trace in caption_runs.traces(pair, asked).items()}
    looked = {name: coverage(trace) for name, trace in found.items()}
    chart(coverage_maps(looked, image), "coverage maps")
    st.caption(" · ".join(f"{name}: “{plain(trace.output.strip())}”" for name, trace in found.items()))
    _formula(looked)
    chart(coverage_curves(looked), "coverage curves")
    _cards(pair)


def _formula(found: Mapping[str, Coverage]) -> None:
    """The penalty with both models' numbers, and the least that it could be."""
    lines = [
        r"\mathrm{penalty} &= \sum_{i=1}^{L} \Bigl(1 - \sum_{t=1}^{T} \alpha_{ti}\Bigr)^2",
        r"&= L\,(1 - T/L)^2 + L \cdot \mathrm{Var}_i\Bigl(\sum_t \alpha_{ti}\Bigr)",
    ]
    st.latex(_aligned(lines))
    for name, item in found.items():
        size = item.looked.size
        substituted = rf"&{size}\,(1 - {item.words}/{size})^2 + {size} \cdot {item.variance:.5f}"
        st.latex(_aligned([rf"&\text{{{name}:}}", substituted, rf"&= {item.least:.2f} + {size * item.variance:.2f} = {item.penalty:.2f}"]))
    first = next(iter(found.values()))
    st.caption(_(
        "With {words} words and {patches} patches the mean of Σₜ αₜᵢ is {mean}, far below the 1 that the formula asks for: there are fewer words than patches. "
        "So it cannot be 0, and all it can do is to make the patches alike (the second term)."
    ).format(words=first.words, patches=first.looked.size, mean=f"{first.mean:.3f}"))  # fmt: skip


def _aligned(lines: Sequence[str]) -> str:
    """Lines one below the other, so that a narrow page shows them whole."""
    return r"\begin{aligned}" + r" \\[4pt] ".join(lines) + r"\end{aligned}"


def _cards(pair: list[Card]) -> None:
    """What the regulariser changed, measured over many pictures."""
    found = table(pair)
    if not found.empty:
        st.markdown(_("Over many pictures, from the models' cards:"))
        st.dataframe(found.style.format("{:.4g}", na_rep="–"), width="stretch")


def table(pair: list[Card]) -> pd.DataFrame:
    """A row a measure that both cards have, a column a model."""
    rows = {
        _(text): {caption_choices.title(card.name): card.metrics[name] for card in pair}
        for name, text in NUMBERS.items() if all(name in card.metrics for card in pair)
    }  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index")
