"""The LSTM page: one part of an encoder–decoder opened up, neuron by neuron."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import streamlit as st

from viz_core.decoding import Greedy
from viz_core.explain import neurons
from viz_core.figures import lstm
from viz_core.figures import words as figure_words
from viz_core.figures.panels import Formula, Plot, Scene
from viz_core.trace import Trace
from viz_core.ui import address, caches, scenes
from viz_core.ui.errors import plain
from viz_core.ui.words import N_, _, language
from viz_core.zoo.cards import Card

PARTS = {
    "forward": N_("Encoder, reading forwards"),
    "backward": N_("Encoder, reading backwards"),
    "decoder": N_("Decoder, writing"),
}
VECTORS = ("cell", "forget gate", "input gate", "candidate", "output gate", "kept", "written", "state")
ORDERS = {"stored": N_("as stored"), "when": N_("by when they peak"), "size": N_("largest first")}
LOOKS = {"keeps": N_("keeps most"), "writes": N_("writes most at once"), "forgets": N_("forgets most at once")}


def show(card: Card, text: str) -> str:
    """Part, neuron and vector to look at, and the player; returns the part on show."""
    address.take("part", "forward", address.one_of(PARTS, _("part")))
    st.segmented_control(_("Which LSTM"), list(PARTS), format_func=lambda p: _(PARTS[p]), key="part", required=True)
    part = st.session_state["part"]
    trace = caches.trace(card.name, text, Greedy()) if part == "decoder" else _encoder(card.name, card.sha256, text, part)
    size = len(trace.steps[0].quantity("cell").values)
    channel = _neuron(trace, size)
    picture = st.container()
    vector, order = _all_neurons()
    with picture:
        st.markdown(_summary(trace, channel))
        scenes.play(_scene(trace, part, channel, vector, order, language()), f"lstm {card.name} {part}")
    return part


def _neuron(trace: Trace, size: int) -> int:
    """The neuron on show: typed, or one that stands out on this input."""
    found = neurons.worth_a_look(trace)
    address.take("neuron", found["keeps"], address.whole(_("neuron"), 0, size - 1))
    if not 0 <= st.session_state["neuron"] < size:  # of a larger layer that was on show before
        st.session_state["neuron"] = found["keeps"]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.number_input(_("Neuron (0 to {n})").format(n=size - 1), 0, size - 1, key="neuron", width=150)
        for name, channel in found.items():
            st.button(f"{_(LOOKS[name])}: {channel}", key=f"look {name}", on_click=_look, args=(channel,))
    return int(st.session_state["neuron"])


def _look(channel: int) -> None:
    st.session_state["neuron"] = channel


def _all_neurons() -> tuple[str, str]:
    """Which vector the heat map of all neurons shows, and how its rows are sorted."""
    address.take("vector", "cell", address.one_of(VECTORS, _("vector")))
    address.take("order", "stored", address.one_of(ORDERS, _("order")))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.segmented_control(_("The heat map of all neurons shows"), VECTORS, format_func=_vector_name, key="vector", required=True)
        st.segmented_control(_("Neurons sorted"), list(ORDERS), format_func=lambda o: _(ORDERS[o]), key="order", required=True)
    return st.session_state["vector"], st.session_state["order"]


def _vector_name(name: str) -> str:
    figure_words.use(_)
    return lstm.gate_word("hidden state" if name == "state" else name)


def _summary(trace: Trace, channel: int) -> str:
    """What the numbers of this neuron and of the whole layer say, in two sentences."""
    gates, cell = trace.series("forget gate"), trace.series("cell")[:, channel]
    peak = int(np.abs(cell).argmax())
    label = trace.steps[peak].emitted or trace.steps[peak].label
    one = _("Neuron {n}: its cell is largest after **{label}** (step {t}, m = {m}); its forget gate lets {f} through on average.")
    every = _("Over all {count} neurons the forget gates let {mean} through on average; {open} of them stand above 0.9.")
    return " ".join((
        one.format(n=channel, label=plain(label), t=peak + 1, m=f"{cell[peak]:.3f}".replace("-", "−"), f=f"{gates[:, channel].mean():.0%}"),
        every.format(count=gates.shape[1], mean=f"{gates.mean():.0%}", open=f"{(gates > 0.9).mean():.0%}"),
    ))  # fmt: skip


@st.cache_resource(max_entries=48, show_spinner=False)
def _encoder(name: str, sha256: str, text: str, part: str) -> Trace:
    from viz_core.explain.reading import encoder_trace

    return encoder_trace(caches.model(name), text, backward=part == "backward")


@lru_cache(maxsize=64)  # by the trace itself: the caches keep it the same object
def _scene(trace: Trace, part: str, channel: int, vector: str, order: str, code: str) -> Scene:
    """The neuron's motorway, its numbers in the formulas, and all neurons."""
    figure_words.use(_)
    cursor = tuple(float(i) for i in range(len(trace)))
    name = neurons.state_name(trace) if vector == "state" else vector
    road, every = lstm.motorway(trace, channel), lstm.channels(trace, name, order, channel)
    titles = road.layout.title.text, every.layout.title.text
    for figure in (road, every):
        figure.update_layout(title_text="")
    panels = (
        Plot(titles[0], road, cursor, wide=True),
        Formula(_("The cell's equations with the numbers of neuron {n}").format(n=channel), neurons.neuron(trace, channel)),
        Plot(titles[1], every, cursor, wide=True),
    )
    title = " · ".join(str(part) for part in (trace.run.get("model", ""), _(PARTS[part]), trace.source) if part)
    return Scene(title, tuple(_label(trace, i) for i in range(len(trace))), panels)


def _label(trace: Trace, index: int) -> str:
    step = trace.steps[index]
    return _("wrote {token}").format(token=step.emitted) if step.emitted else _("read {token}").format(token=step.label)
