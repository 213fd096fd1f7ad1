"""“Can I trust this map?”: the panel under a picture of attention, for any model that writes an output."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

import streamlit as st

from viz_core.figures import trust as pictures
from viz_core.figures import trust_words
from viz_core.figures import words as figure_words
from viz_core.trace import InputError, Trace
from viz_core.ui import address
from viz_core.ui.charts import chart
from viz_core.ui.errors import plain, told
from viz_core.ui.select_box import select
from viz_core.ui.words import N_, _

if TYPE_CHECKING:  # torch is imported when a map is tested, not when a page is opened
    from viz_core.explain.perturbation import Progress
    from viz_core.explain.trust import Experiment
    from viz_core.models.protocol import Source, Stepper
    from viz_core.trace.trust_report import TrustReport

REMOVALS = {"delete": N_("taken out of the input"), "block": N_("hidden from the decoder"), "mask": N_("hidden from all attention")}
UNITS = {"token": N_("tokens"), "word": N_("whole words")}
COLOURS = {"supported": st.success, "weak": st.info, "chance": st.warning, "contrary": st.error, "indifferent": st.info, "few": st.info}
LARGE = 30_000_000  # parameters; a larger model is read with fewer sets
MOST_POSITIONS = 512
_experiments: WeakKeyDictionary[Trace, dict[tuple, Experiment]] = WeakKeyDictionary()
_reports: WeakKeyDictionary[Trace, dict[tuple, TrustReport]] = WeakKeyDictionary()


def show(stepper: Stepper, source: Source, trace: Trace, key: str = "trust", layer: int | None = None, head: int | None = None) -> None:
    """A switch, and when it is on the test of the trace's attention over its source.

    key: of the switch, in the address and on the page; give another one to a second panel. layer, head: which map; None
    for the mean over all. Nothing for a trace whose steps do not look at the source.
    """
    if not _looks_at_source(trace, source):
        return
    address.take(key, False, lambda text: text == "test", lambda _value: "test")
    st.toggle(_("Can I trust this map? Test it by removing what it points at"), key=key)
    if not st.session_state[key]:
        return
    if len(source.axis) > MOST_POSITIONS:
        st.info(_("Sources of more than {n} positions are not tested here; shorten the input.").format(n=MOST_POSITIONS))
        return
    figure_words.use(_)
    with told():
        found = _report(stepper, source, trace, _controls(stepper, source, trace, key), (layer, head))
        draw(found, key)


def _looks_at_source(trace: Trace, source: Source) -> bool:
    """An encoder's trace looks at its own input; of others the first step must, beside the encoder's maps."""
    first = trace.steps[0].attention if trace.steps else ()
    if trace.unit == "layer":
        return bool(first)
    return any(item.key_axis.labels[: len(source.axis)] == source.axis.labels for item in first if item.site != "encoder")


class Asked(NamedTuple):
    """What the reader wants tested. step: which row of the map (None: all); removal: how positions are removed; words:
    whole words are removed and explained, not tokens."""

    step: int | None
    removal: str
    words: bool


def _choices(source: Source, trace: Trace) -> list[int | None]:
    """What is explained: the outputs, or the tokens of an encoder's input."""
    from viz_core.models.occlusion import removable

    return list(removable(source)) if trace.unit == "layer" else [step.choice for step in trace.steps]


def _rows(stepper: Stepper, source: Source, trace: Trace, words: bool) -> list[str]:
    """What each row of the map belongs to: an output, or a token of an encoder's input; or a word of either."""
    from viz_core.explain.word_groups import groups_of, label

    choices, encoder = _choices(source, trace), trace.unit == "layer"
    rows = [source.axis.labels[i] for i in choices] if encoder else [step.emitted for step in trace.steps]  # type: ignore[index]
    if not words:
        return rows
    return [label(rows[i] for i in tokens) for tokens in groups_of(stepper, source, [], choices, encoder).rows]  # type: ignore[arg-type]


def _controls(stepper: Stepper, source: Source, trace: Trace, key: str) -> Asked:
    """What the reader chose."""
    from viz_core.explain.word_groups import has_words
    from viz_core.models.occlusion import occlusion_of

    removals, words = occlusion_of(stepper).removals, False
    if has_words(source):
        address.take(f"{key}_unit", "token", address.one_of(list(UNITS), _("unit of the test")))
        st.segmented_control(_("Removed and explained by"), list(UNITS), format_func=lambda unit: _(UNITS[unit]), key=f"{key}_unit", required=True, help=_("A word's tokens are removed together; weights to a word are summed, from a word averaged."))
        words = st.session_state[f"{key}_unit"] == "word"
    names = {0: _("every row on its own output, averaged")} | {i: f"{i}: {row or '␣'}" for i, row in enumerate(_rows(stepper, source, trace, words), start=1)}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        address.take(f"{key}_step", 0, address.whole(_("row of the map"), 0, len(names) - 1))
        chosen = select(_("Which row of the map"), list(names), names.__getitem__, f"{key}_step", width=420)
        address.take(f"{key}_by", removals[0], address.one_of(removals, _("way of removal")))
        if st.session_state[f"{key}_by"] not in removals:
            st.session_state[f"{key}_by"] = removals[0]
        if len(removals) > 1:
            st.segmented_control(_("A removed position is"), list(removals), format_func=lambda way: _(REMOVALS[way]), key=f"{key}_by", required=True)
    return Asked(chosen - 1 if chosen else None, st.session_state[f"{key}_by"], words)


def _report(stepper: Stepper, source: Source, trace: Trace, asked: Asked, place: tuple[int | None, int | None]) -> TrustReport:
    """The report, kept as long as the trace lives."""
    from viz_core.explain.trust import trust

    known = _reports.setdefault(trace, {})
    if (asked, place) not in known:
        bar = st.progress(0.0, _("Reading the input with positions removed …"))

        def progress(done: int, total: int) -> None:
            bar.progress(done / max(total, 1), _("Reading the input with positions removed: {done} of {total} sets").format(done=done, total=total))

        try:
            experiment = _experiment(stepper, source, trace, asked, progress)
            known[asked, place] = trust(stepper, source, trace, asked.step, layer=place[0], head=place[1], done=experiment, progress=progress)
        finally:
            bar.empty()
    return known[asked, place]


def _experiment(stepper: Stepper, source: Source, trace: Trace, asked: Asked, progress: Progress) -> Experiment:
    """What all maps of a trace share. Of a large model only the outputs up to the step are read."""
    from viz_core.explain.trust import experiment
    from viz_core.explain.word_groups import output_words

    large = sum(p.numel() for p in stepper.module.parameters()) > LARGE  # type: ignore[attr-defined]
    choices, last = _choices(source, trace), asked.step
    if None in choices:
        raise InputError(_("some steps chose nothing, so there is no output to explain"))
    if large and last is not None and trace.unit != "layer":
        choices = choices[: (output_words(stepper, choices)[last][-1] if asked.words else last) + 1]  # type: ignore[arg-type]
    known = _experiments.setdefault(trace, {})
    name = (asked.removal, asked.words, len(choices))
    if name not in known:
        size = {"orders": 24, "points": 8} if large else {"points": 16}
        known[name] = experiment(stepper, source, choices, asked.removal, progress=progress, words=asked.words, **size)  # type: ignore[arg-type]
    return known[name]


def draw(report: TrustReport, key: str) -> None:
    COLOURS[report.verdict](f"**{plain(report.output.strip() or '␣')}** · {trust_words.verdict(report)}")
    st.markdown("\n".join(f"- {sentence}" for sentence in trust_words.sentences(report)))
    left, right = st.columns(2, gap="medium")
    with left:
        chart(pictures.curves(report), f"{key} curves")
        chart(pictures.gaps(report), f"{key} gaps")
    with right:
        chart(pictures.contributions(report), f"{key} contributions")
        if report.controls is not None:
            chart(pictures.controls(report), f"{key} controls")
    st.caption(f"{trust_words.removal(report)} {trust_words.limits()}")
