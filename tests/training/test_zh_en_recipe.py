"""Which training pairs are drawn how often."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from viz_core.training.recipes import zh_en, zh_en_transformer
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
    drawn = Counter(len(example.source) for example in zh_en.drawn(random.Random(1), 20_000, rarity))
    assert drawn[2] / 20_000 == pytest.approx(share, abs=0.015)


def test_all_alike_is_a_plain_choice(examples) -> None:
    assert zh_en.drawn(random.Random(3), 50) == random.Random(3).choices(examples, k=50)


def test_the_transformer_draws_as_its_cycle_says(examples, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(zh_en, "drawn", lambda rng, count, rarity: asked.append(rarity) or [])
    monkeypatch.setattr(zh_en_transformer, "RARITY", ((0, 0.0), (100, 0.5), (200, 0.25)))
    for step in (0, 99, 100, 199, 200, 1000):
        zh_en_transformer._draw(random.Random(0), 1, step)
    assert asked == [0.0, 0.0, 0.5, 0.5, 0.25, 0.25]
