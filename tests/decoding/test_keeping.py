"""Predictions of a run: never more caches at a time than their model allows, and none at the end of a run that had more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import pytest

from viz_core.decoding.keeping import Kept


@dataclass(frozen=True)
class Prediction:
    number: int
    cache: str = "keys and values"

    def slim(self) -> Prediction:
        assert self.cache, "made slim twice"
        return replace(self, cache="")


@pytest.mark.parametrize(("waits", "hypotheses", "most"), [(4, 1, 3), (4, 2, 1), (4, 5, 0), (1, 1, 0)])
def test_so_many_wait_and_in_the_end_of_a_long_run_none(waits: int, hypotheses: int, most: int):
    kept: Any = Kept(SimpleNamespace(waits=waits), hypotheses)
    seen = []
    for number in range(10):
        kept.add(Prediction(number))
        seen.append(sum(bool(each.cache) for each in kept._predictions))
    assert max(seen) == most
    assert kept.whole() == [Prediction(number, "") for number in range(10)]


def test_a_model_that_does_not_say_lets_none_wait():
    kept: Any = Kept(SimpleNamespace())
    kept.add(Prediction(0))
    assert kept._predictions == [Prediction(0, "")]


def test_predictions_without_a_cache_are_kept_as_they_are():
    kept: Any = Kept(SimpleNamespace())
    only = object()
    kept.add(only)
    assert kept.whole() == [only]


def test_a_short_run_keeps_its_caches():
    kept: Any = Kept(SimpleNamespace(waits=4))
    for number in range(3):
        kept.add(Prediction(number))
    assert kept.whole() == [Prediction(number) for number in range(3)]
