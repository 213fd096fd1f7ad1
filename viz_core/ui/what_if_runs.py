"""The runs behind the What-if page, kept between runs of the page: the model as it is, with edits, without each head."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from viz_core.decoding import Forced
from viz_core.trace import AttentionMap, Trace
from viz_core.ui import text_models
from viz_core.ui.words import _
from viz_core.zoo.cards import Card

if TYPE_CHECKING:  # torch is imported when a model is used, not when a page is opened
    from viz_core.explain.effect import Effect, Shift
    from viz_core.explain.head_importance import HeadImportance
    from viz_core.explain.what_if import Baseline, Sites
    from viz_core.layers.edits import Edit

KEPT = 24


class Question(NamedTuple):
    """What is asked about. model: name in the zoo, folder or hub name; most: tokens to write (0: as many as is sensible)."""

    model: Card | str
    text: str
    pair: str = ""
    most: int = 0

    @property
    def key(self) -> tuple[str, str, str, str, int]:
        return text_models.name_of(self.model), text_models.load(self.model).identity.sha256, self.text, self.pair, self.most


class Base(NamedTuple):
    """The model as it is. baseline: None for an encoder."""

    trace: Trace
    sites: Sites
    baseline: Baseline | None


def base(question: Question) -> Base:
    """The unedited run; InputError when the text cannot be read."""
    with st.spinner(_("The model runs …"), show_time=False):
        return _base(question.key, question)


def changed(question: Question, edits: Sequence[Edit], forced: dict[int, int]) -> tuple[Effect | Shift, Trace]:
    """What the edits change, and the edited run under the same choices."""
    from viz_core.explain.edit_notation import to_text

    with st.spinner(_("The edited model runs …"), show_time=False):
        return _changed(question.key, to_text(edits), tuple(sorted(forced.items())), question, tuple(edits))


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _base(key: tuple, _question: Question) -> Base:
    stepper = text_models.load(_question.model)
    if not hasattr(stepper, "predict"):
        trace = stepper.trace(_question.text, _question.pair or None)
        return Base(trace, _sites_of_layers(trace), None)
    from viz_core import driver
    from viz_core.explain.what_if import baseline

    found = baseline(stepper, _question.text, _question.most or None)
    return Base(driver.run(stepper, found.source, Forced(reference=found.said.choices)), found.sites, found)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _changed(key: tuple, notation: str, forced: tuple, _question: Question, _edits: tuple[Edit, ...]) -> tuple[Effect | Shift, Trace]:
    stepper, known = text_models.load(_question.model), _base(key, _question)
    if known.baseline is None:
        from viz_core.explain.encoder_shift import shift

        source = stepper.encode(_question.text, _question.pair or None)
        return shift(stepper, source, _edits), stepper.intervened(_edits).trace(source)
    from viz_core import driver
    from viz_core.explain.what_if import same_choices, what_if

    effect = what_if(stepper, known.baseline, _edits, dict(forced))
    fed = same_choices(stepper, known.baseline.said.choices, dict(forced))
    edited = stepper.intervened(_edits) if _edits else stepper
    return effect, driver.run(edited, known.baseline.source, Forced(reference=fed))


def _sites_of_layers(trace: Trace) -> Sites:
    """Sites of a trace with one step a layer."""
    first = trace.steps[0].attention
    layers = tuple(str(i) for i in range(len(trace)))
    return {item.site: (layers, item.heads) for item in first}


def row(trace: Trace, site: str, layer: int, head: int, query: int) -> tuple[AttentionMap, NDArray]:
    """The map that has a query row, and the row's weights f32[key]; NaN where it is masked."""
    if trace.unit == "layer":
        item = next(item for item in trace.steps[layer].attention if item.site == site)
        return item, item.rows(0, head, [query])[0]
    seen = 0
    for step in trace.steps:
        for item in step.attention:
            if item.site == site:
                if query < seen + len(item.query_axis):
                    return item, item.rows(layer, head, [query - seen])[0]
                seen += len(item.query_axis)
    raise IndexError(query)


def labels(trace: Trace, site: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Labels of all query rows and of all keys of a site."""
    steps = trace.steps[:1] if trace.unit == "layer" else trace.steps
    found = [item for step in steps for item in step.attention if item.site == site]
    return tuple(label for item in found for label in item.query_axis.labels), max((item.key_axis.labels for item in found), key=len, default=())


def known_importance(question: Question, how: str) -> tuple[HeadImportance, ...] | None:
    """What was measured before, by anybody."""
    return _measured().get((question.key, how))


def measure(question: Question, how: str) -> tuple[HeadImportance, ...]:
    """Every head taken out in turn, with a bar that fills up; whatever the reader does meanwhile ends it."""
    from viz_core.explain.head_importance import head_importance

    stepper, known = text_models.load(question.model), base(question)
    bar = st.progress(0.0, _("Taking out every head in turn …"))
    text = _("Taking out every head in turn: {done} of {total}")

    def progress(done: int, total: int) -> None:
        bar.progress(done / total, text.format(done=done, total=total))

    if known.baseline is None:
        source: Any = stepper.encode(question.text, question.pair or None)
        found = head_importance(stepper, source, how=how, progress=progress)
    else:
        found = head_importance(stepper, known.baseline.source, known.baseline.said.choices, how, progress)
    bar.empty()
    store = _measured()
    store[question.key, how] = found
    while len(store) > KEPT:
        store.pop(next(iter(store)))
    return found


@st.cache_resource(show_spinner=False)
def _measured() -> dict[tuple, tuple[HeadImportance, ...]]:
    return {}


def no_rows(values: NDArray) -> NDArray:
    """A masked row as zeros, for showing numbers."""
    return np.nan_to_num(values, nan=0.0)
