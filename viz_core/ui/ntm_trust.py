"""“Can I trust this map?” for a memory: cells blanked for the read of the tick on show, most read first, against random order."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import streamlit as st

from viz_core.figures import words as figure_words
from viz_core.trace import Trace
from viz_core.ui import address, trust
from viz_core.ui.errors import told
from viz_core.ui.words import _

if TYPE_CHECKING:  # torch is imported when a map is tested
    from numpy.typing import NDArray

    from viz_core.models.tape_stepper import TapeStepper
    from viz_core.trace.trust_report import TrustReport

Found = tuple["TrustReport", tuple[int, ...], "NDArray"]  # the test, the ticks (from 0) whose bits it is on, how far each falls
_found: WeakKeyDictionary[Trace, dict[tuple[int, int], Found]] = WeakKeyDictionary()


def show(stepper: TapeStepper, text: str, trace: Trace) -> None:
    """A switch, and when it is on the test of where the read head on show looks at the tick on show.

    stepper: the machine that made the trace of the tape, its cells and edits with it; with a write head on show the first
    read head is tested.
    """
    address.take("trust", False, lambda text: text == "test", lambda _value: "test")
    st.toggle(_("Can I trust this map? Test it by removing what it points at"), key="trust")
    if not st.session_state["trust"]:
        return
    tick = min(int(st.session_state["tick"]), len(trace)) - 1
    first = next(step.index for step in trace.steps if step.emitted)
    if tick < first - 1:
        sentence = _("What is read at tick {tick} serves no bit that is asked for, so there is no output to explain; go to tick {first} or later.")
        st.info(sentence.format(tick=tick + 1, first=first))
        return
    figure_words.use(_)
    heads, head = stepper.module.config.reads, int(st.session_state["head"])
    head = head if head < heads else 0
    with told():
        report, ticks, falls = _tested(stepper, text, trace, tick, head)
        name = _("the read head") if heads == 1 else _("read head {n}").format(n=head)
        sentence = _("The map is where {head} looks at tick {tick}; its positions are the {n} memory cells. A read acts on the bits of its own tick and, through the controller, on those of the next: log p sums the log-probabilities of these bits, as the machine says them.")
        st.markdown(sentence.format(head=name, tick=tick + 1, n=len(report.positions)))
        fall = _("log p of the bits of tick {tick} falls by {fall} nats")
        parts = "; ".join(fall.format(tick=t + 1, fall=f"{value:.2f}".replace("-", "−")) for t, value in zip(ticks, falls, strict=True))
        st.markdown(_("With all cells blanked: {falls}.").format(falls=parts))
        trust.draw(report, "trust")


def _tested(stepper: TapeStepper, text: str, trace: Trace, tick: int, head: int) -> Found:
    """The test, kept as long as the trace lives."""
    from viz_core.explain import tape_trust

    known = _found.setdefault(trace, {})
    if (tick, head) not in known:
        with st.spinner(_("Running the machine …"), show_time=False):
            done = tape_trust.reading(stepper, stepper.encode(text), tick)
            known[tick, head] = tape_trust.trust(done, head), done.ticks, done.falls()
    return known[tick, head]
