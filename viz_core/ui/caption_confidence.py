"""How sure a captioning model is of its caption, in words and numbers: low confidence has to be seen."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from viz_core.trace import Trace
from viz_core.ui.errors import plain
from viz_core.ui.words import N_, _

LEVELS = (  # from this probability of the whole caption on
    (0.9, N_("very sure")), (0.5, N_("fairly sure")), (0.1, N_("unsure")), (0.0, N_("guessing")),
)  # fmt: skip
DOUBTFUL = 0.5


def confidence(trace: Trace) -> float:
    """P(caption | picture) = exp Σ log p(y_t | y_<t, a), 0–1, the end included."""
    return math.exp(trace.log_prob or 0.0)


def level(probability: float) -> str:
    """A probability in words."""
    return _(next(text for least, text in LEVELS if probability >= least))


def share(probability: float) -> str:
    """A probability as a person reads it."""
    return f"{probability:.1%}" if probability >= 0.001 or probability == 0 else f"{probability:.1e}"


def show(trace: Trace, language: str) -> None:
    """The level and the numbers, and a warning where the caption should not be believed."""
    probability = confidence(trace)
    least = min(trace.steps, key=lambda step: step.log_prob or 0.0)
    text = _(
        "The model is **{level}**: the whole caption has probability **{p}** (log P = {total} nats, the product of all words and the end), "
        "{mean} a word (geometric mean); least sure is “{word}” with {least}."
    )
    mean = math.exp((trace.log_prob or 0.0) / max(len(trace), 1))
    st.markdown(text.format(
        level=level(probability), p=plain(share(probability)), mean=plain(share(mean)), word=plain(word(least.emitted)),
        least=plain(share(float(np.exp(least.log_prob or 0.0)))), total=f"{trace.log_prob or 0.0:.3f}".replace("-", "−"),
    ))  # fmt: skip
    if says_unknown(trace, language):
        told = [_("The model says that it does not know what this is. It was taught to say so of pictures that show none of the things it has a word for.")]
        if trace.sites:
            told.append(_("The maps then mean little."))
        st.warning(" ".join(told), icon=":material/help:")
    elif probability < DOUBTFUL:
        st.warning(_("Do not rely on this caption: the model itself gives it a probability of only {p}. That happens with things it has no word for, and with blank, noisy or written pictures.").format(p=plain(share(probability))), icon=":material/warning:")


def says_unknown(trace: Trace, language: str) -> bool:
    """Whether the caption is the one for pictures of nothing that has a name."""
    from viz_core.tasks.captions.grammar import UNKNOWN_CAPTION

    words = tuple(step.emitted for step in trace.steps)
    return words[: len(UNKNOWN_CAPTION[language])] == UNKNOWN_CAPTION[language]


def word(emitted: str) -> str:
    """What a step wrote; the end in words."""
    return _("the end") if emitted in ("</s>", "<end>", "") else emitted
