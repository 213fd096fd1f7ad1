"""Making and unmaking edits: the list with its buttons, and the controls for heads, edges, rows, temperature and tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from viz_core.figures.scene import site_word
from viz_core.trace.errors import InputError
from viz_core.ui import address, choices
from viz_core.ui.errors import told
from viz_core.ui.select_box import select
from viz_core.ui.what_if_runs import Base, no_rows, row
from viz_core.ui.what_if_words import HOWS, Labels, label, named
from viz_core.ui.words import N_, _

if TYPE_CHECKING:
    from viz_core.explain.what_if import Sites
    from viz_core.layers.edits import Edit

TOOLS = {
    "head": N_("Take heads out"), "edge": N_("Block an edge"), "row": N_("Set the weights of a row"),
    "temperature": N_("Temperature"), "token": N_("Force a token"),
}  # fmt: skip
NONE = "none"  # how the address says that the reader took every edit away
MOST_ROWS = 200


def taken(default: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The edits of the address, or the default ones."""
    from viz_core.explain.edit_notation import parse, to_text

    return address.take("edits", default, lambda text: () if text == NONE else parse(text), lambda edits: to_text(edits) or NONE)


def put(edits: Sequence[Edit]) -> None:
    st.session_state["edits"] = tuple(edits)


def toggle(edit: Edit) -> None:
    """Adds an edit, or takes it away when it is there; one that says something else about the same place is replaced."""
    known = st.session_state.get("edits", ())
    put([other for other in known if other != edit] if edit in known else [*(o for o in known if _about(o) != _about(edit)), edit])


def _about(edit: Edit) -> tuple:
    """What two edits must not both speak of."""
    return type(edit).__name__, edit.site, edit.layer, edit.head, getattr(edit, "query", None), getattr(edit, "key", None)


def listed(edits: Sequence[Edit], sites: Sites, labels: Labels, outputs: Sequence[str]) -> None:
    """What is changed, each with a button that takes it back."""
    forced = {choice: outputs[choice] for choice in st.session_state.get("force", ()) if choice is not None and choice < len(outputs)}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(_("Changed by you:") if edits or forced else _("Nothing is changed yet; the output is the model's own."), width="content")
        for i, edit in enumerate(edits):
            st.button(f"{named(edit, sites, labels)} ✕", key=f"unedit {i}", on_click=_remove, args=(i,), help=_("Take this change back"))
        if len(edits) + len(forced) > 1:
            st.button(_("Take all back"), key="unedit all", on_click=_remove_all, type="tertiary")
    choices.fork_chips(forced)


def _remove(index: int) -> None:
    put([edit for i, edit in enumerate(st.session_state["edits"]) if i != index])


def _remove_all() -> None:
    put(())
    choices.unfork()


def first_site(sites: Sites) -> str:
    """Where a reader begins: attention to the source, which the output depends on most directly."""
    return "cross" if "cross" in sites else list(sites)[-1]


def place(sites: Sites) -> tuple[str, int, int]:
    """Site, layer and head that the map shows and that a new edit is for; at first the last layer, nearest to the output."""
    names, first = list(sites), first_site(sites)
    address.take("site", first, address.one_of(names, _("site")))
    if st.session_state["site"] not in sites:  # of another model
        st.session_state["site"] = first
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        if len(names) > 1:
            st.segmented_control(_("Where it attends"), names, format_func=site_word, key="site", required=True)
        chosen = st.session_state["site"]
        found = [_index(key, word, named) for key, word, named in zip(("layer", "head"), (_("Layer"), _("Head")), sites[chosen], strict=True)]
    return chosen, found[0], found[1]


def _index(key: str, word: str, names: Sequence[str]) -> int:
    """A layer or a head; no control where there is one only."""
    address.take(key, len(names) - 1 if key == "layer" else 0, address.whole(word, 0, len(names) - 1))
    st.session_state[key] = min(st.session_state[key], len(names) - 1)
    return select(word, range(len(names)), lambda i: names[i] or str(i), key, width=110) if len(names) > 1 else 0


def tool(has_tokens: bool) -> str:
    """Which kind of change the controls make."""
    offered = [name for name in TOOLS if has_tokens or name != "token"]
    address.take("tool", "head", address.one_of(TOOLS, _("kind of change")))
    if st.session_state["tool"] not in offered:
        st.session_state["tool"] = "head"
    st.segmented_control(_("What would you like to change?"), offered, format_func=lambda name: _(TOOLS[name]), key="tool", required=True)
    return st.session_state["tool"]


def how(means: bool) -> str:
    """What a head that is taken out gives instead. means: whether the mean over its queries is the same whichever way the
    model is run."""
    offered = [name for name in HOWS if name != "mean" or means]
    address.take("how", "zero", address.one_of(HOWS, _("way of taking out")))
    if st.session_state["how"] not in offered:
        st.session_state["how"] = "zero"
    st.segmented_control(_("A head that is taken out gives"), offered, format_func=lambda name: _(HOWS[name]), key="how", required=True)
    return st.session_state["how"]


def edge(at: tuple[str, int, int], labels: Labels) -> None:
    """A query, a key, and one head or all: the key is hidden from the query."""
    from viz_core.layers.edits import BlockEdge

    site, layer, head = at
    st.caption(_("Click a cell of the map, or choose here: the query cannot see the key, its score is −∞ before softmax."))
    queries, keys = labels[site]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        query = _position(_("Query (row)"), queries, "edge query", labels, site, 0)
        key = _position(_("Key (column)"), keys, "edge key", labels, site, 1)
        everywhere = st.toggle(_("in every layer and head"), key="edge everywhere")
        edit = BlockEdge(query, key, None if everywhere else layer, None if everywhere else head, site)
        st.button(_("Block this edge"), key="block", on_click=toggle, args=(edit,), type="primary")


def _position(word: str, names: Sequence[str], key: str, labels: Labels, site: str, part: int) -> int:
    return select(word, range(min(len(names), MOST_ROWS)), lambda i: label(labels, site, part, i), key, width=190)


def weights(base: Base, at: tuple[str, int, int], labels: Labels) -> None:
    """A row as a table to write in; what is written is divided by its sum, which is shown."""
    from viz_core.explain.edit_notation import PARTS, rounded
    from viz_core.layers.edits import SetWeights

    site, layer, head = at
    query = _position(_("Query (row)"), labels[site][0], "row query", labels, site, 0)
    item, found = row(base.trace, site, layer, head, query)
    now = no_rows(found)
    names = [f"{i + 1} {name.strip() or '␣'}" for i, name in enumerate(item.key_axis.labels)]
    start = pd.DataFrame({"key": names, "now": now, "new": np.round(now, 3)})
    edited = st.data_editor(
        start, key=f"weights {site} {layer} {head} {query} {base.trace.source}", hide_index=True, disabled=["key", "now"], width=460,
        height=min(35 * (len(names) + 1) + 3, 330),
        column_config={
            "key": st.column_config.TextColumn(_("Key")),
            "now": st.column_config.ProgressColumn(_("weight now"), format="%.3f", min_value=0.0, max_value=1.0),
            "new": st.column_config.NumberColumn(_("new weight"), format="%.3f", min_value=0.0),
        },
    )  # fmt: skip
    with told():
        written = [float(value or 0) for value in edited["new"]]
        parts = rounded(written)
        share = ", ".join(f"{name} {part / PARTS:.3f}" for name, part in zip(names, parts, strict=True) if part >= PARTS / 1000)
        st.caption(_("They sum to {total}; divided by it, the row becomes: {row}").format(total=f"{sum(written):.3f}", row=share))
        edit = SetWeights(layer, head, query, tuple(part / PARTS for part in parts), site)
        st.button(_("Use these weights"), key="set row", on_click=toggle, args=(edit,), type="primary")


def temperature(at: tuple[str, int, int]) -> None:
    """Scores divided by a number before softmax, in one head or all."""
    from viz_core.layers.edits import Temperature

    site, layer, head = at
    st.caption(_("Scores are divided by the temperature before softmax: below 1 the head looks at fewer positions, above 1 at more."))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        value = st.slider(_("Temperature"), 0.05, 5.0, 2.0, 0.05, key="attention temperature", width=320)
        everywhere = st.toggle(_("in every layer and head"), key="temperature everywhere")
        edit = Temperature(round(value, 2), None if everywhere else layer, None if everywhere else head, site)
        st.button(_("Set this temperature"), key="heat", on_click=_replace, args=(edit,), type="primary")


def _replace(edit: Edit) -> None:
    """A temperature in place of the one that was there."""
    put([*(other for other in st.session_state.get("edits", ()) if _about(other) != _about(edit)), edit])


def token(base: Base) -> None:
    """A step, and one of what the model could have said there."""
    st.caption(_("Click a candidate in the picture, or choose here: the edited run must say it at that step and is free again afterwards."))
    steps = base.trace.steps
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        at = select(_("Step"), range(len(steps)), lambda i: f"{i + 1}: {steps[i].emitted.strip() or '␣'}", "token step", width=190)
        found = steps[at].candidates
        if found is None:
            raise InputError(_("this step has no candidates to choose from"))
        names = {int(choice): f"{name.strip() or '␣'}  {np.exp(p):.1%}" for name, choice, p in zip(found.labels, found.choices, found.log_probs, strict=True)}
        tokens = list(names)
        chosen = select(_("Token"), tokens, names.__getitem__, f"token {at} {base.trace.source}", tokens[min(1, len(tokens) - 1)], width=240)
        st.button(_("Force this token"), key="force token", on_click=force, args=(at, chosen), type="primary")


def force(step: int, choice: int) -> None:
    """Forces a token at a step, besides those that are forced already."""
    known = list(st.session_state.get("force", ()))
    known += [None] * (step + 1 - len(known))
    known[step] = choice
    st.session_state["force"] = tuple(known)
