"""How good each map method is: measured over many pictures, from the model's card, as a table."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from viz_core.figures import words as figure_words
from viz_core.figures.patch_words import method_name
from viz_core.ui.words import N_, _
from viz_core.zoo.cards import Card

METHODS = ("raw", "rollout", "gradient_rollout", "relevance")
CONTROLS = {"random": N_("random order"), "uniform": N_("equal weights"), "centre": N_("the middle of the picture")}
MEASURES = {
    "deletion_area": N_("deletion area ↓"), "insertion_area": N_("insertion area ↑"), "pixel_accuracy": N_("pixel accuracy ↑"),
    "miou": N_("mean IoU ↑"), "mean_ap": N_("mean AP ↑"),
}  # fmt: skip


def show(card: Card) -> None:
    """The table; nothing for a model without these measures."""
    found = table(card)
    if found.empty:
        return
    with st.expander(_("Which of the four maps is best? Measured over many pictures"), icon=":material/leaderboard:"):
        st.dataframe(found.style.format("{:.3f}", na_rep="–"), width="stretch")
        st.caption(
            _("Deletion and insertion: area under the probability of the class as cells are taken out or put in, most important first. Pixel accuracy, mean IoU and mean AP: "
              "how well the map covers the things in composed scenes whose places are known. The last rows are what a map must beat.")
        )  # fmt: skip


def table(card: Card) -> pd.DataFrame:
    """A row a method (and control), a column a measure, as far as the card tells them."""
    figure_words.use(_)
    names = {method: method_name(method) for method in METHODS} | {name: _(text) for name, text in CONTROLS.items()}
    rows = {
        title: {_(text): card.metrics[f"{measure}_{name}"] for measure, text in MEASURES.items() if f"{measure}_{name}" in card.metrics}
        for name, title in names.items()
    }  # fmt: skip
    return pd.DataFrame.from_dict({title: values for title, values in rows.items() if values}, orient="index")
