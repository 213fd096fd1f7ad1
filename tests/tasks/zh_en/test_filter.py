import random

import pytest

from viz_core.tasks.metrics import edit_distance
from viz_core.tasks.zh_en import filter as near
from viz_core.tasks.zh_en import hsk
from viz_core.tasks.zh_en.filter import Protected

SOURCE, TARGET = "今天天气很好，我们去公园吧。", "The weather is nice today, let's go to the park."


@pytest.mark.parametrize(
    "source, why",
    [
        ("今天天气很好我们去公园吧", "equal without marks"),
        (("今天", "天气", "很", "好", "，", "我们", "去", "公园", "吧", "？"), "equal in words"),
        ("今天天气很好我们去花园吧", "one character exchanged"),
        ("我们去公园吧，今天天气很好", "same bigrams but one"),
        ("今天天气很好，我们去公园", "contained"),
        ("老王，今天天气很好，我们去公园吧", "contains"),
    ],
)
def test_near_duplicates_of_the_chinese_are_refused(source, why):
    assert not Protected([SOURCE]).allows(source, "Something else"), why


@pytest.mark.parametrize("source", ["今天天气很好", "明天天气不好，我们不去学校了", "我们", "去公园"])
def test_other_chinese_is_allowed(source):
    assert Protected([SOURCE], [TARGET]).allows(source, "Something else")


def test_short_sentences_are_compared_exactly():
    guard = Protected(["我饿了"])
    assert guard.allows("我累了", "I'm tired") and not guard.allows("我饿了！", "I'm hungry")


def test_one_of_five_characters_may_be_missing():
    assert not Protected(["甲乙丙丁戊"]).allows("甲乙丁戊", "x")


@pytest.mark.parametrize(
    "target, allowed",
    [
        ("the weather is nice today let's go to the park", False),
        ("Today the weather is nice, let's go to the park!", False),
        ("The weather is nice today, let's go to the zoo.", True),
        ("The weather is nice.", True),
    ],
)
def test_english(target, allowed):
    assert Protected([], [TARGET]).allows("别的句子", target) is allowed


def test_not_strict_means_equal_or_one_edit_only():
    guard = Protected([SOURCE], [TARGET], strict=False)
    assert guard.allows("我们去公园吧，今天天气很好", "Today the weather is nice, let's go to the park!")
    assert not guard.allows("今天天气很好我们去花园吧", "x") and not guard.allows("x", TARGET.upper())


def _slow(key: str, other: str) -> bool:
    """The rules of the docstring, written out without an index."""
    a, b = ({k[i : i + 2] for i in range(len(k) - 1)} for k in (key, other))
    short, long = sorted((key, other), key=len)
    return (
        key == other
        or bool(a | b) and len(a & b) / len(a | b) >= near.BIGRAM_JACCARD
        or len(long) >= near.EDIT_LENGTH and edit_distance(key, other) <= 1
        or len(short) >= near.CONTAINED_RATIO * len(long) and short in long
    )


def test_the_index_finds_what_comparing_all_finds():
    generator = random.Random(5)
    texts = ["".join(generator.choices("甲乙丙丁", k=generator.randint(1, 9))) for _ in range(300)]
    keep, ask = texts[:60], texts[60:]
    guard = Protected(keep)
    found = [guard.matches_source(key) for key in ask]
    assert found == [any(_slow(key, other) for other in keep) for key in ask]
    assert 0 < sum(found) < len(found)


def test_the_english_index_finds_what_comparing_all_finds():
    generator = random.Random(6)
    lines = [tuple(generator.choices("a b c d e f g h i j".split(), k=generator.randint(3, 9))) for _ in range(400)]
    keep, ask = lines[:150], lines[150:]
    guard = Protected([], [" ".join(k) for k in keep])

    def slow(x, y):
        a, b = set(x), set(y)
        close = len(a & b) / len(a | b) >= near.ENGLISH_JACCARD and abs(len(x) - len(y)) <= 1
        return x == y or close and min(len(x), len(y)) >= near.ENGLISH_LENGTH

    found = [guard.matches_target(x) for x in ask]
    assert found == [any(slow(x, y) for y in keep) for x in ask] and 0 < sum(found) < len(found)


def test_training_holds_nothing_that_is_tested_on():
    tested = hsk.held_out() + hsk.development()
    sources = {near.source_key(p.source) for p in tested}
    targets = {near.target_key(p.target) for p in tested}
    for pair in hsk.training():
        assert near.source_key(pair.source) not in sources and near.target_key(pair.target) not in targets
    assert not any(hsk.may_train(p.source, "new") or hsk.may_train(("新",), p.target) for p in tested)
