"""The player of a caption: the map over the picture, candidates, β over time, the beam tree, the tensors; and its downloads."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import streamlit as st

from viz_core.figures import picture_uri
from viz_core.figures import words as figure_words
from viz_core.figures.beam import beam_panel
from viz_core.figures.caption_gate import gate_panel, has_gate
from viz_core.figures.caption_evidence import COLOURS, NOUNS, evidence_panel, has_evidence
from viz_core.figures.panels import Formula, Heat, Panel, Scene
from viz_core.models.protocol import Source
from viz_core.trace import Trace
from viz_core.ui import address, choices, downloads, scenes
from viz_core.ui.beam_search import fork_at
from viz_core.ui.errors import plain, sentence
from viz_core.ui.sentences import translated
from viz_core.ui.words import _, language

LOOKING = (  # Xu et al. 2015, eq. 4–14, in the order in which a step computes them
    "embedding", "previous state", "scores", "weights", "weighted sum", "gate", "context", "decoder state",
    "evidence", "trust in the evidence", "colour evidence", "trust in the colours", "output", "log-probability", "sum so far",
)  # fmt: skip
_scenes: WeakKeyDictionary[Trace, dict[tuple[str, bool], Scene]] = WeakKeyDictionary()
_images: WeakKeyDictionary[Source, str] = WeakKeyDictionary()


def show(trace: Trace, stepper: Any, source: Source, key: str) -> None:
    """The player of a caption and its downloads. A clicked candidate or hypothesis is forced, and the page runs again."""
    for note in trace.notes:
        st.caption(plain(sentence(translated(note))))
    if not trace.sites:
        st.info(_("This model has no attention, so there is no map: it squeezes the whole picture into one vector, and every word sees the same vector."))
        st.image(stepper.shown(source).numpy(), width=336, caption=_("What the model reads"))
    scene = scene_of(trace, picture_of(stepper, source), bool(st.session_state.get("tensors")))
    event = scenes.play(scene, key, ("fork", "node"))
    if event and trace.run["decoding"].get("prefix") is None:  # type: ignore[attr-defined]
        choices.unfork()  # a fork of the model's own caption keeps nothing of another one
    if event and event["kind"] == "fork":
        choices.fork(event, trace)
    if event and event["kind"] == "node":
        fork_at(trace, int(event["node"]))
    downloads.buttons(trace, scene, key)


def tensors_switch() -> None:
    """Whether the formula panel has all tensors, or those that look at the picture."""
    st.toggle(_("Show every tensor of a step, the LSTM's gates included"), key="tensors")


def take_tensors() -> None:
    address.take("tensors", False, lambda text: text == "all", lambda _value: "all")


def summary(trace: Trace) -> str:
    """Caption and log-probability in one line."""
    total = f"{trace.log_prob or 0.0:.3f}".replace("-", "−")
    text = _("**{output}** · log P(caption | picture) = {total} nats in {steps} steps")
    return text.format(output=plain(trace.output.strip()) or "–", total=total, steps=len(trace))


def picture_of(stepper: Any, source: Source) -> str:
    """The pixels that the model reads, as a data URI."""
    if source not in _images:
        _images[source] = picture_uri(stepper.shown(source).numpy())
    return _images[source]


def scene_of(trace: Trace, image: str, everything: bool = False) -> Scene:
    """The default scene over the picture, β and the beam tree put in; the same object as long as the trace lives."""
    known = _scenes.setdefault(trace, {})
    at = (language(), everything)
    if at not in known:
        figure_words.use(_)
        base = scenes.of(trace, None if everything else _looking(trace))
        panels = [dataclasses.replace(panel, image=image) if getattr(panel, "image", None) == "" else panel for panel in base.panels if not _unreadable(panel)]
        known[at] = dataclasses.replace(base, panels=_with_extras(trace, panels), start=max(0, len(trace) - 2))  # the last word, not the end
    return known[at]


def _unreadable(panel: Panel) -> bool:
    """A matrix with a column a patch: the map over the picture and the contact sheet show the same numbers in their places."""
    return isinstance(panel, Heat) and panel.weights.rows.key_axis.kind == "patch"


def _looking(trace: Trace) -> tuple[str, ...]:
    """The tensors that say how a step looks at the picture; of a Transformer those of the layer whose map is shown first."""
    return LOOKING if has_gate(trace) or not trace.sites else scenes.equations(trace)


def _with_extras(trace: Trace, panels: Sequence[Panel]) -> tuple[Panel, ...]:
    """β, what the place looked at and its colours are called, and the beam tree before the formulas."""
    extras: list[Panel] = [gate_panel(trace)] if has_gate(trace) else []
    extras += [evidence_panel(trace, each) for each in (NOUNS, COLOURS) if has_evidence(trace, each)]
    extras += [beam_panel(trace)] if trace.tree is not None else []
    last = [panel for panel in panels if isinstance(panel, Formula)]
    return (*(panel for panel in panels if not isinstance(panel, Formula)), *extras, *last)
