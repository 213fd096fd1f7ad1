import random

import pytest

from viz_core.tasks.zh_en.grammar.lexicon import nouns
from viz_core.tasks.zh_en.pair import Pair
from viz_core.tasks.zh_en.substitute import replace_word, substituted


def pair(source, target, alignment=None):
    return Pair("x", tuple(source.split()), target, alignment, "hsk")


@pytest.mark.parametrize(
    "text, old, new, expected",
    [
        ("I eat an apple.", "apple", "banana", "I eat a banana."),
        ("A dog barks.", "dog", "elephant", "An elephant barks."),
        ("Apples are red.", "apples", "oranges", "Oranges are red."),
        ("He has a red apple.", "apple", "orange", "He has a red orange."),
        ("Tom is here.", "Tom", "Mary", "Mary is here."),
    ],
)
def test_replace_word_fixes_article_and_capital(text, old, new, expected):
    assert replace_word(text, old, new) == expected


def test_the_new_word_is_of_the_same_class_and_number():
    generator = random.Random(0)
    by_plural = {(n.zh, n.plural): n for n in nouns() if n.plural}
    apple = next(n for n in nouns() if n.zh == "苹果")
    for _ in range(20):
        made = substituted(pair("我 喜欢 苹果 。", "I like apples."), generator)
        word, english = made.source[2], made.target.removeprefix("I like ").removesuffix(".")
        assert word != "苹果" and by_plural[word, english].classes == apple.classes
        assert made.origin == "hsk-substituted"


@pytest.mark.parametrize(
    "source, target",
    [
        ("苹果 和 苹果", "an apple"),  # twice
        ("他 的 苹果 和 梨", "his fruit"),  # not in the English
        ("一个 苹果 ， 很多 苹果树", "an apple among apples"),  # two forms
        ("三 月", "three"),  # a month
        ("人 很 多", "many people"),  # in too many phrases
    ],
)
def test_what_could_go_wrong_is_left_alone(source, target):
    assert substituted(pair(source, target), random.Random(0)) is None


def test_links_stay_only_while_the_words_count_the_same():
    generator = random.Random(1)
    links = frozenset({(0, 0), (2, 2)})
    made = [substituted(pair("我 喜欢 司机", "I like drivers", links), generator) for _ in range(60)]
    sizes = {len(m.target.split()) for m in made}
    assert 3 in sizes and len(sizes) > 1  # "I like nurses", "I like police officers"
    assert all(m.alignment == (links if len(m.target.split()) == 3 else None) for m in made)
