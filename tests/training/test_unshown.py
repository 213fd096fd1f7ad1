"""What training never shows: which words are left out where, by hand; and a loss that does not count them."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from viz_core.inputs.caption_words import CaptionWords
from viz_core.tasks import captions
from viz_core.training.recipes.captions import kinds_of
from viz_core.training.unshown import Kinds, Phrase, Unshown, cross_entropy, phrases

WORDS = ("a", "two", "three", "red", "blue", "cat", "cats", "dog", "dogs", "fish", "above", "end")
IDS = {word: place for place, word in enumerate(WORDS)}
KINDS = Kinds(
    len(WORDS), {IDS["a"]: 1, IDS["two"]: 2, IDS["three"]: 3}, {IDS["red"]: 0, IDS["blue"]: 1},
    {IDS["cat"]: [0], IDS["cats"]: [0], IDS["dog"]: [1], IDS["dogs"]: [1], IDS["fish"]: [2, 3]},
)  # fmt: skip
SHOWN = ("two red cats", "a blue dog", "three dogs", "a red dog", "a cat above a fish", "two fish", "a dog above two fish")


def ids(text: str) -> list[int]:
    return [IDS[word] for word in text.split()]


def left_out(text: str, shown: tuple[str, ...] = SHOWN) -> list[set[str]]:
    """The words that are left out at each word of a caption."""
    found = Unshown(KINDS, map(ids, shown))(torch.tensor([ids(text)]))
    return [{WORDS[word] for word in place.nonzero()[:, 0]} for place in found[0]]


def test_phrases_end_with_their_noun():
    assert phrases(KINDS, ids("two red cats above a fish end")) == [Phrase(0, 2, [0], 2, 0), Phrase(4, 5, [2, 3], 1, None)]
    assert phrases(KINDS, ids("above end")) == []


def test_a_number_and_a_colour_that_a_noun_never_had_are_left_out_in_its_phrase():
    # cats were two and red, so that three and blue say nothing of them; no dog was two, none three and blue dogs were shown
    assert left_out("two red cats end") == [{"three", "blue", "dog", "dogs"}] * 3 + [set()]


def test_a_noun_is_left_out_beside_what_it_never_had():
    # of two things only dogs are left out; fish never had a colour, so that no colour of theirs is missing either
    assert left_out("two fish") == [{"three", "dog", "dogs"}] * 2
    assert left_out("a blue dog") == [{"two", "cat", "cats"}] * 3


def test_a_noun_is_left_out_beside_a_noun_that_it_never_stood_beside():
    # cats and dogs stood beside fish, not beside each other; that nothing stands beside its like is counted as ever
    assert left_out("a cat above a fish end") == [{"three"}] * 2 + [set()] + [{"three", "dog", "dogs"}] * 2 + [set()]


def test_every_colour_counts_where_none_is_said():
    # no cat was blue, but this one has its own colours, and blue would be wrong
    assert ["blue" in words for words in left_out("two red cats")] == [True] * 3
    assert ["blue" in words for words in left_out("two cats")] == [False] * 2


def test_nothing_is_left_out_of_captions_without_combinations():
    assert left_out("two red cats end", ()) == [set()] * 4


def test_the_word_itself_is_never_left_out():
    every = {"three", "blue", "cat", "cats", "fish"}
    assert left_out("three blue cats") == [every - {word} for word in ("three", "blue", "cats")]


def test_our_captions_are_read_as_they_are_made():
    words = CaptionWords.of(captions.vocabulary())
    kinds = kinds_of(words)
    for number in range(60):
        made = captions.described("training", number)
        for language in captions.LANGUAGES:
            said = phrases(kinds, words.ids(captions.caption(made, language)))
            assert [(one.number, one.colour) for one in said] == [(thing.count, thing.colour) for thing in made.things]
            assert all(thing.noun in one.nouns for one, thing in zip(said, made.things, strict=True))
            assert tuple(one.end for one in said) == captions.noun_places(made, language)


def test_without_anything_left_out_it_is_the_usual_loss():
    logits, target = torch.randn(7, 5, generator=torch.Generator().manual_seed(0)), torch.tensor([0, 1, 2, 3, 4, 0, 1])
    expected = F.cross_entropy(logits, target, label_smoothing=0.1)
    torch.testing.assert_close(cross_entropy(logits, target, 0.1, torch.zeros(7, 5, dtype=torch.bool)), expected)


def test_what_is_left_out_is_as_if_it_were_no_word():
    logits, target = torch.randn(7, 5, generator=torch.Generator().manual_seed(0), requires_grad=True), torch.tensor([0, 1, 2, 3, 0, 0, 1])
    left = torch.zeros(7, 5, dtype=torch.bool)
    left[:, 4] = True
    found = cross_entropy(logits, target, 0.1, left)
    torch.testing.assert_close(found, F.cross_entropy(logits[:, :4], target, label_smoothing=0.1))
    found.backward()
    assert (logits.grad[:, 4] == 0).all() and logits.grad.isfinite().all() and (logits.grad[:, :4] != 0).all()


@pytest.mark.parametrize("count", [1, 3])
def test_padding_is_left_alone(count):
    target = torch.tensor([[*ids("two red cats"), *[IDS["end"]] * count]])
    assert not Unshown(KINDS, map(ids, SHOWN))(target)[0, 3:].any()
