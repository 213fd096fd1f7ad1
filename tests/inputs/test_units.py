"""What people type: read as units, or refused in one clear sentence; 3,000 random texts, never anything else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viz_core.inputs.units import MAX_CHARACTERS, READERS, chinese, letters
from viz_core.trace import InputError

anything = st.text(max_size=60) | st.text(st.sampled_from("我是中国人abc '’\u200f\u202e\x00\n🙂é，。/ ١२"), max_size=40)


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@settings(max_examples=1500, deadline=None)
@given(text=anything)
def test_any_text_is_read_or_refused_in_one_sentence(reader, text):
    try:
        units = reader(text)
    except InputError as error:
        assert "\n" not in str(error) and len(str(error)) < 300
    else:
        assert units and all(unit and not unit.isspace() for unit in units)


def test_letters_by_hand():
    assert letters("Knight") == tuple("knight")
    assert letters(" O’Brien ") == tuple("o'brien")
    assert letters("Beyoncé") == tuple("beyonce")


def test_chinese_by_hand():
    assert chinese("我是中国人") == ("我", "是", "中国", "人")
    assert chinese("我/是/中国人") == ("我", "是", "中国人")


@pytest.mark.parametrize(
    ("reader", "text", "named"),
    [
        (letters, "", "empty"),
        (letters, "\u202e\u200f", "empty"),
        (letters, "two words", "a space"),
        (letters, "我", "我"),
        (letters, "'", "no letter"),
        (letters, "a" * 10_000, "10,000"),
        (chinese, "hello", "no Chinese"),
        (chinese, "。！", "no Chinese"),
        (chinese, "🙂", "no Chinese"),
        (chinese, "我" * (MAX_CHARACTERS + 1), f"{MAX_CHARACTERS}"),
    ],
)
def test_the_sentence_names_what_is_wrong(reader, text, named):
    with pytest.raises(InputError, match=named):
        reader(text)
