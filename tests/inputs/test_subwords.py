"""Pieces, words and back."""

from viz_core.inputs.subwords import Subwords, word_of_piece, words
from viz_core.inputs.vocabulary import END

TEXTS = ["My mother's friend doesn't like tea.", "It is 7:30 o'clock, Mr. Wang!", "ice-cream and tea"] * 3


def test_words_by_hand():
    assert words("My mother's friend doesn't like Mr. Wang.") == [
        "My", "mother", "'s", "friend", "doesn't", "like", "Mr.", "Wang", ".",
    ]  # fmt: skip


def test_round_trip_and_json():
    codec = Subwords.train(TEXTS, 120)
    again = Subwords.from_json(codec.to_json())
    for text in TEXTS:
        ids = codec.encode(text)
        assert ids[-1] == END and codec.decode(ids) == text and again.encode(text) == ids


def test_no_piece_crosses_a_word():
    codec = Subwords.train(TEXTS, 200)
    for text in TEXTS:
        pieces = [codec.symbols[i] for i in codec.encode(text)]
        owner = word_of_piece(pieces, text)
        assert owner[-1] == -1  # the end belongs to no word
        for index, word in enumerate(words(text)):
            assert "".join(p for p, o in zip(pieces, owner, strict=True) if o == index).replace("▁", "") == word


def test_words_whose_normal_form_is_longer_keep_their_pieces():
    text = "Wait … my ﬁsh likes ½ tea."  # NFKC: … → ..., ﬁ → fi, ½ → 1⁄2
    codec = Subwords.train([*TEXTS, text, text], 120)
    pieces = [codec.symbols[i] for i in codec.encode(text)]
    owner = word_of_piece(pieces, text)
    spelled = ["".join(p for p, o in zip(pieces, owner, strict=True) if o == i).replace("▁", "") for i in range(len(words(text)))]
    assert words(text) == ["Wait", "…", "my", "ﬁsh", "likes", "½", "tea", "."]
    assert spelled == ["Wait", "...", "my", "fish", "likes", "1⁄2", "tea", "."]
