"""Map methods of vision models against whole products of whole maps, and against gradients taken the long way."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from tests.models.tiny_vision import model
from viz_core.explain.rollout import layer_maps, relevance, rollout
from viz_core.explain.vision_gradients import attended, output_of
from viz_core.explain.vision_maps import METHODS, maps, over_patches, rollout_row
from viz_core.explain.vision_summary import artefacts, attention_distance, token_norms
from viz_core.trace import AttentionMap, Dense, InputError, Step, Trace
from viz_core.inputs.picture_grid import patch_axis

SAMPLE = "sample:shapes"


def by_hand(encoder, source, explained):
    """Weights and ∂y/∂A of every layer with the maps themselves in the graph."""
    kept = []

    def attention(query, key, value, *_args, scale=None, **_kwargs):
        scores = query @ key.mT * (scale or 1 / math.sqrt(query.shape[-1]))
        weights = scores.softmax(-1).requires_grad_()
        kept.append(weights)
        return weights @ value

    original = torch.nn.functional.scaled_dot_product_attention
    torch.nn.functional.scaled_dot_product_attention = attention
    try:
        pixels = source.ids[None].clone().requires_grad_()
        value = explained(pixels)
        gradients = torch.autograd.grad(value, kept)
    finally:
        torch.nn.functional.scaled_dot_product_attention = original
    return [w[0].detach().numpy() for w in kept], [g[0].numpy() for g in gradients]


@pytest.mark.parametrize(("labelled", "target", "query"), [(True, 2, 0), (False, None, 0), (False, None, 7)])
def test_gradients_are_those_of_stored_maps(labelled, target, query):
    encoder = model("dinov2", labelled)
    source = encoder.encode(SAMPLE, 5)
    explained = output_of(encoder, query, target)
    layers, value = attended(encoder, source, explained)
    weights, gradients = by_hand(encoder, source, explained)
    tokens = len(source.axis)
    for layer, expected, gradient in zip(layers, weights, gradients, strict=True):
        np.testing.assert_allclose(layer.rows(0, tokens).numpy(), expected, atol=1e-5)
        np.testing.assert_allclose(layer.gradient_rows(0, tokens).numpy(), gradient, atol=1e-4 * max(1, np.abs(gradient).max()))
    assert value == pytest.approx(float(explained(source.ids[None])), rel=1e-5)


@pytest.mark.parametrize("query", [0, 3])
def test_rows_are_those_of_whole_products(query):
    encoder = model("vit", labelled=True)
    source = encoder.encode(SAMPLE, 5)
    found = maps(encoder, source, query, target=1).rows
    weights, gradients = by_hand(encoder, source, output_of(encoder, query, 1))
    tokens = len(source.axis)
    np.testing.assert_allclose(found["raw"], weights[-1][:, query].mean(0), atol=1e-5)
    np.testing.assert_allclose(found["rollout"], rollout(weights)[query], atol=1e-5)
    np.testing.assert_allclose(found["relevance"], relevance(weights, gradients)[query] - np.eye(tokens)[query], atol=1e-4)
    used = [np.maximum(w * g, 0).mean(0)[None] for w, g in zip(weights, gradients, strict=True)]
    joint = np.eye(tokens)
    for fused in used:
        total = fused[0].sum(-1, keepdims=True)
        joint = (0.5 * np.eye(tokens) + 0.5 * np.where(total > 0, fused[0] / np.maximum(total, 1e-30), 0)) @ joint
    np.testing.assert_allclose(found["gradient_rollout"], joint[query], atol=1e-4)


def test_rollout_of_a_trace_needs_no_model():
    encoder = model()
    trace = encoder.trace(SAMPLE, longest=6)
    expected = rollout([layer_maps(step.attention[0], 0) for step in trace.steps])[4]
    np.testing.assert_allclose(rollout_row(trace, 4), expected, atol=1e-6)
    stored = Trace({}, "", trace.source_axis, "", "layer", tuple(
        Step(i, "", attention=(AttentionMap("encoder", trace.source_axis, trace.source_axis, Dense(layer_maps(s.attention[0], 0)[None]), (str(i),), ("0", "1", "2")),))
        for i, s in enumerate(trace.steps)
    ))  # fmt: skip
    np.testing.assert_allclose(rollout_row(stored, 4), expected, atol=1e-6)


def test_another_class_has_another_relevance_but_the_same_rollout():
    encoder = model("vit", labelled=True)
    source = encoder.encode(SAMPLE, 4)
    one, two = (maps(encoder, source, target=target).rows for target in (0, 3))
    assert np.array_equal(one["rollout"], two["rollout"]) and not np.allclose(one["relevance"], two["relevance"])


def test_maps_are_deterministic_and_leave_the_model_as_it_is():
    encoder = model()
    source = encoder.encode(SAMPLE, 4)
    one, two = maps(encoder, source), maps(encoder, source)
    assert all(one.rows[name].tobytes() == two.rows[name].tobytes() for name in METHODS)
    assert not any(parameter.requires_grad or parameter.grad is not None for parameter in encoder.module.parameters())
    assert over_patches(one.rows["raw"], source).shape == (3, 4)


@pytest.mark.parametrize("wrong", [{"query": 99}, {"query": -1}, {"target": 0}, {"layer": 3}])
def test_what_is_not_there_is_told(wrong):
    encoder = model()
    with pytest.raises(InputError):
        maps(encoder, encoder.encode(SAMPLE, 4), **wrong)


def looks_at(place_of) -> Trace:
    """A model of one layer and one head on 2 × 3 patches whose patch i gives all its weight to patch place_of(i)."""
    axis = patch_axis(2, 3, (30, 20))
    weights = np.zeros((1, 1, 7, 7), np.float32)
    weights[0, 0, 0, 0] = 1
    for i in range(6):
        weights[0, 0, i + 1, place_of(i) + 1] = 1
    return Trace({}, "", axis, "", "layer", (Step(0, "", attention=(AttentionMap("encoder", axis, axis, Dense(weights)),)),))


def test_distance_in_patches():
    assert attention_distance(looks_at(lambda i: i)) == pytest.approx(0, abs=1e-6)
    across = attention_distance(looks_at(lambda i: (i + 3) % 6))  # straight up or down
    assert across == pytest.approx(1, abs=1e-5)
    corner = attention_distance(looks_at(lambda _i: 0))  # distances 0, 1, 2, 1, √2, √5
    assert corner == pytest.approx((0 + 1 + 2 + 1 + 2**0.5 + 5**0.5) / 6, abs=1e-5)


def test_distance_leaves_out_what_goes_to_cls():
    trace = looks_at(lambda i: (i + 3) % 6)
    weights = trace.steps[0].attention[0].map(0, 0).copy() * 0.4
    weights[:, 0] += 0.6
    axis = trace.source_axis
    mixed = Trace({}, "", axis, "", "layer", (Step(0, "", attention=(AttentionMap("encoder", axis, axis, Dense(weights[None, None])),)),))
    assert attention_distance(mixed) == pytest.approx(1, abs=1e-5)


def test_artefacts_are_patches_with_outlying_norms():
    norms = np.ones((4, 9), np.float32)
    norms[:, 0] = 50  # CLS: its norm is nobody's business
    norms[0, 3] = 50  # an early layer
    norms[2, 5] = 2.5
    assert np.flatnonzero(artefacts(norms, 1)).tolist() == [5]
    assert not artefacts(norms, 1, times=3).any()
    with pytest.raises(InputError, match="above 1"):
        artefacts(norms, 1, times=1)


def test_norms_of_a_trace():
    trace = model().trace(SAMPLE, longest=4)
    assert token_norms(trace).shape == (3, len(trace.source_axis))
