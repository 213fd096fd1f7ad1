"""Choosing what runs: task, score function, a second variant beside it, how outputs are decoded. All in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from viz_core.decoding import Decoding, parse
from viz_core.decoding.options import MAX_WIDTH
from viz_core.trace import Trace
from viz_core.trace.errors import InputError
from viz_core.ui import address
from viz_core.ui.errors import told
from viz_core.ui.words import N_, _
from viz_core.zoo.cards import Card, card, cards

TASKS = {"zh-en": N_("Chinese → English"), "g2p": N_("Spelling → pronunciation")}
_E, _T = "e<sub>ij</sub>", '<sup style="font-style: normal">⊤</sup>'
_ADDITIVE = f"{_E} = v<sub>a</sub>{_T} tanh(W<sub>a</sub> s<sub>i</sub> + U<sub>a</sub> h<sub>j</sub>)"
SCORES = {  # name, and what is scored as HTML: st.latex would load a library before the page's first picture
    "none": (N_("no attention"), "c<sub>i</sub> = c"),
    "dot": (N_("dot product"), f"{_E} = s<sub>i</sub>{_T} h<sub>j</sub>"),
    "general": (N_("general"), f"{_E} = s<sub>i</sub>{_T} W<sub>a</sub> h<sub>j</sub>"),
    "additive": (N_("additive"), _ADDITIVE),
    "additive-long": (N_("additive, trained longer"), _ADDITIVE),
    "transformer": (N_("Transformer"), f"{_E} = q<sub>i</sub>{_T} k<sub>j</sub> / √d<sub>k</sub>"),
}
METHODS = {
    "greedy": N_("Greedy"),
    "sampling": N_("Sampling"),
    "beam": N_("Beam search"),
    "forced": N_("Teacher forcing"),
}
LSTM = "recurrent-seq2seq"
FAMILIES = (LSTM, "transformer")  # our own encoder–decoders
PREFIX = "lstm-"  # mechanisms of the LSTM ones: lstm-none, lstm-dot, …


def models(beside: bool = False, families: tuple[str, ...] = FAMILIES) -> tuple[Card, Card | None]:
    """Task, score function and, when asked for, a second variant, in one row; the page ends here (with a sentence) when
    there is no model to choose. families: of the models that the page can show."""
    row = st.container(horizontal=True, gap="medium")  # as many side by side as have room, the others below
    columns = [row.container(width="content") for _column in range(3 if beside else 2)]
    with columns[0]:
        chosen = task(families)
    if chosen is None:
        st.stop()
    with columns[1]:
        first = score(chosen, families)
    if not beside:
        return first, None
    with columns[2]:
        return first, second(chosen, first, families)


def task(families: tuple[str, ...] = FAMILIES) -> str | None:
    """Chinese → English or spelling → pronunciation; None (with a sentence) when no model is there."""
    present = [name for name in TASKS if variants(name, families)]
    if not present:
        st.info(_("There is no trained encoder–decoder in this copy of the program. Train one: `python -m viz_core train g2p-lstm-general`"))
        return None
    with told():
        _named(families)
    named = _named_or_none(families)
    default = named.task if named and named.task in present else present[0]
    address.take("task", default, address.one_of(present, _("task")))
    label = _("Task")
    st.segmented_control(label, present, format_func=lambda t: _(TASKS[t]), key="task", required=True, on_change=_new_task)
    return st.session_state["task"]


def variants(task: str, families: tuple[str, ...] = FAMILIES) -> dict[str, Card]:
    """Score function → card, in the order of `SCORES` (others behind), as far as models are there."""
    found = {score_of(c): c for c in cards().values() if c.task == task and c.family in families}
    return {score: found[score] for score in (*SCORES, *found) if score in found}


def score_of(card: Card) -> str:
    """The variant of its task that a model is, as the address names it."""
    return card.mechanism.removeprefix(PREFIX)


def score(task: str, families: tuple[str, ...] = FAMILIES) -> Card:
    """How the model scores a source position: the card of the chosen variant."""
    present = variants(task, families)
    named = _named_or_none(families)
    default = score_of(named) if named and named.task == task else _best(present)
    address.take("score", default, address.one_of(present, _("score function")))
    if st.session_state["score"] not in present:
        st.session_state["score"] = default
    name = _("Score function")
    st.segmented_control(name, list(present), format_func=score_name, key="score", required=True)
    chosen = st.session_state["score"]
    if chosen in SCORES:
        st.html(f'<i style="font-family: serif; opacity: 0.75">{SCORES[chosen][1]}</i>')
    return present[chosen]


def second(task: str, first: Card, families: tuple[str, ...] = FAMILIES) -> Card | None:
    """A second variant on the same input, or None."""
    others = {name: c for name, c in variants(task, families).items() if c.name != first.name}
    if not others:
        return None
    address.take("beside", None, address.one_of({**SCORES, **others}, _("second score function")))
    if st.session_state["beside"] not in others:
        st.session_state["beside"] = None
    st.segmented_control(
        _("Beside it, on the same input"), list(others), format_func=score_name, key="beside", help=_("Click again to take it away.")
    )  # fmt: skip
    return others.get(st.session_state["beside"])


def decoding(reference: Callable[[], str] | None) -> Decoding | None:
    """How outputs are chosen; None, with a sentence, while an option cannot be used.

    reference: gives the output that teacher forcing begins with; None while there is nothing to run (the controls are
    drawn all the same, so that they keep their values).
    """
    address.take("decode", "greedy", address.one_of(METHODS, _("decoding method")))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.segmented_control(
            _("How the next output is chosen"), list(METHODS), format_func=lambda m: _(METHODS[m]), key="decode",
            required=True, on_change=unfork,
        )  # fmt: skip
        method = st.session_state["decode"]
        options = {"sampling": _sampling, "beam": beam_options, "forced": lambda: _reference(reference() if reference else "")}.get(method, dict)()
    forced = forks_taken()
    if reference is None:
        return None
    with told():
        return parse({"method": method, **options, "prefix": forced})
    return None


def beam_options(width: int = 4) -> Mapping[str, object]:
    """Width and length penalty of a beam search."""
    address.take("width", width, address.whole(_("beam width"), 1, MAX_WIDTH))
    address.take("length_penalty", 1.0, address.real(_("length penalty"), 0.0, 3.0))
    st.slider(_("Beam width"), 1, MAX_WIDTH, key="width", width=180, help=_("How many partial outputs are continued together."))
    text = _("The total log-probability is divided by length to this power: 0 prefers short outputs, 1 compares averages.")
    st.slider(_("Length penalty"), 0.0, 3.0, step=0.1, key="length_penalty", width=180, help=text)
    return {name: st.session_state[name] for name in ("width", "length_penalty")}


def _sampling() -> Mapping[str, object]:
    address.take("temperature", 1.0, address.real(_("temperature"), 0.05, 5.0))
    address.take("top_k", 0, address.whole("top k", 0, 1000))
    address.take("top_p", 1.0, address.real("top p", 0.01, 1.0))
    address.take("seed", 0, address.whole(_("seed"), 0, 2**31))
    text = _("Below 1 the likely outputs become likelier, above 1 the others do.")
    st.slider(_("Temperature"), 0.05, 5.0, step=0.05, key="temperature", width=160, help=text)
    st.number_input("Top k", 0, 1000, key="top_k", width=110, help=_("Draw among the k most probable outputs only; 0: all."))
    text = _("Draw among the fewest outputs that together have this probability; 1: all.")
    st.slider("Top p", 0.01, 1.0, step=0.01, key="top_p", width=160, help=text)
    st.number_input(_("Seed"), 0, 2**31, key="seed", width=120, help=_("The same seed draws the same output again."))
    return {name: st.session_state[name] for name in ("temperature", "top_k", "top_p", "seed")}


def _reference(reference: str) -> Mapping[str, object]:
    address.take("reference", reference)
    text = _("The model is fed this output, whatever it would say itself; see how probable it holds each token.")
    st.text_input(_("Reference output"), key="reference", width=360, help=text)
    return {"reference": st.session_state["reference"]}


def forks_taken() -> tuple[int | None, ...]:
    """Outputs that the reader forced, by step; None where the method is free."""
    return address.take("force", (), _read_prefix, lambda prefix: ".".join("_" if c is None else str(c) for c in prefix))


def fork(event: Mapping[str, object], trace: Trace) -> None:
    """Forces the clicked candidate at its step and runs the page again. What was forced after it is let go.

    A beam keeps the shown output up to there; the other methods choose it again by themselves.
    """
    at, choice = int(event["step"]), int(event["choice"])  # type: ignore[call-overload]
    before = [None] * at
    kept = st.session_state.get("force", ())[:at]
    before[: len(kept)] = kept
    if trace.tree is not None:
        before = [step.choice for step in trace.steps[:at]]
    st.session_state["force"] = (*before, choice)
    st.rerun()


def fork_chips(labels: Mapping[int, str]) -> None:
    """What is forced, each with a button that lets it go. labels: output by id."""
    forced = [(i, c) for i, c in enumerate(st.session_state.get("force", ())) if c is not None]
    if not forced:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(_("Forced by you:"), width="content")
        for step, choice in forced:
            label = _("step {n}: {token}").format(n=step + 1, token=labels.get(choice, "?"))
            st.button(f"{label} ✕", key=f"unforce {step}", on_click=_unforce, args=(step,), help=_("Let the model choose here again"))
        if len(forced) > 1:
            st.button(_("Let all go"), key="unforce all", on_click=unfork, type="tertiary")


def unfork() -> None:
    """Lets everything go that the reader forced."""
    st.session_state["force"] = ()


def _unforce(step: int) -> None:
    kept = [None if i == step else c for i, c in enumerate(st.session_state["force"])]
    while kept and kept[-1] is None:
        kept.pop()
    st.session_state["force"] = tuple(kept)


def _new_task() -> None:
    unfork()
    address.reset("text", "score", "beside", "reference", "probe")


def _read_prefix(text: str) -> tuple[int | None, ...]:
    return parse({"method": "greedy", "prefix": text}).prefix


def score_name(name: str) -> str:
    """A variant as a reader knows it."""
    return _(SCORES[name][0]) if name in SCORES else name


def best_variant(task: str) -> Card:
    """The variant that a page of this task begins with; InputError when no model of the task is there."""
    present = variants(task)
    if not present:
        raise InputError(_("there is no trained model for the task {task}; train one first").format(task=task))
    return present[_best(present)]


def _best(present: Mapping[str, Card]) -> str:
    return next((name for name in ("additive", "general", "dot", "none") if name in present), next(iter(present)))


def _named(families: tuple[str, ...]) -> Card | None:
    """The card that `model=` in the address names; InputError when there is none, or it belongs to another page."""
    name = st.query_params.get("model")
    if name is None:
        return None
    found = card(name)
    if found.family not in families:
        raise InputError(_("the model {name} is shown on another page; choose one here").format(name=name))
    return found


def _named_or_none(families: tuple[str, ...]) -> Card | None:
    try:
        return _named(families)
    except InputError:
        return None
