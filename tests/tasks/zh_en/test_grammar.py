"""The grammar of everyday sentences: hand-checked pairs, exact links, determinism, a held-out part that never leaks."""

from __future__ import annotations

import itertools
import random

import pytest

from viz_core.inputs.segment import segment
from viz_core.tasks.zh_en import grammar
from viz_core.tasks.zh_en.grammar import english, sampling
from viz_core.tasks.zh_en.grammar.engine import Pattern, Phrase, Template
from viz_core.tasks.zh_en.grammar.pieces import piece, verb_piece
from viz_core.tasks.zh_en.grammar.pronouns import PRONOUNS
from viz_core.tasks.zh_en.grammar.times import chinese_number
from viz_core.trace.errors import InputError

PATTERNS = sampling._patterns().items


@pytest.fixture(scope="module")
def sentences() -> list[grammar.Sentence]:
    rng = random.Random(5)
    return [grammar.sample(rng) for _ in range(4000)]


def _links(sentence: grammar.Sentence) -> set[tuple[str, str]]:
    words = grammar.target_words(sentence.target)
    return {(sentence.source[i], words[j]) for i, j in sentence.alignment}


def _build(source: str, target: str, punctuated: bool = True, **fill: Phrase) -> grammar.Sentence:
    return sampling.realise(Template(source, target).build(fill), "test", "sentence", punctuated)


def test_reordered_question_keeps_its_links() -> None:
    asked = _build("{s} 在 哪儿 {v}", "where=哪儿 do|s {s} {v} ?", s=PRONOUNS["他"], v=verb_piece("喝 茶", "drink tea"))
    assert asked.target == "Where does he drink tea?"
    assert {("哪儿", "Where"), ("他", "he"), ("？", "?")} <= _links(asked)
    assert not any(word == "does" for _, word in _links(asked))


def test_particle_splits_the_verb_phrase() -> None:
    slept = _build("{s} {v+了} ", "{s} {v.past}=了", punctuated=False, s=PRONOUNS["我"], v=verb_piece("睡 觉", "sleep=1+2"))
    assert (slept.source, slept.target) == (("我", "睡", "了", "觉"), "I slept")
    assert _links(slept) == {("我", "I"), ("睡", "slept"), ("了", "slept"), ("觉", "slept")}


def test_equal_words_on_both_sides_are_linked_in_order() -> None:
    pair = _build("{s} 会 {v} ， 不 会 {w}", "{s} can=会 {v} but can=会 not=不 {w}", s=PRONOUNS["我"],
                  v=verb_piece("唱 歌", "sing=1+2"), w=verb_piece("跳 舞", "dance=1+2"))  # fmt: skip
    first, second = (j for j, word in enumerate(grammar.target_words(pair.target)) if word == "can")
    assert {i for i, j in pair.alignment if j == first}.isdisjoint(i for i, j in pair.alignment if j == second)


@pytest.mark.parametrize(
    "who, expected",
    [("我", "I am not tired."), ("你", "You aren't tired."), ("她", "She isn't tired."), ("他们", "They aren't tired.")],
)
def test_agreement(who: str, expected: str) -> None:
    assert _build("{s} 不 累", "{s} isn't|s=不 tired=累", s=PRONOUNS[who]).target == expected


def test_article_follows_the_next_sound() -> None:
    assert _build("一 {n}", "a=一 {n}", n=piece("苹果", "apple")).target == "An apple."
    assert _build("一 {n}", "a=一 {n}", n=piece("大学", "university")).target == "A university."


@pytest.mark.parametrize(
    "verb, forms",
    [("study", ("studies", "studied", "studied", "studying")), ("go", ("goes", "went", "gone", "going")),
     ("swim", ("swims", "swam", "swum", "swimming")), ("make", ("makes", "made", "made", "making")),
     ("play", ("plays", "played", "played", "playing")), ("shop", ("shops", "shopped", "shopped", "shopping"))],
)  # fmt: skip
def test_verb_forms(verb: str, forms: tuple[str, ...]) -> None:
    assert (english.third(verb), english.past(verb), english.participle(verb), english.gerund(verb)) == forms


@pytest.mark.parametrize(
    "word, more, most",
    [("big", "bigger", "biggest"), ("happy", "happier", "happiest"), ("good", "better", "best"),
     ("expensive", "more expensive", "most expensive"), ("nice", "nicer", "nicest")],
)  # fmt: skip
def test_degrees(word: str, more: str, most: str) -> None:
    assert (english.comparative(word), english.superlative(word)) == (more, most)


@pytest.mark.parametrize(
    "value, zh, en",
    [(2, "二", "two"), (10, "十", "ten"), (15, "十五", "fifteen"), (21, "二十一", "twenty-one"), (105, "一百零五", "one hundred five"),
     (716, "七百一十六", "seven hundred sixteen"), (2000, "两千", "two thousand"), (3040, "三千零四十", "three thousand forty")],
)  # fmt: skip
def test_numbers(value: int, zh: str, en: str) -> None:
    assert (chinese_number(value), english.number_words(value)) == (zh, en)


def test_ordinals() -> None:
    assert [english.ordinal_words(n) for n in (1, 2, 3, 5, 12, 20, 21)] == [
        "first", "second", "third", "fifth", "twelfth", "twentieth", "twenty-first"]  # fmt: skip


def test_target_words_splits_possessives_and_keeps_contractions() -> None:
    assert grammar.target_words("My mother's book isn't new, Mr. Wang.") == [
        "My", "mother", "'s", "book", "isn't", "new", ",", "Mr.", "Wang", "."]  # fmt: skip
    assert grammar.target_words("It is three o'clock, my parents' T-shirt") == [
        "It", "is", "three", "o'clock", ",", "my", "parents", "'", "T-shirt"]  # fmt: skip


@pytest.mark.parametrize(
    "pattern, source, target",
    [("clock.ask", "现在几点", "What time is it now"), ("price.ask.short", "多少钱", "How much is it")],
)
def test_fixed_patterns(pattern: str, source: str, target: str) -> None:
    chosen = next(p for p in PATTERNS if p.name == pattern)
    drawn = {("".join(s.source).rstrip("？"), s.target.rstrip("?")) for s in
             (grammar.from_pattern(chosen, random.Random(n)) for n in range(20))}  # fmt: skip
    assert (source, target) in drawn


def test_names_of_patterns_are_unique_and_many() -> None:
    names = grammar.pattern_ids()
    assert len(names) == len(set(names)) >= 300


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.name)
def test_every_pattern_gives_well_formed_pairs(pattern: Pattern) -> None:
    rng = random.Random(pattern.name)
    for _ in range(12):
        sentence = grammar.from_pattern(pattern, rng)
        words = grammar.target_words(sentence.target)
        assert sentence.source and words and sentence.alignment
        assert all(0 <= i < len(sentence.source) and 0 <= j < len(words) for i, j in sentence.alignment)
        assert english.spell(words, pattern.kind == "sentence") == sentence.target
        assert "  " not in sentence.target and not set("{}=|_$") & set(sentence.target)
        assert not any("一" <= letter <= "鿿" for letter in sentence.target)


def test_same_seed_same_sentences() -> None:
    first, second = (list(itertools.islice(grammar.training(11), 200)) for _ in range(2))
    assert first == second
    assert first != list(itertools.islice(grammar.training(12), 200))


def test_training_never_meets_the_held_out_part() -> None:
    apart = grammar.held_out(60, seed=3)
    assert len({s.source for s in apart}) == 60
    assert all(grammar.is_held_out(s.source) for s in apart)
    assert not any(grammar.is_held_out(s.source) for s in itertools.islice(grammar.training(0), 3000))


def test_final_punctuation_does_not_decide_the_partition() -> None:
    for text in ("我是中国人", "你喜欢茶吗", "他去学校", "这是什么"):
        assert len({grammar.is_held_out((*text, *mark)) for mark in ("", "。", "？")}) == 1


def test_source_is_cut_as_typed_text_is_cut(sentences: list[grammar.Sentence]) -> None:
    assert all(tuple(segment("".join(s.source))) == s.source for s in sentences)


def test_punctuation_is_on_both_sides_or_on_neither(sentences: list[grammar.Sentence]) -> None:
    marks = {"。": ".", "？": "?", "！": "!"}
    whole = [s for s in sentences if s.source[-1] in marks]
    assert all(s.target[-1] == marks[s.source[-1]] for s in whole)
    assert all(s.target[-1] not in ".?!" for s in sentences if s.source[-1] not in marks)
    assert 0.5 < len(whole) / len(sentences) < 0.7


def test_one_chinese_sentence_has_one_translation(sentences: list[grammar.Sentence]) -> None:
    translations: dict[tuple[str, ...], set[str]] = {}
    for s in sentences:
        translations.setdefault(s.source, set()).add(s.target.lower())
    assert sum(len(t) > 1 for t in translations.values()) <= len(translations) / 500


def test_a_link_to_a_missing_word_is_refused() -> None:
    with pytest.raises(InputError, match="links 'like' to '爱'"):
        Pattern("bad", "我 喜欢 茶", "I=我 like=爱 tea=茶")


def test_a_slot_without_generator_is_refused() -> None:
    with pytest.raises(InputError, match="no generator"):
        Pattern("bad", "{s} 喜欢 茶", "{s} like|s=喜欢 tea=茶")


def test_unlinkable_words_are_refused() -> None:
    with pytest.raises(InputError, match="word by word"):
        piece("照 相", "take three photos")
