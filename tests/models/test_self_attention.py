"""Numbers of self-attention by hand: the classic example's results, and a trained model's own."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tests.zoo import own_models

from viz_core import zoo
from viz_core.layers.self_attention import Projections, self_attention
from viz_core.models.self_attention import CLASSIC, HEADS, MOST_TOKENS, Numbers, hand_made, trained
from viz_core.trace.errors import InputError


def computed(numbers: Numbers, **options):
    """By torch, in float64."""
    def double(values):
        return torch.from_numpy(np.ascontiguousarray(values)).double()

    biases = [double(bias) for bias in numbers.biases or ()]
    projections = Projections(*(double(w) for w in (numbers.w_q, numbers.w_k, numbers.w_v, numbers.w_o)), *biases)
    return self_attention(double(numbers.x), projections, **options)


@pytest.fixture(scope="module")
def stepper(tmp_path_factory):
    return zoo.load(str(own_models.save(tmp_path_factory.mktemp("own"), "bert")))


def test_the_classic_example_comes_out_of_its_vectors() -> None:
    found = computed(hand_made("classic", CLASSIC))
    assert found.queries.shape == (1, 2, 64)
    assert found.scores[0, 0].tolist() == [112, 96] and found.scaled[0, 0].tolist() == [14, 12]
    np.testing.assert_allclose(found.weights[0, 0], [0.8808, 0.1192], atol=1e-4)


@pytest.mark.parametrize("heads", HEADS)
def test_small_heads_share_the_width(heads: int) -> None:
    numbers = hand_made("small", ("I", "love", "tea"), heads)
    assert numbers.w_q.shape == (heads, 4, 4 // heads) and numbers.w_o.shape == (4, 4)
    assert computed(numbers).output.shape == (3, 4)


def test_the_same_word_has_the_same_numbers_everywhere() -> None:
    one, two = hand_made("small", ("tea", "or", "Tea")), hand_made("classic", ("tea", "please"))
    assert np.array_equal(one.x[0], one.x[2]) and np.array_equal(one.x[0], two.x[0]) and not np.array_equal(one.x[0], one.x[1])


def test_numbers_that_do_not_exist_are_refused() -> None:
    with pytest.raises(InputError, match="'classic' with 3 heads"):
        hand_made("classic", CLASSIC, 3)


def test_a_trained_models_weights_come_out_of_its_numbers(stepper) -> None:
    text = "the cat sat on the mat"
    trace, source = stepper.trace(text), stepper.encode(text)
    for layer, head in ((0, 0), (1, 3)):
        numbers = trained(stepper, text, layer, head, 2)
        assert numbers.words == tuple(source.axis.labels)
        found = computed(numbers)
        weights = trace.steps[layer].attention[0]
        for i in range(2):
            np.testing.assert_allclose(found.weights[i], weights.map(0, (head + i) % 4), atol=1e-5)


def test_all_heads_together_are_the_models_attention_output(stepper) -> None:
    numbers = trained(stepper, "a dog ran", 1, 0, 4)
    block = stepper.module.encoder.layer[1].attention
    with torch.inference_mode():
        inner = block.self(torch.from_numpy(numbers.x)[None])[0][0]
        expected = inner @ block.output.dense.weight.T
    np.testing.assert_allclose(computed(numbers).output, expected, atol=1e-5)


def test_what_a_trained_model_cannot_give_is_told(stepper) -> None:
    with pytest.raises(InputError, match="no layer 2, head 0"):
        trained(stepper, "the cat", 2, 0)
    with pytest.raises(InputError, match=f"give at most {MOST_TOKENS}"):
        trained(stepper, "the cat " * 20, 0, 0)
