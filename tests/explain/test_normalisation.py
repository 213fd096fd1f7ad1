"""LayerNorm and BatchNorm against torch's own, and what a sentence's company does to it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tests.pages import transformer_zoo

from viz_core.explain import normalisation
from viz_core.trace import InputError

TEXTS = ("我是中国人", "我喜欢茶", "他今天不在这里。")


@pytest.fixture(scope="module")
def stepper():
    return transformer_zoo.model()


@pytest.fixture(scope="module")
def cubes(stepper):
    sources = [stepper.encode(text) for text in TEXTS]
    return normalisation.cube(stepper, sources[:1]), normalisation.cube(stepper, sources)


def test_the_cube_is_what_the_first_layer_norm_reads(stepper, cubes) -> None:
    _single, batch = cubes
    norm, read = stepper.module.encoder[0].around_attention.norm, []
    hook = norm.register_forward_hook(lambda _module, inputs, _output: read.append(inputs[0]))
    stepper.module.encode(*stepper.ids([stepper.encode(text) for text in TEXTS]))
    hook.remove()
    np.testing.assert_allclose(batch.values, read[0].numpy(), atol=1e-5)
    assert batch.real.sum(1).tolist() == [len(words) for words in batch.labels] and not batch.real.all()


def test_both_norms_are_torchs(cubes) -> None:
    _single, batch = cubes
    values = torch.from_numpy(batch.values)
    expected = torch.nn.functional.layer_norm(values, values.shape[-1:])
    np.testing.assert_allclose(normalisation.layer_norm(batch.values), expected.numpy(), atol=1e-5)
    everything = np.ones_like(batch.real)
    flat = torch.nn.functional.batch_norm(values.flatten(0, 1), None, None, training=True)
    np.testing.assert_allclose(normalisation.batch_norm(batch.values, everything), flat.unflatten(0, values.shape[:2]).numpy(), atol=1e-4)


def test_padding_is_left_out_of_the_statistics(cubes) -> None:
    _single, batch = cubes
    changed = batch.values.copy()
    changed[~batch.real] = 1e6
    np.testing.assert_array_equal(normalisation.batch_norm(changed, batch.real)[batch.real], normalisation.batch_norm(batch.values, batch.real)[batch.real])
    real = normalisation.batch_norm(batch.values, batch.real)[batch.real]
    np.testing.assert_allclose(real.mean(0), 0, atol=1e-5)


def test_company_changes_batch_norm_only(cubes) -> None:
    found = normalisation.company(*cubes)
    assert found.layer < 1e-5 and found.batch > 0.1 and found.padded > 0.1 and found.batch != found.padded
    single = cubes[0]
    alone = normalisation.company(single, single)
    assert alone.layer == alone.batch == alone.padded == 0, "without company nothing changes"


def test_gains_are_those_of_the_layers(stepper) -> None:
    found = normalisation.gains(stepper)
    assert set(found) == {f"{side} {i} {part}" for i in (0, 1) for side, part in (
        ("encoder", "self-attention"), ("encoder", "feed-forward"), ("decoder", "self-attention"), ("decoder", "cross-attention"), ("decoder", "feed-forward"),
    )}  # fmt: skip
    gain, bias = found["decoder 1 cross-attention"]
    norm = stepper.module.decoder[1].around_cross.norm
    assert gain.tolist() == norm.weight.tolist() and bias.tolist() == norm.bias.tolist()


def test_what_cannot_be_compared_is_told(stepper, cubes) -> None:
    with pytest.raises(InputError, match="the batch is empty"):
        normalisation.cube(stepper, [])
    other = normalisation.cube(stepper, [stepper.encode("我喜欢茶")])
    with pytest.raises(InputError, match="put '我喜欢茶' first"):
        normalisation.company(other, cubes[1])
