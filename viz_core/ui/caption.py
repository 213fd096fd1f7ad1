"""The captions page: a picture, its caption word by word, and what to think of it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from viz_core.models.protocol import Source
from viz_core.trace import Trace
from viz_core.ui import (
    about, caption_choices, caption_confidence, caption_coverage, caption_decoders, caption_force, caption_picture, caption_quality, caption_runs,
    caption_view, choices, trust,
)  # fmt: skip
from viz_core.ui.caption_runs import Asked
from viz_core.ui.errors import told
from viz_core.ui.words import _
from viz_core.zoo.cards import Card


def show() -> None:
    """The page below its head. InputError when something cannot be used."""
    language = caption_choices.taken_language()
    given = caption_picture.choose(language)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        card = caption_choices.model()
        caption_choices.language()
        width = caption_choices.width()
    if card is None:
        caption_picture.thumbnail(given)
        return
    own = Asked(given.picture, language, caption_choices.decoding(width))
    forced = caption_choices.forced(f"{card.name}:{own.key}")
    stepper, source, trace = caption_runs.stepper(card, language), caption_runs.source(card, given.picture), caption_runs.trace(card, own)
    caption_choices.hint(card)
    st.subheader(trace.output.strip() or "–")
    _reference(trace, given.reference)
    caption_confidence.show(trace, language)
    changed = _players(card, stepper, source, trace, own._replace(decoding=caption_choices.decoding(width, forced)) if forced else None)
    with told():
        caption_force.controls(changed or trace, stepper)
        if changed:
            caption_force.show(trace, changed)
    _trust(stepper, source, trace)
    with told():
        caption_coverage.show(own, caption_view.picture_of(stepper, source))
    with told():
        caption_decoders.show(own, given.reference)
    caption_quality.show(card)
    about.show(card)


def _reference(trace: Trace, reference: str) -> None:
    """The right caption of a composed scene."""
    if reference:
        same = trace.output.strip() == reference
        text = _(":green[Right, word for word.]") if same else _(":orange[Not right.] The right caption: **{caption}**")
        st.markdown(text.format(caption=reference))


def _players(card: Card, stepper: Any, source: Source, own: Trace, forced: Asked | None) -> Trace | None:
    """The caption on show; beside it the one with forced words, which is returned."""
    caption_view.take_tensors()
    changed = None
    if forced is not None:
        choices.fork_chips(caption_force.labels(stepper, forced.decoding.prefix))
        with told():
            changed = caption_runs.trace(card, forced)
    with st.container(key="runs"):
        columns = st.columns(2 if changed else 1)
    with columns[0]:
        if changed:
            st.markdown(_("The model's own caption: {caption}").format(caption=caption_view.summary(own)))
        caption_view.show(own, stepper, source, f"caption {card.name}")
    if changed:
        with columns[1]:
            st.markdown(_("With the words you forced: {caption}").format(caption=caption_view.summary(changed)))
            caption_view.show(changed, stepper, source, f"forced {card.name}")
    caption_view.tensors_switch()
    return changed


def _trust(stepper: Any, source: Source, trace: Trace) -> None:
    """The test of the map that the words look by."""
    if not trace.sites:
        return
    said = trace.run.get("alignment") or {}
    with told():
        trust.show(stepper, source, trace, layer=said.get("layer"), head=said.get("head"))  # type: ignore[union-attr]
