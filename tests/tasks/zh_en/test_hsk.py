from collections import Counter

import pytest

from viz_core.tasks.zh_en import hsk
from viz_core.trace.errors import InputError


def test_the_fixed_lists_are_what_the_seed_draws():
    held_out, development = hsk.draw_split(hsk.sentences())
    assert tuple(held_out) == hsk.read_ids(hsk.HELD_OUT_FILE)
    assert tuple(development) == hsk.read_ids(hsk.DEVELOPMENT_FILE)


def test_sizes_and_no_overlap():
    sets = [{p.id for p in part} for part in (hsk.held_out(), hsk.development(), hsk.training())]
    assert [len(s) for s in sets[:2]] == [400, 200] and len(sets[2]) > 3500
    assert len(set.union(*sets)) == sum(map(len, sets))


def test_levels_have_their_share():
    every = Counter(s.level for s in hsk.sentences())
    drawn = Counter(s.level for s in hsk.select(hsk.read_ids(hsk.HELD_OUT_FILE)))
    for level, count in every.items():
        assert abs(drawn[level] - 400 * count / sum(every.values())) < 1


def test_no_placeholder_and_words_spell_the_sentence():
    assert not any(s.target == "PH" or "placeholder" in s.target.lower() for s in hsk.sentences())
    assert all(len(s.source) == len(s.glosses) == len(s.pinyin) for s in hsk.sentences())


def test_marks_go_back_between_the_words():
    words, owners = hsk.with_punctuation("老师，您好！", ["老师", "您", "好"])
    assert words == ("老师", "，", "您", "好", "！")
    assert owners == (0, None, 1, 2, None)
    with pytest.raises(InputError, match="does not follow"):
        hsk.with_punctuation("老师好", ["好", "老师"])


def test_an_id_that_is_gone_is_an_error():
    with pytest.raises(InputError, match="hsk9-0001"):
        hsk.select(["hsk9-0001"])
