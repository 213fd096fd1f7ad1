"""Greedy, beam and reference on one input: a table, and why the beam found what greedy could not."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from viz_core.decoding import Beam, Forced
from viz_core.evaluation import references
from viz_core.explain.beam_gain import BeamGain, beam_gain
from viz_core.figures.beam import readable
from viz_core.trace import Trace
from viz_core.ui import address, caches, choices
from viz_core.ui.errors import plain, told
from viz_core.ui.words import _
from viz_core.zoo.cards import Card

SEARCHED = 96  # inputs that are tried when somebody asks for one where greedy and beam differ


def show(card: Card, text: str, greedy: Trace, beam: Trace, options: Beam) -> None:
    """The table with its reference field, then the explanation with this input's numbers."""
    st.subheader(_("Greedy, beam and reference"))
    known = references.known(card.task, text)
    given = _reference_field(card, text, known)
    rows = [(_("greedy"), greedy), (_("beam, width {n}").format(n=options.width), beam)]
    right = (given, *known) if given and given not in known else known
    if given:
        with told():
            rows.append((_("reference"), caches.trace(card.name, text, Forced(reference=given))))
    _table(card.task, rows, right, options)
    st.subheader(_("Why a beam can do better"))
    gain = beam_gain(greedy, beam)
    if gain is None:
        st.markdown(_same(beam, options))
        _offer(card, options)
    else:
        st.markdown(_differ(gain, greedy, beam, options))
    _formula(greedy, beam, options)


def _reference_field(card: Card, text: str, known: Sequence[str]) -> str:
    address.take("reference", known[0] if known else "")
    shape = _("phonemes with spaces between, such as AH T EH N SH AH N") if card.task == "g2p" else _("one English sentence")
    source = _("Filled in from the task's data, where this input has one.") if known else _("This input is not in the task's data; give one yourself.")
    st.text_input(_("Reference output (optional)"), key="reference", help=f"{shape}. {source}", width=460)
    return str(st.session_state["reference"]).strip()


def _table(task: str, rows: Sequence[tuple[str, Trace]], right: Sequence[str], options: Beam) -> None:
    """One line a way of choosing. BLEU or phoneme error only where a reference is known."""
    table = []
    for name, trace in rows:
        line = {
            _("chosen by"): name,
            _("output"): trace.output.strip() or "–",
            _("steps, end included"): len(trace),
            _("log P(Y|X), nats"): round(trace.log_prob or 0.0, 3),
            _("score = log P ÷ steps^{a}").format(a=f"{options.length_penalty:g}"): round(_score(trace, options), 3),
        }
        found = references.quality(task, trace.output, right)
        if found:
            line[_metric_name(found.metric)] = round(found.value, 3 if found.metric == "per" else 1)
        table.append(line)
    st.dataframe(table, hide_index=True, width="stretch")
    if len(right) > 1:
        st.caption(_("{n} outputs count as right; the closest one is compared with.").format(n=len(right)))


def _metric_name(metric: str) -> str:
    return {"bleu": _("sentence BLEU, 0–100"), "per": _("phoneme error rate, 0 is right")}[metric]


def _score(trace: Trace, options: Beam) -> float:
    return (trace.log_prob or 0.0) / options.penalty(len(trace))


def _same(beam: Trace, options: Beam) -> str:
    text = _(
        "On this input greedy decoding and a beam of {n} choose the same output: the most probable token of every step also "
        "lies on the best path that was found (log P = {p} nats). The beam cost more work and found nothing better."
    )
    return text.format(n=options.width, p=_signed(beam.log_prob))


def _differ(gain: BeamGain, greedy: Trace, beam: Trace, options: Beam) -> str:
    first = _(
        "Up to step {t} both say the same. There greedy takes **{a}** (log p = {pa}) because it is the most probable token "
        "at that moment; the beam keeps **{b}** as well (log p = {pb}{rank}) and so gives up {cost} nats at first. "
        "Behind it, the rest of the output costs {lb} nats after {b} and {la} nats after {a}: {gain}."
    )
    won = _("the beam wins {x} nats back") if gain.gain >= 0 else _("the beam loses another {x} nats")
    rank = _(", number {r} of that step").format(r=gain.rank + 1) if gain.rank >= 0 else ""
    said = first.format(
        t=gain.step + 1, a=plain(readable(gain.greedy)), b=plain(readable(gain.beam)), pa=_signed(gain.greedy_now), pb=_signed(gain.beam_now), rank=rank,
        cost=f"{gain.cost:.3f}", la=_signed(gain.greedy_later), lb=_signed(gain.beam_later), gain=won.format(x=f"{abs(gain.gain):.3f}"),
    )  # fmt: skip
    return f"{said} {_verdict(greedy, beam, options)}"


def _verdict(greedy: Trace, beam: Trace, options: Beam) -> str:
    """Which output is better by total and by score, in one sentence."""
    more = (beam.log_prob or 0.0) - (greedy.log_prob or 0.0)
    if more > 0:
        text = _("In total the beam's output is {r} times as probable (log P {b} against {a} nats): a greedy step cannot be taken back.")
        return text.format(r=_times(math.exp(min(more, 50))), a=_signed(greedy.log_prob), b=_signed(beam.log_prob))
    if _score(beam, options) > _score(greedy, options):
        text = _(
            "In total greedy's output is more probable (log P {a} against {b} nats); the beam's wins only by its length "
            "({nb} steps against {na}), as totals are divided by length to the power {alpha}. Set the length penalty to 0 to compare totals."
        )
        return text.format(a=_signed(greedy.log_prob), b=_signed(beam.log_prob), na=len(greedy), nb=len(beam), alpha=f"{options.length_penalty:g}")
    text = _("Greedy's output is better here (log P {a} against {b} nats): the beam cut its path off on the way. A wider beam may keep it.")
    return text.format(a=_signed(greedy.log_prob), b=_signed(beam.log_prob))


def _formula(greedy: Trace, beam: Trace, options: Beam) -> None:
    """The score with both outputs' numbers."""

    def line(name: str, trace: Trace) -> str:
        total, count = trace.log_prob or 0.0, len(trace)
        power = rf"{count}^{{{options.length_penalty:g}}}"
        return rf"\text{{{name}}} &: \frac{{{total:.3f}}}{{{power}}} = {_score(trace, options):.3f}"

    rule = r"\mathrm{score}(Y) &= \frac{\log P(Y \mid X)}{|Y|^{\alpha}}"
    st.latex(r"\begin{aligned}" + r" \\[6pt] ".join((rule, line(_("greedy"), greedy), line(_("beam"), beam))) + r"\end{aligned}")


def _offer(card: Card, options: Beam) -> None:
    """A button that looks for an input on which the two differ."""
    if options.width == 1:
        st.caption(_("A beam of width 1 is greedy decoding; widen it."))
        return
    st.button(_("Find an input where they differ"), icon=":material/search:", on_click=_find, args=(card, options))
    if st.session_state.pop("nothing found", False):
        st.caption(_("None of {n} held-out inputs was decoded differently; try another width.").format(n=SEARCHED))


def _find(card: Card, options: Beam) -> None:
    """Puts the next held-out input whose outputs differ into the text field."""
    found = _differing(card.name, card.sha256, card.task, options.width, options.length_penalty)
    if not found:
        st.session_state["nothing found"] = True
        return
    at = found.index(st.session_state["text"]) + 1 if st.session_state.get("text") in found else 0
    st.session_state["text"] = found[at % len(found)]
    choices.unfork()


@st.cache_data(max_entries=32, show_spinner=False)
def _differing(name: str, sha256: str, task: str, width: int, length_penalty: float) -> list[str]:
    return references.differing(caches.model(name), task, Beam(width=width, length_penalty=length_penalty), SEARCHED)


def _times(ratio: float) -> str:
    return f"{ratio:.4f}" if ratio < 1.01 else f"{ratio:.2f}" if ratio < 100 else f"{ratio:,.0f}"


def _signed(value: float | None) -> str:
    return f"{value or 0.0:.3f}".replace("-", "−")
