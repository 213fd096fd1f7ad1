"""Position encodings by hand, and what taking them out of a small random Transformer does."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tests.pages import transformer_zoo

import viz_core as vc
from viz_core.explain import positions
from viz_core.trace import InputError


@pytest.fixture(scope="module")
def stepper():
    return transformer_zoo.model()


def test_encodings_and_wavelengths_by_hand() -> None:
    rows, waves = positions.encodings(4, 4), positions.wavelengths(4)
    np.testing.assert_allclose(rows[3], [np.sin(3), np.cos(3), np.sin(0.03), np.cos(0.03)], atol=1e-6)
    np.testing.assert_allclose(waves, [2 * np.pi, 2 * np.pi, 200 * np.pi, 200 * np.pi])


def test_similarity_depends_on_distance_alone() -> None:
    found = positions.similarity(30, 16)
    for distance in (0, 1, 7):
        diagonal = np.diagonal(found, distance)
        np.testing.assert_allclose(diagonal, diagonal[0], atol=1e-5)
    expected = np.mean(np.cos(7 * 10_000.0 ** (-2 * np.arange(8) / 16)))
    assert found[3, 10] == pytest.approx(expected, abs=1e-5)


def test_without_positions_order_is_invisible_and_the_model_unchanged(stepper) -> None:
    blind, source = positions.without_positions(stepper), stepper.encode("我是中国人")
    order = positions.shuffled(len(source.axis), 1)
    seen, unseen = positions.permutation(stepper, source, order), positions.permutation(blind, source, order)
    assert unseen.largest < 1e-5 < 0.01 < seen.largest
    assert (unseen.distance < 1e-5).all() and seen.distance.max() > 0.005
    assert stepper.module.config.positions and not blind.module.config.positions
    assert blind.module.encoder is stepper.module.encoder
    assert seen.labels == tuple(source.axis.labels[i] for i in order)


def test_the_same_order_changes_nothing(stepper) -> None:
    """The experiment's own control."""
    source = stepper.encode("我是中国人")
    assert positions.permutation(stepper, source, range(len(source.axis))).largest == 0


def test_without_positions_both_orders_are_translated_alike(stepper) -> None:
    blind, source = positions.without_positions(stepper), stepper.encode("我是中国人")
    other = stepper.encode_units([source.axis.labels[i] for i in positions.shuffled(len(source.axis), 3)])
    probabilities = [blind.plain_log_probs(item, blind.choices("I am Chinese .")) for item in (source, other)]
    torch.testing.assert_close(*probabilities, atol=1e-5, rtol=0)
    assert vc.run(blind, source).output == vc.run(blind, other).output


def test_shuffles_are_repeatable_and_never_the_present_order() -> None:
    assert all(positions.shuffled(2, draw) == (1, 0) for draw in range(5))
    assert positions.shuffled(6, 4) == positions.shuffled(6, 4) and sorted(positions.shuffled(6, 4)) == list(range(6))
    with pytest.raises(InputError, match="has 1 word"):
        positions.shuffled(1, 0)


def test_an_order_that_is_none_is_told(stepper) -> None:
    with pytest.raises(InputError, match=r"\[0, 0\] is no permutation of 4"):
        positions.permutation(stepper, stepper.encode("我是中国人"), (0, 0))
