"""The What-if page: one model and text, edits on its attention, and what they change."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from viz_core.figures import what_if as figures
from viz_core.figures import words as figure_words
from viz_core.figures.panels import Scene
from viz_core.trace import Trace
from viz_core.ui import about, address, choices, scenes, text_models, what_if_edits, what_if_heads, what_if_words
from viz_core.ui.charts import chart
from viz_core.ui.errors import told
from viz_core.ui.what_if_runs import Base, Question, base, changed, labels
from viz_core.ui.words import _, language
from viz_core.zoo.cards import Card

if TYPE_CHECKING:
    from viz_core.explain.effect import Effect, Shift
    from viz_core.layers.edits import Edit

FAMILIES = ("transformer", "recurrent-seq2seq", text_models.DECODER, "marian-ssru", "pretrained-seq2seq", text_models.ENCODER)
MOST_TOKENS = 60
_OF = "what if of"


def show(model: Card | str, first: DeltaGenerator, second: DeltaGenerator) -> None:
    """Everything of the page below the choice of a model. InputError when the model or the text cannot be used."""
    question = _question(model, first, second)
    if question is None:
        return
    known = base(question)
    if not known.sites:
        st.info(_("This model has no attention, so there is nothing to change; choose another one."))
        return
    _forget_other_model(model)
    edits, forced = what_if_edits.taken(_default(known)), _forced()
    axes = {site: labels(known.trace, site) for site in known.sites}
    outputs = text_models.load(model).labels
    answer, listing, picture = st.container(), st.container(), st.container()
    with listing:
        what_if_edits.listed(edits, known.sites, axes, outputs)
    st.subheader(_("Change something"))
    figure_words.use(_)
    at = what_if_edits.place(known.sites)
    with told():
        found, after = changed(question, edits, forced)
        with answer:
            _say(found, edits, forced, known, axes, outputs)
        with picture:
            _picture(found, known, after, at)
    with told():
        _controls(question, known, edits, at, axes)
    if not isinstance(model, str):
        about.show(model)


def _question(model: Card | str, first: DeltaGenerator, second: DeltaGenerator) -> Question | None:
    """What is asked about: text, pair, how many tokens; None while the text is empty."""
    encoder = text_models.is_encoder(model)
    read = text_models.text_field(model, encoder, second, second)
    if read is None:
        return None
    most = 0
    if isinstance(model, str) or model.family == text_models.DECODER:
        if not encoder:
            address.take("tokens", 8, address.whole(_("tokens to write"), 1, MOST_TOKENS))
            first.number_input(_("Tokens to write"), 1, MOST_TOKENS, key="tokens", width=140)
            most = st.session_state["tokens"]
    return Question(model, *read, most)


def _forget_other_model(model: Card | str) -> None:
    """Edits name places of one model; they do not follow the reader to another."""
    name = text_models.name_of(model)
    if st.session_state.get(_OF, name) != name:
        address.reset("edits", "layer", "head", "site")
        choices.unfork()
    st.session_state[_OF] = name


def _default(known: Base) -> tuple[Edit, ...]:
    """One change to begin with: equal weights where there is one head, one head of the last layer out where there are several."""
    from viz_core.layers.edits import AblateHead

    site = what_if_edits.first_site(known.sites)
    layers, heads = known.sites[site]
    if len(layers) * len(heads) == 1:
        return (AblateHead(0, 0, "uniform", site),)
    return (AblateHead(len(layers) - 1, 0, "zero", site),)


def _forced() -> dict[int, int]:
    return {step: choice for step, choice in enumerate(choices.forks_taken()) if choice is not None}


def _say(found: Effect | Shift, edits: tuple[Edit, ...], forced: Mapping[int, int], known: Base, axes: what_if_words.Labels, outputs: object) -> None:
    """One sentence; of a model that writes, both outputs token by token."""
    if edits or forced:
        start = what_if_words.cause(edits, forced, known.sites, axes, outputs)  # type: ignore[arg-type]
        sentence = what_if_words.moved(start, found) if known.baseline is None else what_if_words.outcome(start, found)  # type: ignore[arg-type]
        st.markdown(f"#### {sentence}")
    if known.baseline is not None:
        what_if_words.outputs(found)  # type: ignore[arg-type]


def _picture(found: Effect | Shift, known: Base, after: Trace, at: tuple[str, int, int]) -> None:
    """The linked scene; a clicked cell blocks that edge (again: allows it), a clicked candidate is forced."""
    key = f"what if {known.trace.run.get('model', '')} {at[0]}"
    event = scenes.play(_scene(known.trace, after, at, found, language()), key, ("cell", "fork"))
    if event and event["kind"] == "fork":
        what_if_edits.force(int(event["step"]), int(event["choice"]))
        st.rerun()
    if event and event["kind"] == "cell":
        from viz_core.layers.edits import BlockEdge

        layer = int(event["step"]) if known.baseline is None else int(event["layer"])
        what_if_edits.toggle(BlockEdge(int(event["row"]), int(event["col"]), layer, int(event["head"]), at[0]))
        st.rerun()
    if known.baseline is None:
        figure_words.use(_)
        chart(figures.token_change(found.token_change, found.labels, what_if_heads.dark()), "token change")  # type: ignore[union-attr]
    else:
        st.caption(_("Both runs are fed the same tokens here, so that each step answers the same question. Click a cell to block it, a candidate to force it."))


@lru_cache(maxsize=32)  # by the records themselves: the caches keep them the same objects
def _scene(before: Trace, after: Trace, at: tuple[str, int, int], found: Effect | Shift, code: str) -> Scene:
    figure_words.use(_)
    site, layer, head = at
    if before.unit == "layer":
        return figures.scene(before, after, site, 0, head)
    assert not hasattr(found, "similarity")
    candidates = found.candidates_before, found.candidates_after  # type: ignore[union-attr]
    return figures.scene(before, after, site, layer, head, candidates, found.kl, found.change)  # type: ignore[union-attr]


def _controls(question: Question, known: Base, edits: tuple[Edit, ...], at: tuple[str, int, int], axes: what_if_words.Labels) -> None:
    """The controls of the kind of change that the reader chose."""
    tool = what_if_edits.tool(known.baseline is not None)
    if tool == "head":
        what_if_heads.controls(question, known, edits, at)
    elif tool == "edge":
        what_if_edits.edge(at, axes)
    elif tool == "row":
        what_if_edits.weights(known, at, axes)
    elif tool == "temperature":
        what_if_edits.temperature(at)
    else:
        what_if_edits.token(known)
