"""The page of machines with a memory: which machine, its tape and its cells, the view, what was overwritten, downloads."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from viz_core.figures import ntm_export
from viz_core.figures import words as figure_words
from viz_core.figures.ntm import Machine
from viz_core.tasks.tapes import TASKS
from viz_core.trace import Trace, text_export
from viz_core.ui import about, address, caches, downloads, ntm_overwrite, ntm_quality, ntm_tape, ntm_trust, ntm_view
from viz_core.ui.errors import told
from viz_core.ui.words import N_, _, language, translation
from viz_core.zoo.cards import Card, cards

if TYPE_CHECKING:
    from viz_core.models.memory_edit import MemoryEdit
    from viz_core.models.tape_stepper import TapeStepper

FAMILY = "tape"
CELLS = (8, 16, 32, 64, 128, 256, 512)
MACHINES = {  # names of known mechanisms; another card is shown by its name
    "copy-ntm-lstm": N_("Copy · NTM, LSTM controller"),
    "copy-ntm-ff": N_("Copy · NTM, feed-forward controller"),
    "copy-ntm-simple": N_("Copy · simple form (k, e, a only)"),
    "copy-lstm": N_("Copy · plain LSTM, no memory"),
    "repeat-copy-ntm-lstm": N_("Repeat copy · NTM"),
    "recall-ntm-lstm": N_("Associative recall · NTM"),
}
MARKS = {"end": N_("end"), "times": N_("times"), "item": N_("item"), "query": N_("query")}  # input channels behind the bits
TASK_WORDS = {
    "copy": N_("Copy: vectors of bits go by, then an end mark; now the machine must say them all again, in order, while the tape is blank."),
    "repeat-copy": N_("Repeat copy: vectors of bits, then a number; the machine must say them that many times, and then the end (last bit)."),
    "recall": N_("Associative recall: items of three vectors go by, then one of them is shown again; the machine must say the item that came after it."),
}


def show() -> None:
    """The whole page below its title."""
    card = machine()
    if card is None:
        return
    st.caption(_(TASK_WORDS[card.task]))
    text = ntm_tape.text(card)
    cells = _cells(card)
    _warn(card, text, cells)
    base = trace(card, text, cells)
    changed, edits = base, ()
    place = st.container()
    if cells is not None:
        with st.container(border=True):
            with told():
                ntm_overwrite.controls(base)
                if edits := ntm_overwrite.edits(base):
                    changed = trace(card, text, cells, edits)
                    ntm_overwrite.effect(base, changed)
    with place:
        shown = view(card, text, changed)
        if cells is not None:
            ntm_trust.show(_stepper(card.name, cells, edits), text, shown.trace)
    buttons(shown)
    ntm_quality.show(MACHINES)
    about.show(card)


def machine() -> Card | None:
    """The chosen model, or None (with a sentence) when none is there."""
    found = {name: card for name, card in cards().items() if card.family == FAMILY}
    if not found:
        st.info(_("There is no trained machine in this copy of the program. Train one: `python -m viz_core train copy-ntm-lstm`"))
        return None
    names = sorted(found, key=lambda name: (list(MACHINES).index(name) if name in MACHINES else len(MACHINES), name))
    address.take("model", names[0], address.one_of(names, _("model")))
    st.segmented_control(_("Machine and task"), names, format_func=lambda n: _(MACHINES.get(n, n)), key="model", required=True, on_change=_turned)
    return found[st.session_state["model"]]


def _turned() -> None:
    """Another machine: its own tape and ticks."""
    address.reset("tape", "bits", "length", "times", "tick", "head", "edit", "edit_tick", "edit_cell")


def _cells(card: Card) -> int | None:
    """How many memory cells the machine gets; None for a network without a memory."""
    stepper = caches.model(card.name)
    trained = getattr(stepper.module.config, "cells", None)
    if trained is None:
        return None
    options = sorted({*CELLS, trained})
    address.take("cells", trained, address.whole(_("cells"), options[0], options[-1]))
    st.session_state["cells"] = min(options, key=lambda n: abs(n - st.session_state["cells"]))
    label = _("Memory cells (trained with {n})").format(n=trained)
    help_text = _("No weight of the machine knows how many cells there are: it runs with any number. With fewer cells than vectors it has to overwrite what it still needs.")
    st.select_slider(label, options, key="cells", width=420, help=help_text)
    return int(st.session_state["cells"])


def _warn(card: Card, text: str, cells: int | None) -> None:
    """A sentence when the machine cannot have a cell for every vector."""
    tape = TASKS[card.task].read(text)
    shown = int(tape.inputs[:, : TASKS[card.task].WIDTH].any(axis=1).sum())
    if cells is not None and shown > cells:
        sentence = _("{n} vectors do not fit into {cells} cells: the write head comes around and writes over what is still needed.")
        st.caption(":material/warning: " + sentence.format(n=shown, cells=cells))


def trace(card: Card, text: str, cells: int | None, edits: tuple[MemoryEdit, ...] = ()) -> Trace:
    """The run; the same object as long as it is kept. InputError when the tape cannot be read."""
    with st.spinner(_("Running the machine …"), show_time=False):
        return _trace(card.name, caches.model(card.name).identity.sha256, text, cells, edits)


@st.cache_resource(max_entries=12, show_spinner=False)
def _trace(name: str, sha256: str, text: str, cells: int | None, edits: tuple[MemoryEdit, ...]) -> Trace:
    return _stepper(name, cells, edits).trace(text)


def _stepper(name: str, cells: int | None, edits: tuple[MemoryEdit, ...]) -> TapeStepper:
    """The machine with so many cells and its memory overwritten on the way."""
    stepper = caches.model(name)
    if cells is not None:
        stepper = stepper.with_cells(cells)
    return stepper.intervened(edits) if edits else stepper


def view(card: Card, text: str, made: Trace) -> Machine:
    """The view of a run; a click on a bit flips it, one on a memory cell chooses it for overwriting."""
    task = TASKS[card.task]
    tape = task.read(text)
    marks = tuple(f"x{i + 1}" for i in range(task.WIDTH)) + tuple(_(MARKS[mark]) for mark in task.MARKS)
    shown = Machine(made, tape.targets, marks)
    ntm_view.show(shown, lambda tick, channel: ntm_tape.flip(task, tape, tick, channel), _choose)
    return shown


def _choose(cell: int, tick: int) -> None:
    st.session_state["edit_cell"], st.session_state["edit_tick"], st.session_state["edit"] = cell, tick + 1, True


def buttons(shown: Machine) -> None:
    """Three downloads of the run on show, made when they are asked for."""
    translate = translation(language())  # of this moment: the file is made outside the run of the page
    stem = re.sub(r"[^\w-]+", "-", f"{shown.trace.run.get('model', 'trace')}-{shown.trace.source[:20]}").strip("-")

    def page() -> bytes:
        figure_words.use(translate)
        return ntm_export.html(shown).encode("utf-8")

    kinds: tuple[tuple[str, Callable[[], bytes], str, str, str], ...] = (
        (_("Offline page (HTML)"), page, "html", "text/html", _("This view with all its data in one file; opens without the program.")),
        (_("Trace (NPZ)"), lambda: downloads.npz(shown.trace), "npz", "application/octet-stream", _("Every number; `viz_core.trace.load` opens it.")),
        (_("Attention weights (CSV)"), lambda: text_export.to_csv(shown.trace).encode("utf-8"), "csv", "text/csv", _("One line a weight, for a spreadsheet.")),
    )  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        for label, make, ending, mime, text in kinds:
            st.download_button(label, make, f"{stem}.{ending}", mime, key=f"machine {ending}", help=text, on_click="ignore", icon=":material/download:")

