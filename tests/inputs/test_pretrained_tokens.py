import numpy as np
import pytest
from tests.models.tiny_pretrained import byte_tokenizer, piece_tokenizer, word_piece_tokenizer

from viz_core.inputs.pretrained_tokens import PretrainedTokens
from viz_core.inputs.token_labels import label_of, labels_of, visible
from viz_core.inputs.token_words import to_words, words_of
from viz_core.trace import AttentionMap, Axis, Dense, InputError, ShapeError

BYTES, WORD_PIECES, PIECES = (PretrainedTokens(make(), 400) for make in (byte_tokenizer, word_piece_tokenizer, piece_tokenizer))
TEXT = "The cat didn't 中国 🙂!\n x"


def spelled(found) -> list[str]:
    return [found.text[start:end] for start, end in found.axis.geometry["spans"]]


def test_split_characters_are_numbered_shares():
    china = "中".encode()
    assert labels_of([b"a " + china[:1], china[1:2], china[2:] + b" x"]) == ["a▁中⟨1/3⟩", "中⟨2/3⟩", "中⟨3/3⟩▁x"]
    assert label_of(china[:2]) == "⟨E4 B8⟩" and label_of(b" \xe4") == "▁⟨E4⟩" and label_of(b"\xff\xfea") == "⟨FF FE⟩a"


def test_what_cannot_be_seen_is_spelled_out():
    assert visible(" a\n\t\u200b\ufffd") == "▁a⏎⇥⟨U+200B⟩⟨U+FFFD⟩"


@pytest.mark.parametrize("tokens", [BYTES, PIECES], ids=["bytes", "pieces"])
def test_byte_safe_labels_with_spans(tokens):
    found = tokens.encode(TEXT)
    labels = found.axis.labels
    assert "�" not in "".join(labels)
    for share in ("中⟨1/3⟩", "中⟨3/3⟩", "国⟨2/3⟩", "🙂⟨4/4⟩"):
        assert spelled(found)[labels.index(share)] == share[0]
    assert spelled(found)[labels.index("▁cat")] == "cat" and spelled(found)[labels.index("⏎")] == "\n"
    assert tokens.text(found.ids) == TEXT


def test_spaces_are_shown_alike_whatever_the_tokenizer():
    for tokens in (BYTES, WORD_PIECES, PIECES):
        labels = tokens.encode("the cat sat").axis.labels
        assert [label for label in labels if label not in ("[CLS]", "[SEP]", "</s>")][1:] == ["▁cat", "▁sat"]
    assert WORD_PIECES.encode("cat, dog").axis.labels[1:4] == ("cat", "[UNK]", "▁dog")
    assert {"▁cat", "⟨unused 399⟩"} <= set(BYTES.labels) and len(BYTES.labels) == 400
    assert "�" not in "".join(BYTES.labels) + "".join(PIECES.labels) + "".join(WORD_PIECES.labels)


def test_special_tokens_pairs_and_words():
    found = WORD_PIECES.encode("the cat", "a dog")
    geometry = found.axis.geometry
    assert found.axis.labels == ("[CLS]", "the", "▁cat", "[SEP]", "▁a", "▁dog", "[SEP]")
    assert geometry["special"] == [True, False, False, True, False, False, True]
    assert found.text == "the cat\na dog" and spelled(found)[4:6] == ["a", "dog"]
    assert geometry["words"] == [0, 1, 2, 3, 4, 5, 6] and found.segments == (0, 0, 0, 0, 1, 1, 1)


def test_the_word_of_every_token():
    text = "don't stop 中国 3.5!"
    spans = [(0, 3), (3, 5), (6, 8), (8, 10), (10, 11), (11, 12), (11, 12), (12, 13), (14, 15), (15, 17), (17, 18)]
    assert words_of(text, spans, [False] * 11) == (0, 0, 1, 1, 2, 2, 2, 3, 4, 4, 5)
    assert words_of("ab cd", [(0, 0), (0, 2), (2, 5), (0, 0)], [True, False, False, True]) == (0, 1, 2, 3)
    assert words_of("abcd", [(0, 2), (2, 4)], [False, True]) == (0, 1)
    found = BYTES.encode("she didn't see")
    assert dict(zip(found.axis.geometry["words"], spelled(found), strict=True)).keys() == {0, 1, 2}


def test_outputs_go_on_after_their_prompt():
    prompt = BYTES.encode("the c")
    more = BYTES.encode("at 中").ids
    axis = BYTES.continued(prompt.text, prompt.axis, more)
    text = "the cat 中"
    assert [text[a:b] for a, b in axis.geometry["spans"]][-3:] == ["中"] * 3 and axis.labels[-1] == "中⟨3/3⟩"
    assert axis.geometry["words"][len(prompt.ids) - 1] == axis.geometry["words"][len(prompt.ids)]  # c and at are one word


def test_text_that_stops_within_a_character():
    ids = BYTES.encode("cat 中").ids
    assert BYTES.text(ids[:-1]) == "cat ⟨E4 B8⟩"


@pytest.mark.parametrize("text", ["", "  ", "\n", 3])
def test_no_text(text):
    with pytest.raises(InputError, match="the text is empty; type|the text is a int; give text"):
        BYTES.encode(text)


def test_too_much_text_is_told_in_numbers():
    with pytest.raises(InputError, match=r"the text has 5 tokens; this model reads at most 4, so shorten it"):
        BYTES.encode("!?!?!", limit=4)
    with pytest.raises(InputError, match="1,000,001 characters"):
        BYTES.encode("a" * 1_000_001)


ATTENTION = np.array([[0.5, 0.2, 0.1, 0.2], [0.1, 0.3, 0.5, 0.1], [0.0, 0.0, 1.0, 0.0], [np.nan] * 4], np.float32)
AXIS = Axis("token", ("▁ca", "t", "▁sat", "</s>"), {
    "words": [0, 0, 1, 2], "spans": [[0, 2], [2, 3], [4, 7], [0, 0]], "special": [False, False, False, True],
})  # fmt: skip


def test_weights_to_a_word_are_summed_and_from_a_word_averaged():
    found = to_words(AttentionMap("encoder", AXIS, AXIS, Dense(ATTENTION[None, None])))
    np.testing.assert_allclose(found.map(), [[0.55, 0.3, 0.15], [0.0, 1.0, 0.0], [np.nan] * 3], atol=1e-6)
    assert found.key_axis.labels == found.query_axis.labels == ("cat", "sat", "</s>")
    assert found.key_axis.geometry["spans"] == [[0, 3], [4, 7], [0, 0]] and found.key_axis.geometry["special"] == [False, False, True]


def test_only_one_axis_may_have_words():
    plain = Axis("step", tuple("abcd"))
    found = to_words(AttentionMap("cross", plain, AXIS, Dense(ATTENTION[None, None])))
    assert found.query_axis is plain and found.map().shape == (4, 3)
    assert to_words(AttentionMap("cross", plain, AXIS, Dense(ATTENTION[None, None])), keys=[4, 4, 4, 5]).map().shape == (4, 2)


def test_words_must_fit():
    with pytest.raises(ShapeError, match="the key axis has 4 positions"):
        to_words(AttentionMap("encoder", AXIS, AXIS, Dense(ATTENTION[None, None])), keys=[0, 1])


def test_split_characters_are_whole_again_in_words():
    found = BYTES.encode("中国 cat")
    weights = np.full((len(found.ids),) * 2, 1 / len(found.ids), np.float32)
    assert to_words(AttentionMap("decoder", found.axis, found.axis, Dense(weights[None, None]))).key_axis.labels == ("中", "国", "cat")
