"""The Transformer page: a trained model's run as a picture to open, and what its parts are there for, measured."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from weakref import WeakKeyDictionary

import streamlit as st

from viz_core.figures import transformer_export
from viz_core.figures import words as figure_words
from viz_core.figures.transformer import Network, network
from viz_core.figures.transformer_payload import csv_of
from viz_core.trace import Trace
from viz_core.trace.errors import InputError
from viz_core.ui import address, caches, choices, frame, inputs, transformer_view
from viz_core.ui.errors import plain, sentence, told
from viz_core.ui.select_box import select
from viz_core.ui.sentences import translated
from viz_core.ui.words import _, language, translation
from viz_core.zoo.cards import Card, card, cards

FAMILY = "transformer"
FIRST = {"zh-en": "我比他高。"}  # another order of these words is another sentence: who is taller than whom
_networks: WeakKeyDictionary[Trace, Network] = WeakKeyDictionary()


def model() -> Card | None:
    """The model on show: one of our own Transformers; None (with a sentence) while there is none."""
    present = {name: found for name, found in cards().items() if found.family == FAMILY}
    if not present:
        st.info(_("There is no trained Transformer in this copy of the program. Train one: `python -m viz_core train zh-en-transformer`"))
        return None
    address.take("model", next(iter(present)), _known(present))
    if len(present) == 1:
        return next(iter(present.values()))
    return present[select(_("Model"), list(present), lambda name: f"{name} · {_(present[name].title)}", "model", on_change=_new_model)]


def _known(present: dict[str, Card]) -> Callable[[str], str]:
    def read(name: str) -> str:
        if card(name).name not in present:
            raise InputError(_("the model {name} is shown on another page; choose one here").format(name=name))
        return name

    return read


def _new_model() -> None:
    choices.unfork()
    address.reset("text", "reference", "box", "step")


def show(chosen: Card) -> str | None:
    """Sentence, decoding, picture and downloads; returns the sentence that the model read, None while it cannot."""
    first = FIRST.get(chosen.task)
    text = inputs.source(replace(chosen, examples=(first, *chosen.examples)) if first else chosen)
    decoding = choices.decoding(None if text is None else lambda: caches.greedy_output(chosen.name, text))
    if text is None:
        return None
    with told():
        if decoding is not None:
            _run(chosen, caches.trace(chosen.name, text, decoding))
    return text


def _run(chosen: Card, trace: Trace) -> None:
    """One run: what was said, the picture, its files."""
    said = _("{source} → **{output}** · log P(Y|X) = {total} nats in {steps} steps")
    total = f"{trace.log_prob:.3f}" if trace.log_prob is not None else "–"
    st.markdown(said.format(source=plain(trace.source), output=plain(trace.output.strip()) or "–", total=total, steps=len(trace)))
    for note in trace.notes:
        st.caption(plain(sentence(translated(note))))
    shown = _network(chosen, trace)
    box, step = transformer_view.show(shown, f"transformer {chosen.name}")
    _downloads(shown, box, step)
    page = next((page for page in frame.pages() if page.path.stem == "heads"), None)
    if page:
        carried = {"model": chosen.name, "text": trace.source}
        st.page_link(str(page.path), label=_("All heads of this model on this sentence"), icon=":material/grid_view:", query_params=carried)


def _network(chosen: Card, trace: Trace) -> Network:
    """The boxes of a run: the same object as long as the run is kept."""
    from viz_core.explain.normalisation import gains

    if trace not in _networks:
        _networks[trace] = network(trace, gains(caches.model(chosen.name)))
    return _networks[trace]


def _downloads(shown: Network, box: str, step: int) -> None:
    """The open box as one offline page, and all its numbers."""
    translate = translation(language())  # of this moment: the file is made outside the run of the page

    def html() -> bytes:
        figure_words.use(translate)
        return transformer_export.html(shown, box, step).encode("utf-8")

    stem = re.sub(r"[^\w-]+", "-", f"{shown.trace.run.get('model', 'trace')}-{box}-{shown.trace.source[:20]}").strip("-")
    kinds = (
        (_("This box, offline (HTML)"), html, "html", "text/html", _("The picture and the open box with all its steps in one file; opens without the program.")),
        (_("Tensors of this box (CSV)"), lambda: ("\ufeff" + csv_of(shown, box)).encode("utf-8"), "csv", "text/csv", _("Every number of the open box at every step, with all digits.")),
    )  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        for label, make, ending, mime, text in kinds:
            st.download_button(label, make, f"{stem}.{ending}", mime, key=f"transformer {ending}", help=text, on_click="ignore", icon=":material/download:")
