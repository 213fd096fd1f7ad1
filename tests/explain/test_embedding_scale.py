"""Lengths of embeddings and positions, and what ÷ √d_k does to a run's scores."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.pages import transformer_zoo

import viz_core as vc
from viz_core.decoding import Forced
from viz_core.explain.embedding_scale import embedding_scale
from viz_core.explain.score_scaling import score_scaling
from viz_core.trace import InputError


@pytest.fixture(scope="module")
def trace():
    return vc.run(transformer_zoo.model(), "我喜欢茶", Forced("I like tea ."))


def test_the_lengths_are_those_of_the_records(trace) -> None:
    stepper = transformer_zoo.model()
    found = embedding_scale(stepper, stepper.encode("我喜欢茶"))
    records = {name: trace.steps[0].quantity(f"encoder embedding · {name}").values for name in ("embedding", "scaled embedding", "position", "sum")}
    for name, values in zip(records, (found.embedding, found.scaled, found.position, found.total), strict=True):
        np.testing.assert_allclose(values, np.linalg.norm(records[name], axis=-1), rtol=1e-5)
    assert found.factor == math.sqrt(16)
    np.testing.assert_allclose(found.position, math.sqrt(16 / 2), rtol=1e-6)


def test_a_larger_factor_turns_the_sum_towards_the_word() -> None:
    stepper = transformer_zoo.model()
    source = stepper.encode("我喜欢茶")
    small, large, huge = (embedding_scale(stepper, source, factor).cosine.mean() for factor in (1.0, 4.0, 1e6))
    assert small < large < huge == pytest.approx(1, abs=1e-6)


def test_score_scaling_by_hand(trace) -> None:
    found = score_scaling(trace, "decoder 0 cross-attention")
    raw = np.concatenate([step.quantity("decoder 0 cross-attention · scores").values.ravel() for step in trace.steps]).astype(float)
    assert found.depth == 8 and found.scores == pytest.approx(raw.std())
    assert found.scaled == pytest.approx(raw.std() / math.sqrt(8), rel=1e-5)
    weights = [step.quantity("decoder 0 cross-attention · weights").values.max(-1).mean() for step in trace.steps]
    assert found.largest_of_scaled == pytest.approx(np.mean(weights), rel=1e-5) and found.largest_of_scores > found.largest_of_scaled


def test_an_attention_that_is_not_there_is_told(trace) -> None:
    with pytest.raises(InputError, match="decoder 9"):
        score_scaling(trace, "decoder 9 cross-attention")
