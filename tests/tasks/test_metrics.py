import numpy as np
import pytest

from viz_core.tasks import metrics
from viz_core.trace.errors import InputError, ShapeError


def test_bleu_and_chrf_are_100_for_the_reference_itself_and_cased():
    text = ["He is reading a long book now.", "She drinks hot tea every morning."]
    assert metrics.bleu(text, text) == pytest.approx(100)
    assert metrics.chrf(text, text) == pytest.approx(100)
    assert metrics.bleu([t.lower() for t in text], text) < 99


def test_bleu_of_a_hand_computed_example():
    # 1- to 4-gram precisions 5/6, 3/5, 2/4, 1/3; equal lengths, so no brevity penalty.
    found = metrics.bleu(["the cat sat on a mat"], ["the cat sat on the mat"])
    assert found == pytest.approx(100 * (5 / 6 * 3 / 5 * 2 / 4 * 1 / 3) ** 0.25, abs=0.01)


@pytest.mark.parametrize("hypotheses, references", [([], []), (["a"], ["a", "b"])])
def test_counts_must_fit(hypotheses, references):
    with pytest.raises(InputError, match="one each"):
        metrics.bleu(hypotheses, references)


def test_alignment_error_rate_by_hand():
    sure = [{(0, 0), (1, 1)}]
    possible = [{(0, 0), (1, 1), (2, 1)}]
    # A = 3 links; A∩S = 1, A∩P = 2: 1 − (1 + 2) / (3 + 2).
    assert metrics.alignment_error_rate([{(0, 0), (2, 1), (2, 2)}], sure, possible) == pytest.approx(0.4)
    assert metrics.alignment_error_rate(sure, sure) == 0
    assert metrics.alignment_error_rate([{(5, 5)}], sure) == 1


def test_sure_links_must_be_possible():
    with pytest.raises(InputError, match="also possible"):
        metrics.alignment_error_rate([{(0, 0)}], [{(0, 0)}], [set()])


def test_uniform_baseline_is_the_mean_over_all_alignments():
    # Every way of giving each of 2 target words one of 3 source words, counted out.
    sure = {(0, 0), (2, 1)}
    every = [metrics.alignment_error_rate([{(i, 0), (j, 1)}], [sure]) for i in range(3) for j in range(3)]
    assert metrics.uniform_alignment_error_rate([(3, 2)], [sure]) == pytest.approx(np.mean(every))


def test_diagonal_links():
    assert metrics.diagonal_links(3, 3) == {(0, 0), (1, 1), (2, 2)}
    assert metrics.diagonal_links(2, 4) == {(0, 0), (0, 1), (1, 2), (1, 3)}
    assert metrics.diagonal_links(2, 1) == {(0, 0)}  # a tie: the earlier word


def test_links_from_weights():
    weights = np.array([[0.7, 0.2, 0.1], [0.4, 0.1, 0.5], [np.nan] * 3])
    assert metrics.links_from_weights(weights) == {(0, 0), (2, 1)}
    assert metrics.links_from_weights(weights, threshold=0.4) == {(0, 0), (0, 1), (2, 1)}
    with pytest.raises(ShapeError, match="one layer and head"):
        metrics.links_from_weights(np.zeros((2, 3, 4)))


@pytest.mark.parametrize(
    "first, second, distance", [("kitten", "sitting", 3), ("", "abc", 3), ("abc", "", 3), ("ab", "ba", 2), ("x", "x", 0)]
)
def test_edit_distance(first, second, distance):
    assert metrics.edit_distance(first, second) == distance


def test_error_rates_take_the_closest_reference():
    predictions = [["K", "AE", "T"], ["D", "AO", "G"]]
    references = [[["K", "AE", "T", "S"], ["K", "AE", "T"]], [["D", "AA", "G", "Z"]]]
    assert metrics.phoneme_error_rate(predictions, references) == pytest.approx(2 / 7)
    assert metrics.word_error_rate(predictions, references) == 0.5


def test_the_closest_reference_is_not_the_shortest():
    assert metrics.phoneme_error_rate([["K", "AE", "T"]], [[["D"], ["K", "AE", "T", "S"]]]) == 0.25


def test_guesses_for_open_target_words_do_not_count():
    assert metrics.on_linked_targets({(0, 0), (1, 1), (2, 2)}, {(0, 0), (0, 2)}) == {(0, 0), (2, 2)}
