"""The heads page: what the model reads or writes, and the view of all its heads."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from weakref import WeakKeyDictionary

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from viz_core.decoding import Decoding, Greedy
from viz_core.figures import heads_export
from viz_core.figures import words as figure_words
from viz_core.figures.beam import partial_text
from viz_core.figures.heads import Heads, heads
from viz_core.trace import BeamTree, Trace, text_export
from viz_core.ui import about, address, choices, downloads, head_view, text_models, trust
from viz_core.ui.errors import plain, sentence
from viz_core.ui.select_box import select
from viz_core.ui.sentences import translated
from viz_core.ui.words import _, language, translation
from viz_core.zoo.cards import Card

LONGEST = 200  # tokens that a decoder may write here
_views: WeakKeyDictionary[Trace, Heads] = WeakKeyDictionary()


def show(model: Card | str, beside: DeltaGenerator, place: DeltaGenerator) -> None:
    """Inputs (at `place` and `beside` it), the run in words, the view, downloads and the card. InputError when something cannot be used."""
    encoder = text_models.is_encoder(model)
    read = text_models.text_field(model, encoder, place, beside)
    if read is None:
        return
    text, pair = read
    if encoder:
        trace: Trace | None = text_models.encoded(model, text, pair)
    else:
        trace = _written(model, text)
    if trace is None:
        return
    for note in trace.notes:
        st.caption(plain(sentence(translated(note))))
    head_view.show(view(trace), f"heads {text_models.name_of(model)}")
    buttons(trace)
    _trust(model, trace, (text, pair) if encoder else (text,))
    if not isinstance(model, str):
        about.show(model)


def _trust(model: Card | str, trace: Trace, given: tuple[str, ...]) -> None:
    """The trust test of the mean over all heads, or of the head on show where its map is over the source."""
    stepper = text_models.load(model)
    source = stepper.encode(*given)
    shown = st.session_state["heads"].split(",")[0]
    layer, head = (int(number) for number in shown.split("."))
    tested = next((name for name in ("cross", "decoder", "encoder") if name in trace.sites), "")
    one = st.session_state["site"] == tested
    if st.session_state.get("trust") and one:
        names = {"mean": _("the mean over all heads"), "head": _("layer {layer}, head {head}").format(layer=layer, head=head)}
        address.take("trust_map", "mean", address.one_of(names, _("map to test")))
        st.segmented_control(_("Map to test"), list(names), format_func=names.get, key="trust_map", required=True)
        one = st.session_state["trust_map"] == "head"
    else:
        one = False
    trust.show(stepper, source, trace, layer=layer if one else None, head=head if one else None)


def view(trace: Trace) -> Heads:
    """The heads of a trace: the same object as long as the trace lives."""
    if trace not in _views:
        _views[trace] = heads(trace)
    return _views[trace]


def _written(model: Card | str, text: str) -> Trace | None:
    """The run that the controls ask for: of the best output, or of another one that a beam search ended with."""
    decoder = isinstance(model, str) or model.family == text_models.DECODER
    options = _decoding(model, text, decoder)
    if options is None:
        return None
    trace = text_models.written(model, text, options)
    choices.fork_chips(_labels(model, trace))
    path = _hypothesis(trace.tree) if trace.tree is not None else None
    if path is not None:
        trace = text_models.written(model, text, Greedy(prefix=path, max_steps=len(path)))
    said = _("{source} → **{output}** · log P(Y|X) = {total} nats in {steps} steps")
    total = f"{trace.log_prob:.3f}" if trace.log_prob is not None else "–"
    st.markdown(said.format(source=_line(trace.source), output=_line(trace.output) or "–", total=total, steps=len(trace)))
    return trace


def _line(text: str) -> str:
    """Text on one line, as Streamlit shall show it."""
    return plain(text.strip().replace("\n", "⏎"))


def _decoding(model: Card | str, text: str, decoder: bool) -> Decoding | None:
    """How outputs are chosen, and how many; None, with a sentence, while an option cannot be used."""
    count = None
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        if decoder:
            address.take("tokens", 12, address.whole(_("tokens to write"), 1, LONGEST))
            st.number_input(_("Tokens to write"), 1, LONGEST, key="tokens", width=140)
            count = st.session_state["tokens"]
        found = choices.decoding(lambda: text_models.written(model, text, Greedy(max_steps=count)).output)
    return None if found is None else dataclasses.replace(found, max_steps=count)


def _labels(model: Card | str, trace: Trace) -> dict[int, str]:
    """Labels of the outputs that the reader forced."""
    known = text_models.load(model).labels
    return {choice: known[choice] for choice in st.session_state.get("force", ()) if choice is not None and choice < len(known)}


def _hypothesis(tree: BeamTree) -> tuple[int, ...] | None:
    """The choices of an output of the beam search that the reader picked; None for the best one."""
    names = [f"{i + 1}. {partial_text(tree, node)}  ({tree.score[node]:.3f})" for i, node in enumerate(tree.best)]
    if len(names) < 2:
        return None
    address.take("hypothesis", 0, address.whole(_("hypothesis"), 0, len(names) - 1))
    help_text = _("The outputs that the beam search ended with, best score first; the heads are those of the one you pick.")
    chosen = select(_("Hypothesis of the beam"), range(len(names)), lambda i: names[i], "hypothesis", help=help_text)
    return tuple(int(tree.choice[node]) for node in tree.path(tree.best[chosen])) if chosen else None


def buttons(trace: Trace) -> None:
    """Three downloads of what is on show, made when they are asked for."""
    translate = translation(language())  # of this moment: the file is made outside the run of the page
    stem = re.sub(r"[^\w-]+", "-", f"{trace.run.get('model', 'trace')}-{trace.source[:20]}").strip("-")

    def html() -> bytes:
        figure_words.use(translate)
        return heads_export.html(view(trace)).encode("utf-8")

    kinds: tuple[tuple[str, Callable[[], bytes], str, str, str], ...] = (
        (_("Offline page (HTML)"), html, "html", "text/html", _("All heads with their weights in one file; opens without the program.")),
        (_("Trace (NPZ)"), lambda: downloads.npz(trace), "npz", "application/octet-stream", _("Every number; `viz_core.trace.load` opens it.")),
        (_("Attention weights (CSV)"), lambda: text_export.to_csv(trace).encode("utf-8"), "csv", "text/csv", _("One line a weight, for a spreadsheet.")),
    )  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        for label, make, ending, mime, text in kinds:
            st.download_button(label, make, f"heads-{stem}.{ending}", mime, key=f"heads {ending}", help=text, on_click="ignore", icon=":material/download:")
