"""Every sentence that the memory microscope shows in the browser, and the names of a machine's tensors."""

from __future__ import annotations

from viz_core.figures.words import N_, _, control_words

TENSORS = (
    N_("tape"), N_("memory"), N_("memory before"), N_("output"), N_("controller state"), N_("head"), N_("read head"), N_("write head"),
    N_("last weighting"), N_("similarity"), N_("content weighting"), N_("gated weighting"), N_("shifted weighting"), N_("weighting"),
    N_("key"), N_("key strength"), N_("gate"), N_("shift"), N_("sharpening"), N_("erase"), N_("add"), N_("read vector"),
)  # fmt: skip


def ntm_words() -> dict[str, str]:
    """What the view's JavaScript shows, by key; `{name}` is filled in there."""
    return control_words() | {
        "step_of": _("Tick {i} of {n}"),
        "view": _("The machine, tick by tick"),
        "tapes": _("The tapes"),
        "tapes_note": _("One column is one tick. Click a column to go there."),
        "tapes_flip": _("One column is one tick. Click a bit of the input to flip it, any other place to go to that tick."),
        "input": _("input x"),
        "output": _("output y"),
        "right_answer": _("right answer"),
        "wrong": _("{n} of {all} bits wrong (outlined)"),
        "no_wrong": _("every one of {all} bits is right"),
        "bit": _("bit {n}"),
        "not_asked": _("nothing is asked of the machine at this tick"),
        "tick": _("tick"),
        "tick_at": _("tick {t}: {label}"),
        "cell": _("memory cell"),
        "cell_at": _("cell {i}"),
        "channel": _("channel"),
        "channel_at": _("channel {i}"),
        "unit": _("unit"),
        "unit_at": _("unit {i}"),
        "history": _("Where the heads look, tick by tick"),
        "history_note": _("A column sums to 1. Colours are absolute, 0 to 1, by the square root of the weight: a head that looks everywhere at once is tinted all over, not empty. Click to go to a tick."),
        "spread": _("how many cells it looks at (e to the entropy): faint is one, strong is all"),
        "spread_at": _("looks at about {x} cells"),
        "writes": _("writing: w of the {name}"),
        "reads": _("reading: w of the {name}"),
        "weight": _("weight"),
        "memory": _("The memory at this tick"),
        "memory_note": _("Every row is a cell. Beside the matrices, where this tick writes and where it reads."),
        "memory_edit": _("Every row is a cell. Beside the matrices, where this tick writes and where it reads. Click a cell to choose it for overwriting below."),
        "before": _("before"),
        "after": _("after the write"),
        "written_at": _("write"),
        "read_at": _("read"),
        "value": _("value"),
        "overwritten": _("overwritten by you"),
        "addressing": _("How a head finds its cells: the four stages"),
        "addressing_note": _("Bars are absolute: the full height is 1, weights above 0.001 have at least one pixel (the similarity reaches from −1 to 1)."),
        "simple_note": _("The simple form: one head, whose weighting is the softmax of the similarity alone. Without a key strength β it cannot point: similarities lie between −1 and 1, so no cell gets more than e² times the weight of another."),
        "numbers": _("The vectors of this head at this tick"),
        "others": _("all other cells together: {x}"),
        "states": _("What the network itself remembers, tick by tick"),
        "most": _("most at cell {i}: {x}"),
        "hint": _("Keys: ← → one tick, Home End first and last, space play."),
    }
