"""Typed stories: where sentences end, what is refused and how, and that nothing typed crashes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viz_core.inputs.story import check_words, split_story, unknown_words, words
from viz_core.trace.errors import InputError


def test_sentences_end_at_stops_and_lines_and_numbers_of_lines_are_dropped():
    text = "1 Mary went to  the kitchen.\n2 John is here\nWhere is Mary?"
    assert split_story(text) == (("Mary went to the kitchen.", "John is here"), "Where is Mary?")


def test_words_are_lower_case_and_bare():
    assert words("What's John's (old) cat, \"Tom\"?") == ("what's", "john's", "old", "cat", "tom")


@pytest.mark.parametrize(("text", "said"), [
    ("", "the story is empty"), (" \n ", "the story is empty"), ("…", "no question"), ("Mary went home.", "no question"),
    ("Where is Mary?", "has no story before it"), ("Where is Mary? Mary went home.", "put the question last"),
    ("A b. C d? E f?", "2 questions"), ("mary " * 1000 + ". Where is Mary?", "sentence 1 has 1,000 words"),
    ("Mary went home. " + "where " * 101 + "?", "sentence 2 has 101 words"),
])  # fmt: skip
def test_refusals_say_what_is_wrong(text, said):
    with pytest.raises(InputError, match=said):
        split_story(text)


def test_unknown_words_are_named_once_with_a_remedy():
    assert unknown_words(["Mary saw a dragon.", "A Dragon?"], {"mary", "a"}) == ["saw", "dragon"]
    with pytest.raises(InputError, match="never saw 'kitchn'.*did you mean 'kitchen'"):
        check_words(["the kitchn"], ["the", "kitchen"])
    with pytest.raises(InputError, match="and 6 more"):
        check_words(["a b c d e f g h i j"], ["the"])


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("ab .?!\n1'é🙂\x00"), max_size=60) | st.text(max_size=200))
def test_any_text_is_split_or_refused_in_one_line(text):
    try:
        sentences, question = split_story(text)
        assert sentences and question.endswith("?") and all(words(s) for s in sentences)
        check_words((*sentences, question), {"a", "b"})
    except InputError as error:
        assert "\n" not in str(error) and len(str(error)) < 300
