"""How far back a gradient reaches: in the encoder on show, and in a plain RNN beside an LSTM of the same size."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from viz_core.decoding import Greedy
from viz_core.figures import lstm
from viz_core.figures import words as figure_words
from viz_core.tasks import remember
from viz_core.trace.errors import InputError
from viz_core.ui import about, address, caches
from viz_core.ui.charts import chart
from viz_core.ui.errors import plain, told
from viz_core.ui.words import N_, _
from viz_core.zoo.cards import Card, cards

if TYPE_CHECKING:
    from viz_core.explain.gradient_reach import GradientReach

PAIR = {"rnn": "reach-rnn", "lstm": "reach-lstm"}
LONGEST_ENCODED = 60  # source positions whose Jacobians (2H × 2H each) are multiplied
MOST_FILLERS = 200
NAMES = {"lstm cell": N_("LSTM, cell to cell ∂m_T/∂m_t"), "lstm": N_("LSTM, state to state ∂h_T/∂h_t"), "rnn": N_("plain RNN ∂h_T/∂h_t")}


def encoder(card: Card, text: str, part: str) -> None:
    """The gradient in the encoder that is on show, on its own input."""
    if part == "decoder":
        return
    st.subheader(_("How far back a gradient reaches in this encoder"))
    labels = caches.source(card.name, text).axis.labels
    if len(labels) > LONGEST_ENCODED:
        st.info(_("Sources of more than {n} positions are not measured here; shorten the input.").format(n=LONGEST_ENCODED))
        return
    found = _encoder(card.name, card.sha256, text, part)
    read = labels[::-1] if part == "backward" else labels
    if found.cell is None:
        raise InputError(f"{card.name} has no LSTM encoder; choose another model")
    text = _(
        "On its way from the last position back to the first, {label}, a gradient is multiplied by up to **{c}** along the cell "
        "(∂m_T/∂m_t), and by up to **{h}** from hidden state to hidden state (∂h_T/∂h_t). These are the largest singular values "
        "of the derivatives, measured by automatic differentiation on this input."
    )
    st.markdown(text.format(label=plain(read[0]), c=_number(found.cell[0]), h=_number(found.hidden[0])))
    curves = {_(NAMES["lstm cell"]): ("lstm cell", found.cell, True), _(NAMES["lstm"]): ("lstm", found.hidden, True)}
    _chart(curves, read, "gradient encoder")


def pair() -> None:
    """Plain RNN against LSTM on the same task, with answers, gradients and accuracy."""
    known = {kind: cards()[name] for kind, name in PAIR.items() if name in cards()}
    st.subheader(_("A plain RNN beside an LSTM"))
    if len(known) < len(PAIR):
        st.info(_("The two small models are not in this copy of the program. Train them: `python -m viz_core train reach-rnn` and `reach-lstm`"))
        return
    st.markdown(_(
        "Both have 64 hidden units and learned the same task in the same number of steps: after a row of letters and `?`, say the "
        "**first** letter. Both apply the same parameters at every step. Training rows had {low} to {high} letters in between."
    ).format(low=remember.TRAINED[0], high=remember.TRAINED[1]))  # fmt: skip
    text = _task_input()
    with told():
        _answers(known, text)
        _gradients(known, text)
    _accuracy(known)
    st.caption(_(
        "What vanishes is the gradient, not every chance to learn: with rows of 0 to 40 letters, short ones among them, the plain "
        "RNN learned this task too."
    ))
    st.markdown("**" + _("In short: the same parameters at every step; the cell carries the gradient, the plain RNN's vanishes.") + "**")
    for card in known.values():
        about.show(card)


def _task_input() -> str:
    address.take("fillers", 30, address.whole(_("number of letters in between"), 0, MOST_FILLERS))
    address.take("draw", 1, address.whole(_("draw"), 0, 9999))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.slider(_("Letters in between"), 0, MOST_FILLERS, key="fillers", width=420)
        st.number_input(_("Draw"), 0, 9999, key="draw", width=110, help=_("Another number draws other letters."))
    units = remember.source(st.session_state["fillers"], random.Random(st.session_state["draw"]))
    return "".join(units)


def _answers(known: dict[str, Card], text: str) -> None:
    """What each model answers, and how sure it is of the right letter."""
    lines = [_("Row: `{row}`, right answer **{letter}**.").format(row=text if len(text) <= 80 else f"{text[:40]} … {text[-20:]}", letter=text[0])]
    for kind, card in known.items():
        trace = caches.trace(card.name, text, Greedy())
        step = trace.steps[min(len(text), len(trace)) - 1]  # a model that stops before the question answers nothing
        line = _("{model} answers **{answer}** with p = {p}") if step.emitted == text[0] else _("{model} answers {answer} (wrong) with p = {p}")
        lines.append(line.format(model=_(KINDS[kind]), answer=plain(step.emitted), p=f"{math.exp(step.log_prob or 0.0):.3f}"))
    st.markdown("\n".join(f"- {line}" for line in lines))


KINDS = {"rnn": N_("plain RNN"), "lstm": N_("LSTM")}


def _gradients(known: dict[str, Card], text: str) -> None:
    address.take("untrained", False, lambda value: address.one_of(["show"], "untrained")(value) == "show", lambda _value: "show")
    curves, first = {}, {}
    for kind, card in known.items():
        curves |= _curves(kind, _model(card.name, card.sha256, text), True, first)
    if st.session_state["untrained"]:
        for kind in known:
            curves |= _curves(kind, _untrained(kind, text), False, {})
    said = _("From `?` back to the first letter a gradient is multiplied by up to **{c}** along the LSTM's cell, and by up to **{r}** in the plain RNN.")
    st.markdown(said.format(c=_number(first["lstm cell"]), r=_number(first["rnn"])))
    _chart(curves, tuple(text), "gradient pair")
    st.toggle(_("Draw both as they were before training, too (untrained, dotted)"), key="untrained")


def _curves(kind: str, found: GradientReach, trained: bool, first: dict[str, float]) -> dict[str, tuple]:
    """Curves of one model by name; `first` receives what reaches the first step."""
    named = {kind: found.hidden} if found.cell is None else {"lstm cell": found.cell, "lstm": found.hidden}
    first |= {name: float(values[0]) for name, values in named.items()}
    mark = "" if trained else _(" (untrained)")
    return {_(NAMES[name]) + mark: (name, values, trained) for name, values in named.items()}


def _chart(curves: dict[str, tuple], labels: Sequence[str], key: str) -> None:
    figure_words.use(_)
    chart(lstm.gradient(curves, labels), key)


def _accuracy(known: dict[str, Card]) -> None:
    """The cards' held-out accuracy by distance."""
    curves = {}
    for kind, card in known.items():
        points = {int(k.removeprefix("accuracy_")): float(v) for k, v in card.metrics.items() if k.startswith("accuracy_")}
        curves[_(KINDS[kind])] = (kind, points)
    figure_words.use(_)
    chart(lstm.accuracy(curves, remember.TRAINED, 1 / len(remember.LETTERS)), "accuracy pair")


@st.cache_data(max_entries=32, show_spinner=False)
def _encoder(name: str, sha256: str, text: str, part: str) -> GradientReach:
    from viz_core.explain.gradient_reach import encoder_reach

    return encoder_reach(caches.model(name), text, backward=part == "backward")


@st.cache_data(max_entries=32, show_spinner=False)
def _model(name: str, sha256: str, text: str) -> GradientReach:
    from viz_core.explain.gradient_reach import model_reach

    return model_reach(caches.model(name), text)


@st.cache_data(max_entries=32, show_spinner=False)
def _untrained(kind: str, text: str) -> GradientReach:
    from viz_core.explain.gradient_reach import model_reach
    from viz_core.models.reach import untrained

    return model_reach(untrained(kind), text)


def _number(value: float) -> str:
    """A factor as a person reads it: 0.83, or a power of ten."""
    if value >= 0.001:
        return f"{value:.3g}"
    return "10⁻" + "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(d)] for d in f"{-_exponent(value)}") if value > 0 else "0"


def _exponent(value: float) -> int:
    return int(f"{value:e}".split("e")[1])
