import pytest
from hypothesis import given
from hypothesis import strategies as st

from viz_core.inputs.segment import normalise, segment
from viz_core.trace.errors import InputError


@pytest.mark.parametrize(
    "text, words",
    [
        ("我是中国人。", "我 是 中国 人 。"),
        ("这个人很高，对吗？", "这 个 人 很 高 ， 对 吗 ？"),
        ("他看过很多书", "他 看 过 很 多 书"),
        ("ＡＢＣ公司有３０％！", "ABC 公司 有 30% ！"),
        ("我7:30起床", "我 7:30 起床"),
    ],
)
def test_words_as_a_learner_sees_them(text, words):
    assert segment(text) == words.split(" ")


def test_given_boundaries_win():
    assert segment("我 爱 机器学习。") == ["我", "爱", "机器学习", "。"]
    assert segment("中国人/很/多") == ["中国人", "很", "多"]


def test_a_space_beside_a_latin_word_is_no_boundary():
    assert segment("我用 Python 写程序") == ["我", "用", "Python", "写", "程序"]


def test_chinese_marks_stay_chinese():
    assert normalise("Ａ，。？！：；１") == "A，。？！：；1"


@given(st.text(alphabet="我是中国人学生的不高兴一个，。 aB3龘", min_size=1, max_size=30))
def test_nothing_is_lost(text):
    if any(c.isalnum() for c in text):
        assert "".join(segment(text)) == text.replace(" ", "")


@pytest.mark.parametrize("text", ["", "  ", "。！"])
def test_text_without_a_word_is_refused(text):
    with pytest.raises(InputError, match="no word"):
        segment(text)
