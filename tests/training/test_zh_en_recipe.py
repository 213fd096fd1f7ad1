"""Which training pairs are drawn how often."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from viz_core.training.recipes import zh_en, zh_en_transformer
from viz_core.training.recipes.zh_en import ALIKE, Rarity
from viz_core.training.seq2seq import Example

POOL = [*[(("我",), "I")] * 12, *[(("我", "来"), "I come")] * 4]  # 我 sixteen times, 来 four times


@pytest.fixture
def examples(monkeypatch) -> Iterator[list[Example]]:
    made = [Example(source, (len(text),)) for source, text in POOL]
    monkeypatch.setattr(zh_en, "pool", lambda: POOL)
    monkeypatch.setattr(zh_en, "examples", lambda: made)
    zh_en._likely.cache_clear()
    yield made
    zh_en._likely.cache_clear()


@pytest.mark.parametrize(("rarity", "share"), [(0.0, 4 / 16), (0.5, (4 / 2) / (12 / 4 + 4 / 2)), (1.0, (4 / 4) / (12 / 16 + 4 / 4))])
def test_pairs_with_rare_words_come_more_often(examples, rarity, share) -> None:
    drawn = Counter(len(example.source) for example in zh_en.drawn(random.Random(1), 20_000, Rarity(rarity)))
    assert drawn[2] / 20_000 == pytest.approx(share, abs=0.015)


@pytest.mark.parametrize("more", [1.0, 2.0])
def test_rare_english_words_leave_every_kind_its_share_made_ones_what_they_shall_have(monkeypatch, more) -> None:
    """Nine glosses, sixteen written pairs, six made ones; the rarest: the full stop in 12 pairs, Come in 4, it0, it1, laptops in 2."""
    pool = [*[(("我",), "I")] * 9, *[(("我", "来"), "I come.")] * 12, *[(("来", "。"), "Come!")] * 4]
    pool += [*[((f"它{i}", "走"), f"it{i % 2} goes") for i in range(4)], *[((f"电脑{i}", "来"), "laptops come") for i in range(2)]]
    monkeypatch.setattr(zh_en, "pool", lambda: pool)
    monkeypatch.setattr(zh_en, "examples", lambda: [Example(source, (i,)) for i, (source, _) in enumerate(pool)])
    zh_en._likely.cache_clear()
    times = Counter(example.target[0] for example in zh_en.drawn(random.Random(2), 62_000, Rarity(1.0, True, more)))
    made = zh_en.made.__wrapped__()
    zh_en._likely.cache_clear()
    assert made == {Example(source, (i,)) for i, (source, _) in enumerate(pool) if i >= 25}
    share = [sum(times[i] for i in part) / 62_000 * (25 + 6 * more) for part in (range(9), range(9, 25), range(25, 31))]
    assert share == pytest.approx([9, 16, 6 * more], rel=0.05)
    assert sum(times[i] for i in range(9, 21)) / sum(times[i] for i in range(21, 25)) == pytest.approx(12 / 12 / (4 / 4), rel=0.05)
    assert sum(times[i] for i in range(29, 31)) / sum(times[i] for i in range(25, 29)) == pytest.approx(2 / 2 / (4 / 2), rel=0.05)


def test_all_alike_is_a_plain_choice(examples) -> None:
    assert zh_en.drawn(random.Random(3), 50) == random.Random(3).choices(examples, k=50)


def test_the_transformer_draws_as_its_cycle_says(examples, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(zh_en, "drawn", lambda rng, count, rarity: asked.append(rarity) or [])
    monkeypatch.setattr(zh_en_transformer, "RARITY", ((0, ALIKE), (100, Rarity(0.5)), (200, Rarity(0.25, True))))
    for step in (0, 99, 100, 199, 200, 1000):
        zh_en_transformer._draw(random.Random(0), 1, step)
    assert asked == [ALIKE, ALIKE, Rarity(0.5), Rarity(0.5), Rarity(0.25, True), Rarity(0.25, True)]


def test_teachers_are_asked_in_their_cycles_only() -> None:
    steps = (0, 27_499, 27_500, 33_499, 33_500, 40_399, 43_599, 43_600, 52_600, 55_500, 67_799)
    shares = [zh_en_transformer._since(zh_en_transformer.TAUGHT, step) for step in steps]
    assert shares == [0.0, 0.0, 0.7, 0.7, 0.0, 0.5, 0.0, 0.8, 0.5, 0.8, 0.9]
    tables = (zh_en_transformer.TAUGHT, zh_en_transformer.RARITY, zh_en_transformer.TRUST)
    assert all(step in (0, *zh_en_transformer.RESTARTS) for table in tables for step, _ in table)


def test_teachers_are_less_trusted_about_made_pairs(monkeypatch) -> None:
    made, written = Example(("电脑", "来"), (1,)), Example(("我",), (2,))
    monkeypatch.setattr(zh_en, "made", lambda: frozenset({made}))
    monkeypatch.setattr(zh_en_transformer, "TRUST", ((0, 1.0), (100, 0.3)))
    assert [zh_en_transformer._trust(each, step) for each in (made, written) for step in (99, 100)] == [1.0, 0.3, 1.0, 1.0]
