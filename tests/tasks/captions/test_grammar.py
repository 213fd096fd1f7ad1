"""Captions by hand, in both languages."""

import pytest

from viz_core.tasks.captions import COLOURS, LANGUAGES, NOUNS, UNKNOWN_CAPTION, Description, Thing, caption, exchangeable, noun_places, parted, text, words
from viz_core.tasks.captions.grammar import noun_of
from viz_core.trace.errors import InputError


def noun(name: str) -> int:
    found = noun_of(name)
    assert found is not None
    return found


RED = next(number for number, colour in enumerate(COLOURS) if colour.en == "red")
CAT, APPLE, CAR = noun("cat"), noun("apple"), noun("car")


@pytest.mark.parametrize(
    ("things", "relation", "english", "chinese"),
    [
        ([Thing(CAT)], None, "a cat", "一只猫"),
        ([Thing(APPLE)], None, "an apple", "一个苹果"),
        ([Thing(APPLE, colour=RED)], None, "a red apple", "一个红色的苹果"),
        ([Thing(CAR, 4)], None, "four cars", "四辆汽车"),
        ([Thing(CAT, 1, RED, "small"), Thing(APPLE, 2)], "left", "a small red cat to the left of two apples", "一只小的红色的猫在两个苹果的左边"),
        ([Thing(CAR, 3, RED), Thing(APPLE, size="big")], "above", "three red cars above a big apple", "三辆红色的汽车在一个大的苹果的上面"),
    ],
)
def test_captions_by_hand(things, relation, english, chinese):
    said = Description(tuple(things), relation)
    assert text(caption(said, "en"), "en") == english
    assert text(caption(said, "zh"), "zh") == chinese


def test_noun_places_name_the_nouns():
    said = Description((Thing(CAT, 1, RED, "small"), Thing(APPLE, 2, RED)), "left")
    assert [caption(said, "en")[place] for place in noun_places(said, "en")] == ["cat", "apples"]
    assert [caption(said, "zh")[place] for place in noun_places(said, "zh")] == ["猫", "苹果"]


def test_a_number_and_its_classifier_are_two_words_whoever_joined_them():
    said = caption(Description((Thing(CAR, 3, RED), Thing(APPLE)), "above"), "zh")
    assert said == ("三", "辆", "红色的", "汽车", "在", "一", "个", "苹果", "的", "上面")
    assert parted(("三辆", "红色的", "汽车", "在", "一个", "苹果", "的", "上面")) == said == parted(said)
    assert parted(("two", "cats")) == ("two", "cats")


def test_every_word_of_a_caption_is_known_once():
    assert len(set(words())) == len(words())
    for language in LANGUAGES:
        assert set(UNKNOWN_CAPTION[language]) <= set(words())
        for number in range(len(NOUNS)):
            for said in (Description((Thing(number, 1, 0), Thing((number + 1) % len(NOUNS), 3)), "above"), Description((Thing(number, 4, 2),))):
                assert set(caption(said, language)) <= set(words())


def test_nouns_are_told_apart():
    assert len({noun.en for noun in NOUNS} | {noun.plural for noun in NOUNS}) >= 2 * len(NOUNS) - sum(noun.en == noun.plural for noun in NOUNS)
    assert len({noun.zh for noun in NOUNS}) == len(NOUNS) == len({noun.class_name for noun in NOUNS})


@pytest.mark.parametrize(
    ("said", "language", "sentence"),
    [
        (Description((Thing(CAT, 5),)), "en", "cannot count 5 things; give 1 to 4"),
        (Description((Thing(CAT, colour=9),)), "en", "no colour 9"),
        (Description((Thing(CAT, size="huge"),)), "en", "no size 'huge'"),
        (Description((Thing(len(NOUNS)),)), "en", "there is no noun"),
        (Description((Thing(CAT),)), "fr", "no captions in 'fr'"),
        (Description((Thing(CAT),), "left"), "en", "1 things with the relation 'left' have no caption"),
    ],
)
def test_what_no_caption_says_is_named(said, language, sentence):
    with pytest.raises(InputError, match=sentence):
        caption(said, language)


def test_exchangeable_words_are_words_of_captions_and_of_one_kind():
    groups = exchangeable()
    assert {word for group in groups for word in group} <= set(words())
    assert ("small", "big") in groups and ("two", "three", "four") in groups and any({"红色的", "蓝色的"} <= set(group) for group in groups)
    assert all(len(set(group)) == len(group) > 1 for group in groups)
