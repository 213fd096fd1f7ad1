"""Noise on words: the first stays, others become another word of their kind or nothing, as often as asked."""

import torch

from viz_core.inputs.vocabulary import PAD
from viz_core.training.word_noise import WordNoise

GROUPS = ([5, 6, 7], [8, 9])


def noised(exchanged: float, hidden: float, words: list[int]) -> torch.Tensor:
    torch.manual_seed(0)
    return WordNoise(12, GROUPS, exchanged, hidden)(torch.tensor([[4, *words]]).repeat(4000, 1))


def test_no_noise_changes_nothing():
    assert (noised(0, 0, [5, 8, 10]) == torch.tensor([4, 5, 8, 10])).all()


def test_a_word_becomes_any_of_its_group_equally_often_and_others_stay():
    found = noised(1, 0, [5, 8, 10, PAD])
    assert (found[:, 0] == 4).all() and (found[:, 3] == 10).all() and (found[:, 4] == PAD).all()
    for place, group in ((1, [5, 6, 7]), (2, [8, 9])):
        shares = [(found[:, place] == word).float().mean() for word in group]
        assert abs(sum(shares) - 1) < 1e-6 and all(abs(share - 1 / len(group)) < 0.03 for share in shares)


def test_words_are_hidden_as_often_as_asked_and_the_first_never():
    found = noised(0, 0.4, [5, 8, 10])
    assert (found[:, 0] == 4).all() and abs((found[:, 1:] == PAD).float().mean() - 0.4) < 0.02


def test_half_exchanged_leaves_more_than_half():
    found = noised(0.5, 0, [8])  # one in two of the exchanged is itself again
    assert abs((found[:, 1] == 8).float().mean() - 0.75) < 0.03


def test_what_is_given_stays_as_it_was():
    given = torch.tensor([[4, 5, 8]])
    WordNoise(12, GROUPS, 1, 1)(given)
    assert given.tolist() == [[4, 5, 8]]
