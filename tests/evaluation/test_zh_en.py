"""Alignment error, quality by length and what is held out, against numbers worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
import torch
from tests.decoding.table_stepper import TableStepper

from viz_core.evaluation import zh_en as evaluation
from viz_core.inputs.segment import segment
from viz_core.tasks import metrics, zh_en
from viz_core.tasks.zh_en.pair import Pair


class Looking(TableStepper):
    """A stepper whose attention is written down: looks[source text][t] is the source word it looks at in step t."""

    def __init__(self, labels: Sequence[str], looks: Mapping[str, Sequence[int]]) -> None:
        super().__init__(labels, lambda source, said: [1 / (len(labels) + 2)] * (len(labels) + 2))
        self.looks = looks

    def predict(self, state):
        prediction = super().predict(state)
        weights = torch.full_like(prediction.weights, 0.01)
        for n, source in enumerate(state.sources):
            step = len(state.said[n][0])
            weights[n, 0, (*self.looks[source.text], 0, 0, 0)[step]] = 0.9
        return prediction._replace(weights=weights)


class Blind(Looking):
    """A stepper without attention."""

    def predict(self, state):
        prediction = super().predict(state)
        return prediction._replace(weights=torch.full_like(prediction.weights, torch.nan))


PAIRS = [
    Pair("1", ("我", "茶", "喝"), "I drink tea", frozenset({(0, 0), (2, 1), (1, 2)}), "hsk"),
    Pair("2", ("他", "来"), "He is coming", frozenset({(0, 0), (1, 2)}), "hsk"),
    Pair("3", ("好",), "Fine", None, "hsk"),
]
LABELS = ["I", "drink", "tea", "He", "is", "coming", "Fine"]
LOOKS = {"我 茶 喝": [0, 2, 0], "他 来": [0, 0, 1]}
# Of the 5 linked target words the attention hits 4 (not tea), the diagonal 3 (I, He, coming); sure links: 5.
# A random word hits 3 · 1/3 + 2 · 1/2 = 2. "is" has no link: it counts in aer_all only.
BASELINES = {"n_aligned_x": 2, "aer_diagonal_x": 1 - 6 / 10, "aer_uniform_x": 1 - 4 / 10}


def test_alignment_error_by_hand():
    found = evaluation.alignment_errors(Looking(LABELS, LOOKS), PAIRS, "_x")
    assert found == pytest.approx({**BASELINES, "aer_x": 1 - 8 / 10, "aer_all_x": 1 - 8 / 11})


def test_links_are_one_source_word_a_target_word():
    links = evaluation.attention_links(Looking(LABELS, LOOKS), PAIRS[:2])
    assert links == [{(0, 0), (2, 1), (0, 2)}, {(0, 0), (0, 1), (1, 2)}]


def test_a_model_without_attention_has_the_baselines_only():
    assert evaluation.alignment_errors(Blind(LABELS, LOOKS), PAIRS, "_x") == pytest.approx(BASELINES)


def test_no_gold_alignment_no_error_rate():
    assert evaluation.alignment_errors(Looking(LABELS, LOOKS), PAIRS[2:], "") == {"n_aligned": 0}


def test_quality_by_length_counts_each_sentence_once():
    sizes = [1, 5, 6, 6, 9, 12]
    pairs = [Pair(str(i), ("字",) * size, f"sentence number {i}", None, "hsk") for i, size in enumerate(sizes)]
    texts = [pair.target for pair in pairs]
    texts[3] = "nothing of it"
    found = evaluation.quality(pairs, texts, "_x")
    assert {name: value for name, value in found.items() if name.startswith("n_")} == {"n_x_1_5": 2, "n_x_6_6": 2, "n_x_9_40": 2}
    assert found["chrf_x_1_5"] == found["chrf_x_9_40"] == pytest.approx(100)
    assert found["chrf_x_6_6"] == metrics.chrf(texts[2:4], [pair.target for pair in pairs[2:4]]) < 70
    assert "chrf_x_7_7" not in found
    assert found["bleu_x"] < 100 and found["chrf_x"] < 100


def test_every_range_of_lengths_holds_forty_held_out_sentences_and_none_is_lost():
    lengths = [len(pair.source) for pair in zh_en.held_out()]
    counts = [sum(low <= length <= high for length in lengths) for low, high in evaluation.LENGTHS]
    assert min(counts) >= 40 and sum(counts) == len(lengths) == 400


def test_grammar_sentences_are_cut_as_typed_ones_and_their_links_moved():
    pairs = evaluation.grammar_pairs(25, seed=1)
    assert pairs == evaluation.grammar_pairs(25, seed=1) != evaluation.grammar_pairs(25, seed=2)
    for pair in pairs:
        assert list(pair.source) == segment("".join(pair.source))
        assert all(s < len(pair.source) for s, _ in pair.alignment)
