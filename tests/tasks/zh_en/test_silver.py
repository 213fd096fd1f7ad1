import pytest

from viz_core.tasks.zh_en import hsk, silver
from viz_core.tasks.zh_en.grammar.english import target_words
from viz_core.tasks.zh_en.stem import stem


@pytest.mark.parametrize(
    "forms",
    ["hope hopes hoped hoping", "run runs running ran", "study studies studied studying", "watch watches watched",
     "miss misses missed", "child children", "quick quickly", "buy bought buying", "big"],
)
def test_forms_of_one_word_share_a_stem(forms):
    assert len({stem(form) for form in forms.split()}) == 1


def test_different_words_keep_different_stems():
    words = "red ring sing thing bed need his this bus class horse house".split()
    assert len({stem(word) for word in words}) == len(words)


def links(source, glosses, target):
    found, coverage = silver.alignment(source, glosses, target)
    words = target_words(target)
    return {(source[s], words[t]) for s, t in found}, coverage


def test_glosses_and_function_words():
    found, coverage = links(
        ["老师", "喜欢", "苹果", "，", "我", "不", "喜欢", "。"],
        ["teacher", "to like; to be fond of", "apple", "", "I; me", "not", "to like", ""],
        "The teacher likes apples, I don't like them.",
    )
    assert found == {("老师", "teacher"), ("喜欢", "likes"), ("苹果", "apples"), ("我", "I"), ("不", "don't"), ("喜欢", "like")}
    assert coverage == 1


def test_repeated_words_pair_in_order():
    # By position alone both "water" would take the second 水.
    found, _ = silver.alignment(["水", "水", "很", "好", "喝", "吗"], ["water"] * 2 + [""] * 4, "Is this good: water, water")
    assert found == {(0, 4), (1, 6)}


def test_the_nearest_source_wins_over_another_rule():
    # Both the table's 大家 and the gloss of 人人 offer "all"; 大家 stands nearer.
    found, _ = silver.alignment(["老师", "大家", "人人", "在", "家"], ["", "", "everyone all", "", "home"], "all at home")
    assert (1, 0) in found and (2, 0) not in found


def test_the_nearest_of_two_sources_wins():
    found, _ = silver.alignment(["敲", "了", "很", "久", "敲门"], ["to knock", "", "", "", "to knock on"], "For long he knocked")
    assert found == {(4, 3)}


def test_notes_in_a_gloss_do_not_count():
    assert silver.gloss_stems("(of a horse [ma3] (old)) to run; junior [x]") == {"run", "junior"}


def test_free_translations_stay_without_alignment():
    sentence = hsk.Sentence("x", 1, ("全力", "支持"), ("full strength", "to support"), ("", ""), "Go on, give it your all.")
    assert silver.aligned([sentence])[0].alignment is None


def test_every_link_is_inside_its_sentence_and_each_target_word_has_one_source():
    pairs = [p for p in silver.aligned(hsk.training_sentences()) if p.alignment is not None]
    assert len(pairs) > 1500
    for pair in pairs:
        targets = [t for _, t in pair.alignment]
        assert len(targets) == len(set(targets)) and max(targets, default=0) < len(target_words(pair.target))
        assert all(0 <= s < len(pair.source) for s, _ in pair.alignment)
