"""The story editor: sentences one a line, a question, ready samples of every kind, and the words that a network knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from viz_core.inputs.story import split_story, unknown_words
from viz_core.tasks.stories import FAMILIES, Story, split
from viz_core.ui import address
from viz_core.ui.errors import plain
from viz_core.ui.select_box import select
from viz_core.ui.words import N_, _

if TYPE_CHECKING:
    from viz_core.models.memory_network import MemoryNetwork
    from viz_core.models.memory_network_stepper import MemoryNetworkStepper
    from viz_core.models.protocol import Source

TITLES = {
    1: N_("one supporting fact"), 2: N_("two supporting facts"), 3: N_("three supporting facts"),
    4: N_("two argument relations"), 5: N_("three argument relations"), 6: N_("yes or no"),
    7: N_("counting"), 8: N_("lists"), 9: N_("simple negation"),
    10: N_("indefinite knowledge"), 11: N_("basic coreference"), 12: N_("conjunction"),
    13: N_("compound coreference"), 14: N_("time reasoning"), 15: N_("basic deduction"),
    16: N_("basic induction"),
}  # fmt: skip
FIRST = 2  # the kind of question that the page opens with


@dataclass(frozen=True)
class Typed:
    """What stands in the editor. answer, support: of the sample while its text is unchanged, else "" and nothing."""

    story: str
    question: str
    answer: str = ""
    support: frozenset[int] = frozenset()


def editor(module: MemoryNetwork) -> Typed:
    """Samples, the two fields, and unknown words by name."""
    sample = _sample()
    address.take("story", "\n".join(sample.sentences))
    address.take("question", sample.question)
    left, right = st.columns([5, 4], gap="medium")
    with left:
        st.text_area(_("Story, one sentence a line"), key="story", height=min(420, 64 + 20 * max(4, len(sample.sentences))))
    with right:
        st.text_input(_("Question"), key="question")
        _words(module)
    story, question = st.session_state["story"], st.session_state["question"]
    same = (story, question) == ("\n".join(sample.sentences), sample.question)
    return Typed(story, question, sample.answer, frozenset(sample.support)) if same else Typed(story, question)


def _sample() -> Story:
    """The chosen held-out story; choosing another one fills the fields."""
    address.take("kind", FIRST, address.whole(_("kind of question"), min(FAMILIES), max(FAMILIES)))
    address.take("sample", 1, address.whole(_("sample"), 1, split.HELD_OUT))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        names = {number: f"{number} · {_(title)}" for number, title in TITLES.items()}
        select(_("Kind of question"), list(FAMILIES), names.__getitem__, "kind", on_change=_refill, width=330)
        st.number_input(_("Sample"), 1, split.HELD_OUT, key="sample", on_change=_refill, width=150)
        st.button(_("Next sample"), on_click=_next, icon=":material/skip_next:")
        st.button(_("This sample again"), on_click=_refill, icon=":material/replay:")
    st.caption(_("Samples are stories that no network saw in training."))
    return split.held_out(st.session_state["kind"])[st.session_state["sample"] - 1]


def _next() -> None:
    st.session_state["sample"] = st.session_state["sample"] % split.HELD_OUT + 1
    _refill()


def _refill() -> None:
    """The fields as the sample has them."""
    sample = split.held_out(st.session_state["kind"])[st.session_state["sample"] - 1]
    st.session_state["story"], st.session_state["question"] = "\n".join(sample.sentences), sample.question
    address.reset("change", "sentence", "to", "hop", "weight")


def _words(module: MemoryNetwork) -> None:
    """Unknown words as chips, and all that are known."""
    unknown = unknown_words([st.session_state["story"], st.session_state["question"]], module.ids)
    if unknown:
        shown = " ".join(f":red-badge[{plain(word[:24])}]" for word in unknown[:12])
        st.markdown(_("Words it never saw: {words}").format(words=shown))
    known = [word for word in module.vocabulary if "," not in word]
    with st.popover(_("The {n} words it knows").format(n=len(known)), icon=":material/dictionary:"):
        st.markdown(" ".join(f"`{word}`" for word in known))


def read(stepper: MemoryNetworkStepper, typed: Typed) -> Source:
    """What the network reads; a line is a sentence, with or without a full stop, the question with or without its mark."""
    lines = [line.strip() for line in typed.story.splitlines() if line.strip()]
    told = "\n".join(line if line[-1] in ".!?" else f"{line}." for line in lines)
    question = typed.question.strip()
    asked = f"{question.rstrip('.!?')}?" if question.strip(" .!?") else ""
    sentences, asked = split_story(f"{told}\n{asked}")
    return stepper.encode_units([*sentences, asked])
