"""Caption words: ids, both languages' notation, and what cannot be written."""

from __future__ import annotations

import pytest

from viz_core.inputs.caption_words import CaptionWords
from viz_core.inputs.vocabulary import END, SPECIALS, Vocabulary
from viz_core.trace import InputError

WORDS = CaptionWords.of(("a", "red", "cat", "一只", "一", "只猫", "猫", "红色的", "a"))


def test_ids_begin_after_the_specials_and_the_languages():
    assert WORDS.symbols[4:] == ("<en>", "<zh>", "a", "red", "cat", "一只", "一", "只猫", "猫", "红色的")
    assert (WORDS.begin("en"), WORDS.begin("zh"), WORDS.first, len(WORDS)) == (4, 5, 6, 14)
    assert WORDS.never == (0, 1, 2, 4, 5) and END not in WORDS.never


def test_english_is_read_whatever_its_case_and_marks():
    assert WORDS.encode("  A red, CAT. ") == [6, 7, 8, END]
    assert WORDS.decode([4, 6, 7, 8, END]) == "a red cat"


def test_chinese_is_cut_into_the_fewest_words():
    assert WORDS.encode("一只红色的猫。", "zh") == [9, 13, 12, END]
    assert WORDS.encode("一只 猫", "zh") == [9, 12, END]
    assert WORDS.encode("一只猫", "zh") in ([9, 12, END], [10, 11, END])  # both have two words
    assert WORDS.decode([5, 9, 13, 12, END], "zh") == "一只红色的猫"


def test_a_cut_that_a_greedy_reader_misses():
    words = CaptionWords.of(("ab", "a", "bc"))
    assert [words.symbols[i] for i in words.encode("abc", "zh")[:-1]] == ["a", "bc"]


def test_long_chinese_is_read_in_time():
    assert len(WORDS.encode("猫" * 50_000, "zh")) == 50_001


def test_a_document_gives_the_same_words():
    again = CaptionWords.from_json(WORDS.to_json())
    assert again.symbols == WORDS.symbols and "红" in WORDS.to_json()


@pytest.mark.parametrize(("text", "language", "word"), [("a blue cat", "en", "'blue'"), ("<zh>", "en", "'<zh>'"), ("一只蓝猫", "zh", "'蓝猫'")])
def test_unknown_words_are_named(text, language, word):
    with pytest.raises(InputError, match=f"{word} is no word of this model's captions; write others"):
        WORDS.encode(text, language)


def test_a_vocabulary_of_one_language():
    words = CaptionWords.of(("猫",), ("zh",))
    assert words.symbols[4:] == ("<zh>", "猫") and words.begin("zh") == 4 and words.never == (0, 1, 2, 4)
    with pytest.raises(InputError, match="not written in 'en'; use one of zh"):
        words.begin("en")


def test_other_languages_and_vocabularies_are_refused():
    with pytest.raises(InputError, match="not written in 'fr'; use one of en, zh"):
        WORDS.begin("fr")
    with pytest.raises(InputError, match="has <en> or <zh> after its specials"):
        CaptionWords(Vocabulary((*SPECIALS, "a", "b")))
