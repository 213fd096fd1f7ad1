"""BLEU-4 and CIDEr-D on numbers worked out by hand."""

from __future__ import annotations

import math

import pytest

from viz_core.tasks.caption_metrics import bleu_4, cider_d
from viz_core.trace.errors import InputError

CATS = "a cat on a mat".split()
DOGS = "two dogs".split()


def test_captions_equal_to_their_references_have_the_highest_scores():
    captions = ["a small cat on the left".split(), "two big dogs under a red tree".split()]
    references = [[caption] for caption in captions]
    assert bleu_4(captions, references) == pytest.approx(100)
    assert cider_d(captions, references) == pytest.approx(10)


def test_bleu_by_hand():
    # unigrams 4/5, bigrams 2/4 ("a cat", "on a"), trigrams 0/3, so smoothed: 1/(2·3); 4-grams 0/2: 1/(4·2); equal lengths
    found = bleu_4(["a cat on a rug".split()], [["a cat sat on a".split()]])
    assert found == pytest.approx(100 * (4 / 5 * 2 / 4 * 1 / 6 * 1 / 8) ** 0.25)


def test_bleu_counts_the_best_of_several_references():
    captions, right = [CATS, DOGS], [[["a", "dog"], CATS], [["some", "things"], DOGS]]
    assert bleu_4([CATS], right[:1]) == pytest.approx(100)
    assert bleu_4(captions, right) > bleu_4(captions, [own[:1] for own in right])
    assert bleu_4(captions, [right[0], [DOGS]]) == pytest.approx(bleu_4(captions, right))  # not all need as many


def test_cider_by_hand():
    """Two pictures; every word but "a" belongs to one of them, so weighs log 2; "a" belongs to both and weighs 0."""
    references = [["a cat sits".split()], ["a dog runs".split()]]
    # "a cat runs": unigrams cat and runs (each log 2), reference cat and sits: cosine 1/2; bigrams "a cat", "cat runs"
    # against "a cat", "cat sits": 1/2 ("cat runs" is in no reference: log(2 / 1)); trigrams and 4-grams: 0
    first = 10 * (0.5 + 0.5) / 4
    # "a dog" against "a dog runs": one word less; unigrams 1 / √2, bigrams 1 / √2
    second = 10 * math.exp(-1 / 72) * (2 / math.sqrt(2)) / 4
    found = cider_d(["a cat runs".split(), "a dog".split()], references)
    assert found == pytest.approx((first + second) / 2)


def test_cider_clips_what_is_repeated():
    references = [["cat", "mat"], ["dog", "tree"]]
    # "cat cat": g = (2 log 2), clipped to log 2: log²2 / (2 log 2 · √2 log 2) = 1 / (2√2), one n of four
    found = cider_d([["cat", "cat"], ["bird"]], [[own] for own in references])
    assert found == pytest.approx(10 / (2 * math.sqrt(2)) / 4 / 2)


def test_cider_is_the_mean_over_references():
    captions = [CATS, DOGS]
    both = cider_d(captions, [[CATS, ["a", "tree"]], [DOGS]])
    # "a tree" shares "a" alone, which is in one picture of two
    assert 5 < both < 10 and cider_d(captions, [[CATS, CATS], [DOGS]]) > both


def test_what_does_not_fit_is_named():
    with pytest.raises(InputError, match="1 captions for 2"):
        bleu_4([CATS], [[CATS], [DOGS]])
    with pytest.raises(InputError, match="caption 1 has no reference"):
        cider_d([CATS, DOGS], [[CATS], []])
    with pytest.raises(InputError, match="at least 2 pictures"):
        cider_d([CATS], [[CATS]])
