"""Known right outputs and how close an output comes to them."""

from __future__ import annotations

import pytest
from tests.decoding.table_stepper import random_table

from viz_core.decoding import Beam
from viz_core.decoding.batch import choices_of
from viz_core.evaluation import references
from viz_core.evaluation.references import differing, known, quality


def test_phoneme_error_counts_edits_to_the_closest_reference():
    assert quality("g2p", "IH N AH F", ["IY N AH", "IY N AH F"]) == ("per", 0.25)


def test_bleu_is_sacrebleu_s_for_one_sentence():
    import sacrebleu

    found = quality("zh-en", "She is wearing high heels.", ["She wears high heels."])
    assert found.metric == "bleu"
    assert found.value == pytest.approx(sacrebleu.sentence_bleu("She is wearing high heels.", ["She wears high heels."]).score)
    assert quality("zh-en", "I am Chinese.", ["Other words here.", "I am Chinese."]).value == pytest.approx(100)


def test_no_reference_no_quality():
    assert quality("g2p", "K", []) is None and quality("g2p", "K", [" "]) is None and quality("other", "K", ["K"]) is None


def test_the_cards_examples_and_held_out_data_are_known():
    assert known("g2p", "Attention ") == ("AH T EH N SH AH N",)
    assert known("g2p", "knight's") == ("N AY T S",)
    assert known("zh-en", "我是/中国人") == ("I am Chinese.",)
    assert known("g2p", "zzzz") == () == known("other", "x")


def test_differing_inputs_are_those_whose_texts_differ(monkeypatch):
    stepper = random_table(3, outputs=3, limit=6)
    texts = ["a b", "c d", "e f g", "h"]
    monkeypatch.setitem(references.HELD_OUT, "table", lambda count: texts[:count])
    sources = [stepper.encode(text) for text in texts]
    options = Beam(width=3, length_penalty=0.0)
    greedy, beam = (choices_of(stepper, sources, method) for method in (Beam(width=1), options))
    expected = [t for t, a, b in zip(texts, greedy, beam, strict=True) if stepper.text(a) != stepper.text(b)]
    assert differing(stepper, "table", options, 4) == expected
    assert differing(stepper, "none", options, 4) == []
