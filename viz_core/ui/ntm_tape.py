"""What is on the tape: a random one of a length far past training if the reader likes, or one's own bits."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import streamlit as st

from viz_core.tasks.tapes import LONGEST, TASKS, Tape, copy, recall, repeat_copy
from viz_core.ui import address
from viz_core.ui.words import N_, _
from viz_core.zoo.cards import Card

RANDOM, OWN = "random", "own"
MODES = {RANDOM: N_("A random tape"), OWN: N_("My own bits")}
MOST = {copy.NAME: LONGEST, repeat_copy.NAME: 30, recall.NAME: 40}  # the length slider's end
LEAST = {recall.NAME: 2}
SAMPLE = {copy.NAME: 20, repeat_copy.NAME: 6, recall.NAME: 5}  # what a page begins with
NAMES = {
    copy.NAME: N_("Vectors on the tape (trained on {low} to {high})"),
    repeat_copy.NAME: N_("Vectors on the tape (trained on {low} to {high})"),
    recall.NAME: N_("Items on the tape (trained on {low} to {high})"),
}


def text(card: Card) -> str:
    """The tape as text, from the controls."""
    task = TASKS[card.task]
    address.take("tape", RANDOM, address.one_of(MODES, _("kind of tape")))
    address.take("bits", card.examples[0] if card.examples else task.EXAMPLE)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.segmented_control(_("Tape"), list(MODES), format_func=lambda m: _(MODES[m]), key="tape", required=True)
        if st.session_state["tape"] == RANDOM:
            return _random(task)
        st.text_input(_("Bits, a space after every vector"), key="bits", width=620, help=_("Or click the bits of the input tape below to flip them."))
    return st.session_state["bits"]


def _random(task: ModuleType) -> str:
    low, high = LEAST.get(task.NAME, 1), MOST[task.NAME]
    address.take("length", SAMPLE[task.NAME], address.whole(_("length"), low, high))
    address.take("seed", 0, address.whole(_("seed"), 0, 2**31))
    st.session_state["length"] = min(max(st.session_state["length"], low), high)
    label = _(NAMES[task.NAME]).format(low=task.TRAINED[0], high=task.TRAINED[1])
    st.slider(label, low, high, key="length", width=420)
    options = {}
    if task is repeat_copy:
        address.take("times", 3, address.whole(_("times"), 1, 20))
        most = max(1, min(20, LONGEST // st.session_state["length"]))
        st.session_state["times"] = min(st.session_state["times"], most)
        if most > 1:
            st.slider(_("Times to say it (trained on 1 to 10)"), 1, most, key="times", width=220)
        options = {"times": st.session_state["times"]}
    st.number_input(_("Seed"), 0, 2**31, key="seed", width=120, help=_("The same seed draws the same tape again."))
    return drawn(task, st.session_state["length"], st.session_state["seed"], **options)


def drawn(task: ModuleType, length: int, seed: int, **options: int) -> str:
    """A random tape as text."""
    inputs, _targets = task.draw(np.random.default_rng((seed, length)), 1, length, **options)
    return task.text(inputs[0])


def flip(task: ModuleType, tape: Tape, tick: int, channel: int) -> None:
    """Turns one bit over and makes the tape the reader's own; a place that holds no bit stays as it is."""
    asked = len(tape.inputs) - len(tape.targets)
    if not (0 <= tick < asked and 0 <= channel < task.WIDTH) or tape.inputs[tick, task.WIDTH :].any():
        return
    inputs = tape.inputs.copy()
    inputs[tick, channel] = 1 - inputs[tick, channel]
    st.session_state["tape"], st.session_state["bits"] = OWN, task.text(inputs)
