"""Words and their characters as ids."""

import torch

from viz_core.inputs.vocabulary import PAD, SPECIALS, UNKNOWN, Vocabulary
from viz_core.inputs.words import WordIds, drop_words

IDS = WordIds(Vocabulary((*SPECIALS, "我", "中国")), Vocabulary((*SPECIALS, "我", "中", "国")))


def test_by_hand():
    words, parts = IDS.encode([["我", "中国"], ["中"]])
    assert words.tolist() == [[4, 5], [UNKNOWN, PAD]]
    assert parts.tolist() == [[[4, 0, 0, 0], [5, 6, 0, 0]], [[5, 0, 0, 0], [0, 0, 0, 0]]]
    assert IDS.unknown(["我", "中"]) == (1,)


def test_a_word_does_not_depend_on_its_neighbours():
    alone, beside = (IDS.encode([source])[1][0, 0] for source in (["我"], ["我", "中国中国中国"]))
    assert alone.tolist() == beside.tolist()


def test_json_round_trip():
    again = WordIds.from_json(IDS.to_json())
    assert again.words.symbols == IDS.words.symbols and again.parts.symbols == IDS.parts.symbols


def test_dropped_words_are_unknown_and_padding_stays():
    words = torch.tensor([[4, 5, PAD]] * 200)
    dropped = drop_words(words, 0.5, torch.Generator().manual_seed(0))
    assert (dropped[:, 2] == PAD).all()
    assert 0.4 < (dropped[:, :2] == UNKNOWN).float().mean() < 0.6
