"""Why scores are divided by √d_k: softmax of random dot products, measured with and without the division."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from viz_core.figures import words as figure_words
from viz_core.figures.self_attention_scaling import scaling
from viz_core.ui import address
from viz_core.ui.charts import chart
from viz_core.ui.words import _

if TYPE_CHECKING:  # torch is imported when something is measured
    from viz_core.layers.softmax_scaling import Scaling

FEWEST, MOST, USUAL = 2, 64, 10
DRAWS, SHOWN = 400, 64  # SHOWN: the d_k that the sentence speaks of


def show(here: int) -> None:
    """The section with its chart. here: d_k of the numbers above."""
    st.subheader(_("What softmax does without ÷ √dₖ"))
    address.take("keys", USUAL, address.whole(_("number of keys"), FEWEST, MOST))
    st.slider(_("Keys to attend to"), FEWEST, MOST, key="keys", width=320)
    keys = st.session_state["keys"]
    found = _measured(keys)
    at = found.depths.index(SHOWN)
    scaled, plain = ({name: float(values[at, 1]) for name, values in found_by.items()} for found_by in (found.scaled, found.unscaled))
    text = _(
        "A dot product of dₖ random terms spreads like √dₖ. At dₖ = {d} the largest of {n} weights is {a} in the middle of the draws when the "
        "scores are not divided, and {b} when they are; what softmax lets through of a gradient falls from {g} to {f}. Undivided, "
        "attention picks one word and stops learning which."
    )
    st.markdown(text.format(d=SHOWN, n=keys, a=_short(plain["largest"]), b=_short(scaled["largest"]), g=_short(scaled["gradient"]), f=_short(plain["gradient"])))
    figure_words.use(_)
    chart(scaling(found.depths, found.scaled, found.unscaled, keys, here), "softmax scaling")
    st.caption(_(
        "Measured here, {n} draws for every dₖ: lines are medians, bands the middle 80 %. The gradient is the Frobenius norm of the "
        "derivative of all weights by all scores. The dotted line is the dₖ of the numbers above."
    ).format(n=DRAWS))  # fmt: skip


@st.cache_data(max_entries=64, show_spinner=False)
def _measured(keys: int) -> Scaling:
    from viz_core.layers.softmax_scaling import measure

    return measure(keys, DRAWS)


def _short(value: float) -> str:
    return np.format_float_positional(value, precision=2, unique=False, fractional=False, trim="-")
