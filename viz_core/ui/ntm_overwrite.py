"""Overwriting a memory cell by hand: which, when and with what, and what it does to the reads and the answer."""

from __future__ import annotations

import html

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from viz_core.models.memory_edit import MemoryEdit
from viz_core.trace import Trace
from viz_core.trace.errors import InputError
from viz_core.ui import address
from viz_core.ui.words import N_, _

OPPOSITE, EMPTY, OWN = "opposite", "empty", "own"
PADDED, BLUE, ORANGE = "padding:1px 5px;text-align:right", "53,99,192", "217,115,13"
KINDS = {OPPOSITE: N_("its opposite (× −1)"), EMPTY: N_("0 everywhere"), OWN: N_("my own numbers")}


def controls(base: Trace) -> None:
    """Where and with what a cell is overwritten. base: the run without any overwriting."""
    before = base.steps[0].quantity("memory before").values
    cells, width = before.shape
    last = len(base)
    address.take("edit", False, lambda text: text == "1", lambda on: "1" if on else "0")
    address.take("edit_tick", answer_tick(base) + 1, address.whole(_("tick"), 1, last))  # from 1, as shown
    address.take("edit_cell", _read_cell(base, answer_tick(base)), address.whole(_("cell"), 0, cells - 1))
    address.take("edit_kind", OPPOSITE, address.one_of(KINDS, _("content")))
    address.take("edit_values", " ".join("0" for _i in range(width)))
    for key, most in (("edit_tick", last), ("edit_cell", cells - 1)):
        st.session_state[key] = min(st.session_state[key], most)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.toggle(_("Overwrite a memory cell"), key="edit")
        st.number_input(_("Before tick"), 1, last, key="edit_tick", width=120)
        st.number_input(_("Cell"), 0, cells - 1, key="edit_cell", width=120)
        st.segmented_control(_("It then holds"), list(KINDS), format_func=lambda k: _(KINDS[k]), key="edit_kind", required=True)
    if st.session_state["edit_kind"] == OWN:
        st.text_input(_("The {n} numbers of the cell").format(n=width), key="edit_values", width=620)


def edits(base: Trace) -> tuple[MemoryEdit, ...]:
    """What the controls ask for; InputError for numbers that cannot be read."""
    if not st.session_state["edit"]:
        return ()
    tick, cell, kind = st.session_state["edit_tick"] - 1, st.session_state["edit_cell"], st.session_state["edit_kind"]
    held = base.steps[tick].quantity("memory before").values[cell]
    values = {OPPOSITE: -held, EMPTY: np.zeros_like(held)}.get(kind)
    found = [round(float(value), 6) for value in values] if values is not None else numbers(st.session_state["edit_values"], len(held))
    return (MemoryEdit(tick, cell, tuple(found)),)


def numbers(text: str, count: int) -> list[float]:
    """Typed numbers; InputError unless there are `count`, each from −10 to 10."""
    found = []
    for word in text.replace(",", " ").split():
        try:
            value = float(word.replace("−", "-"))
        except ValueError:
            value = np.nan
        if not -10 <= value <= 10:
            raise InputError(_("the cell is to hold {value}; give numbers from −10 to 10 with spaces between").format(value=repr(word[:20])))
        found.append(value)
    if len(found) != count:
        raise InputError(_("{n} numbers were given for the cell; it holds {count}").format(n=len(found), count=count))
    return found


def effect(base: Trace, changed: Trace) -> None:
    """The read vector at the tick where it changed most, before and after, and how much of the answer changed."""
    names = [q.name for q in base.steps[0].quantities if q.name.endswith("read vector")]
    before, after = (np.concatenate([trace.series(name) for name in names], axis=1) for trace in (base, changed))
    apart = np.abs(after - before).max(axis=1)
    tick = int(apart.argmax())
    flipped = int(((base.series("output") > 0.5) != (changed.series("output") > 0.5))[answer_tick(base) :].sum())
    if apart[tick] < 1e-4:
        st.markdown(_("No read changes by more than 0.0001: no head looks at this cell afterwards, so the answer is the same."))
        return
    sentence = _("The read changes most at tick {tick} (by up to {most}); **{n}** bits of the answer come out otherwise.")
    st.markdown(sentence.format(tick=tick + 1, most=f"{apart[tick]:.3f}", n=flipped))
    st.html(_table(before[tick], after[tick], tick + 1))


def answer_tick(trace: Trace) -> int:
    """The first tick at which the machine says something."""
    return next(step.index for step in trace.steps if step.emitted)


def _read_cell(trace: Trace, tick: int) -> int:
    """The cell that is read most at a tick."""
    return int(trace.attention("read").rows(0, 0, [tick])[0].argmax())


def _table(before: NDArray, after: NDArray, tick: int) -> str:
    """The read vector channel by channel, before and after, as a table; a cell's colour is its size."""

    def row(name: str, values: NDArray) -> str:
        cells = "".join(f'<td style="{PADDED};background:rgba({BLUE if value >= 0 else ORANGE},{min(abs(value), 1) * 0.6:.2f})">{_number(value)}</td>' for value in values)
        return f'<tr><th style="text-align:left;padding-right:8px">{html.escape(name)}</th>{cells}</tr>'

    head = "".join(f'<th style="{PADDED};opacity:.6;font-weight:400">{i}</th>' for i in range(len(before)))
    rows = row(_("read before"), before) + row(_("read after"), after) + row(_("difference"), after - before)
    title = html.escape(_("read vector r at tick {tick}, channel by channel").format(tick=tick))
    return (
        f'<div style="overflow-x:auto;font-size:12px;font-variant-numeric:tabular-nums"><div>{title}</div>'
        f"<table><tr><th></th>{head}</tr>{rows}</table></div>"
    )


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
