"""The beam search page: the tree as a player, clicks that fork, what is compared below it."""

from __future__ import annotations

import dataclasses
from weakref import WeakKeyDictionary

import streamlit as st

from viz_core.decoding import Beam, Greedy
from viz_core.figures import words as figure_words
from viz_core.figures.beam import beam_panel
from viz_core.figures.panels import Formula, Plot, Scene
from viz_core.trace import Trace
from viz_core.ui import address, beam_comparison, caches, choices, downloads, inputs, scenes, trust
from viz_core.ui.errors import plain, told
from viz_core.ui.words import _, language
from viz_core.zoo.cards import Card

WIDTH = 5  # hypotheses to begin with
FIRST = {"zh-en": ("她穿着高跟鞋。",), "g2p": ("rocket",)}  # held-out inputs
_scenes: WeakKeyDictionary[Trace, dict[tuple[str, bool], Scene]] = WeakKeyDictionary()


def source(card: Card) -> str | None:
    """The text to run; the examples begin with one on which a beam and greedy decoding say different things."""
    return inputs.source(dataclasses.replace(card, examples=(*FIRST.get(card.task, ()), *card.examples)))


def controls() -> tuple[Beam | None, bool]:
    """Width, length penalty and whether cut-off candidates are drawn; None while an option cannot be used."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        options = choices.beam_options(WIDTH)
        address.take("pruned", False, lambda text: address.one_of(["all"], "pruned")(text) == "all", lambda _value: "all")
        st.toggle(_("Draw the candidates that were cut off"), key="pruned",
                  help=_("Otherwise their number stands below each column."))  # fmt: skip
    with told():
        return Beam(**options, prefix=choices.forks_taken()), st.session_state["pruned"]
    return None, False


def show(card: Card, text: str, options: Beam, pruned: bool) -> None:
    """The player with the tree first, what is forced, and the comparison of greedy, beam and reference."""
    found = caches.trace(card.name, text, options)
    choices.fork_chips(dict(enumerate(caches.model(card.name).labels)))
    for note in found.notes:
        st.caption(plain(_(note)))
    scene = _scene(found, pruned)
    event = scenes.play(scene, f"beam {card.name}", ("fork", "node"))
    if event and event["kind"] == "fork":
        choices.fork(event, found)
    if event and event["kind"] == "node":
        fork_at(found, int(event["node"]))
    st.caption(_("Click a hypothesis, or a candidate that was cut off, and the search goes on from there with everything before it forced."))
    downloads.buttons(found, scene, f"beam {card.name}")
    trust.show(caches.model(card.name), caches.source(card.name, text), found)
    greedy = caches.trace(card.name, text, Greedy(prefix=options.prefix))
    beam_comparison.show(card, text, greedy, found, options)


def fork_at(trace: Trace, node: int) -> None:
    """Forces the output up to a node of the tree, the node included, and runs the page again; the root lets all go."""
    tree = trace.tree
    st.session_state["force"] = tuple(int(tree.choice[n]) for n in tree.path(node)) if tree else ()
    st.rerun()


def _scene(trace: Trace, pruned: bool) -> Scene:
    """The default scene with the tree laid out by rank in front; the same object as long as the trace lives."""
    known = _scenes.setdefault(trace, {})
    at = (language(), pruned)
    if at not in known:
        figure_words.use(_)
        base = scenes.of(trace, scenes.equations(trace))
        rest = [panel for panel in base.panels if not isinstance(panel, Plot | Formula)]
        known[at] = dataclasses.replace(base, panels=(beam_panel(trace, pruned), *rest))
    return known[at]
