"""Forcing a word: the model has to write it at a step and goes on by itself, beside its own caption."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from viz_core.trace import Trace
from viz_core.ui import choices, what_if_words
from viz_core.ui.caption_confidence import share, word
from viz_core.ui.select_box import select
from viz_core.ui.words import _


class Compared(NamedTuple):
    """The model's own caption, the one with forced words, and which were forced, by step."""

    before: Any
    after: Any
    forced: Mapping[int, int]


def controls(trace: Trace, stepper: Any) -> None:
    """A step and a word to force there; the words the model thought of first, with their probability, then all others."""
    st.subheader(_("Force a word"))
    st.caption(_("Click a candidate or a hypothesis in the picture above, or choose here: the model must write that word at that step and goes on by itself. Does it look elsewhere?"))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        at = select(_("Step"), range(len(trace)), lambda i: f"{i + 1}: {word(trace.steps[i].emitted)}", "word step", width=190)
        names = offered(trace, stepper, at)
        others = [choice for choice in names if choice != trace.steps[at].choice]
        chosen = select(_("Word"), others, names.__getitem__, f"word {trace.run['model']} {stepper.language} {at}", width=260)
        pressed = st.button(_("Write this word"), key="force word", type="primary")
    if pressed:
        choices.fork({"step": at, "choice": chosen}, trace)


def offered(trace: Trace, stepper: Any, step: int) -> dict[int, str]:
    """Output id → how it is named, the candidates of the step first, then every other word of the caption's language."""
    found = trace.steps[step].candidates
    first = {} if found is None else {
        int(choice): f"{word(label)}  {share(float(np.exp(p)))}" for label, choice, p in zip(found.labels, found.choices, found.log_probs, strict=True)
    }  # fmt: skip
    rest = {i: word(label) for i, label in enumerate(stepper.labels) if i not in stepper.never and _of(stepper.language, label)}
    return first | {i: rest[i] for i in sorted(rest, key=rest.__getitem__) if i not in first}


def _of(language: str, label: str) -> bool:
    return label.isascii() == (language == "en")


def show(own: Trace, forced: Trace) -> None:
    """What is forced, with buttons that let it go, and the two captions word by word."""
    from viz_core.explain.effect import Said

    taken = {step: choice for step, choice in enumerate(choices.forks_taken()) if choice is not None and step < len(forced)}

    def said(trace: Trace) -> Said:
        return Said(trace.output, [word(step.emitted) for step in trace.steps], [step.choice for step in trace.steps], [step.log_prob for step in trace.steps])  # type: ignore[arg-type]

    st.markdown(what_it_costs(own, forced))
    what_if_words.outputs(Compared(said(own), said(forced), taken))  # type: ignore[arg-type]


def what_it_costs(own: Trace, forced: Trace) -> str:
    """One sentence on the two probabilities."""
    lost = (own.log_prob or 0.0) - (forced.log_prob or 0.0)
    if lost >= 0:
        return _("The forced caption is {times} times less probable than the model's own ({nats} nats).").format(times=_times(lost), nats=f"{lost:.2f}")
    return _("The forced caption is {times} times more probable than the model's own ({nats} nats): the search had missed it.").format(times=_times(-lost), nats=f"{-lost:.2f}")


def _times(nats: float) -> str:
    return f"{np.exp(nats):.2f}" if nats < 5 else f"{np.exp(min(nats, 50)):,.0f}"


def labels(stepper: Any, forced: Sequence[int | None]) -> dict[int, str]:
    """Forced ids as words."""
    return {choice: word(stepper.labels[choice]) for choice in forced if choice is not None and choice < len(stepper.labels)}
