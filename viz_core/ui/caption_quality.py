"""How good a captioning model is, from its card: each number with what it means."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from viz_core.figures import words as figure_words
from viz_core.figures.caption_quality import Stated, calibration
from viz_core.ui.charts import chart
from viz_core.ui.words import N_, _
from viz_core.zoo.cards import Card


class Measure(NamedTuple):
    """metric: on the card; title and meaning for the reader; beside: other metrics named after it, with what they are."""

    metric: str
    title: str
    meaning: str
    beside: tuple[tuple[str, str], ...] = ()
    share: bool = True


MEASURES = (
    Measure("exact", N_("exactly right"), N_("Share of composed scenes in combinations never seen in training whose caption is right word for word: things, number, colour, size and relation."),
            (("exact_zh", N_("in Chinese")), ("exact_beam_4", N_("with a beam of 4")), ("exact_familiar", N_("in familiar combinations")), ("exact_colour", N_("only a colour new to its noun")),
             ("exact_count", N_("only a number new to its noun")), ("exact_nouns", N_("only the pair of nouns new")), ("exact_drawings", N_("with drawings never seen")))),
    Measure("nouns", N_("every thing named"), N_("Share of the same scenes whose caption names every thing, whatever else it says."), (("nouns_drawings", N_("with drawings never seen")),)),
    Measure("pointing_game", N_("pointing game"), N_("Share of nouns at whose word the patch with the largest weight lies on the thing itself (Zhang et al. 2016)."),
            (("pointing_game_zh", N_("in Chinese")), ("pointing_game_centre", N_("centre of the patch on it")), ("pointing_game_chance", N_("a patch drawn at random")))),
    Measure("mass_inside", N_("attention inside"), N_("Share of a noun's attention that falls on patches of its thing."), (("mass_inside_own", N_("in captions it wrote itself")),)),
    Measure("photographs", N_("photographs"), N_("Share of photographs of common things whose caption names the thing: all that may be used for a test, none picked out."), 
            (("photographs_cut_out", N_("cut out of their ground")), ("photographs_whole", N_("whole scenes")), ("photographs_zh", N_("in Chinese")), ("n_photographs", N_("photographs")))),
    Measure("ece", N_("calibration error"), N_("How far stated probabilities are from how often captions are right (expected calibration error, 0 is honest; Guo et al. 2017)."),
            (("confidence", N_("mean confidence")), ("ece_zh", N_("in Chinese")))),
    Measure("confident_wrong", N_("confident lies"), N_("Share of blank, noise, text and unknown pictures that get a wrong caption with a probability of 0.5 or more; 0 is best."),
            (("told_unknown", N_("told that it does not know")), ("confident_wrong_blank", N_("blank")), ("confident_wrong_noise", N_("noise")), ("confident_wrong_text", N_("text")))),
    Measure("bleu_4", N_("BLEU-4"), N_("Overlap of four words in a row with the captions people wrote for held-out pictures, 0–100; low, as people write more freely than the scenes' grammar."),
            (("bleu_4_scenes", N_("on composed scenes")),), False),
    Measure("cider", N_("CIDEr"), N_("Agreement with the same captions, rare words counting more (CIDEr-D, 0–10)."), (("cider_scenes", N_("on composed scenes")),), False),
)  # fmt: skip


def show(card: Card) -> None:
    """Tiles of the numbers that the card has, and a sentence each; nothing for a card without."""
    found = [measure for measure in MEASURES if measure.metric in card.metrics]
    if not found:
        return
    folded = st.expander(_("How good is this model? Measured on pictures it never saw"), icon=":material/monitoring:", key="quality", on_change="rerun")
    if not folded.open:
        return
    with folded:
        for measure in found:
            number, words = st.columns([1, 3], gap="medium", vertical_alignment="center")
            number.metric(_(measure.title), _number(card.metrics[measure.metric], measure.share))
            words.markdown(_sentence(card, measure))
        if stated := stated_of(card):
            figure_words.use(_)
            chart(calibration(stated), "calibration")


def stated_of(card: Card) -> dict[str, Stated]:
    """How sure the model is of its captions, and how many are right, by kind of pictures, as far as the card tells."""
    known, found = card.metrics, {}
    if {"confidence", "exact", "exact_drawings", "n", "n_drawings"} <= set(known):
        right = (known["exact"] * known["n"] + known["exact_drawings"] * known["n_drawings"]) / (known["n"] + known["n_drawings"])
        found[_("composed scenes, exactly right")] = Stated(known["confidence"], right)
    if {"photographs", "photographs_confidence"} <= set(known):
        found[_("photographs, thing named")] = Stated(known["photographs_confidence"], known["photographs"])
    return found


def _sentence(card: Card, measure: Measure) -> str:
    """What a number means, and those to compare it with."""
    others = [f"{_(text)} {_number(card.metrics[name], measure.share)}" for name, text in measure.beside if name in card.metrics]
    return _(measure.meaning) + (f"  \n:gray[{' · '.join(others)}]" if others else "")


def _number(value: float, share: bool) -> str:
    if isinstance(value, int) and value > 1:
        return f"{value:,}"
    return f"{value:.1%}" if share else f"{value:.2f}"
