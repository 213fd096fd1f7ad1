"""What if: edits against hand computations and against models whose weights were changed instead."""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest
import torch
from tests.explain import small_models
from tests.models.tiny import tiny

from viz_core.explain.effect import divergence
from viz_core.explain.encoder_shift import shift
from viz_core.explain.what_if import baseline, check_places, sites, what_if
from viz_core.layers.edits import AblateHead, BlockEdge, SetWeights, Temperature
from viz_core.trace import InputError

TEXT = "the cat sat on the mat"


@pytest.fixture(scope="module")
def lstm():
    return tiny("general")


def forced_log_probs(stepper, source, choices) -> np.ndarray:
    return stepper.plain_log_probs(source, choices).numpy()


def test_divergence_by_hand() -> None:
    p, q = np.log([0.5, 0.5]), np.log([0.9, 0.1])
    assert divergence(p, q) == pytest.approx(0.5 * math.log(0.5 / 0.9) + 0.5 * math.log(0.5 / 0.1))
    assert divergence(p, p) == 0
    with np.errstate(divide="ignore"):
        one, two = np.log([[1.0, 0.0], [0.5, 0.5]]), np.log([[0.5, 0.5], [1.0, 0.0]])
    np.testing.assert_allclose(divergence(one, two), [math.log(2), np.inf])
    with pytest.raises(InputError, match="cannot be compared"):
        divergence(p, np.log([1.0]))


def test_no_edit_changes_nothing(lstm) -> None:
    effect = what_if(lstm, "cat")
    assert effect.after.choices == effect.before.choices and effect.first_difference is None
    assert not effect.kl.any() and not effect.change.any()


def test_no_attention_by_hand(lstm) -> None:
    """Without the only head c_1 = 0, so that ŝ_1 = tanh(W_c [0; s_1])."""
    source, module = lstm.encode("cat"), lstm.module
    effect = what_if(lstm, source, [AblateHead(0, 0)])
    state = lstm.predict(lstm.start([source])).step.lstm.hidden
    context = torch.zeros_like(state)
    logits = module.logits(torch.tanh(module.combine(torch.cat([context, state], -1))))
    expected = lstm.log_probs(logits.clone())[0, 0]
    first = effect.shared.choices[0]
    assert effect.log_probs_after[0] == pytest.approx(float(expected[first]), abs=1e-6)
    before = lstm.predict(lstm.start([source])).log_probs[0, 0]
    assert effect.kl[0] == pytest.approx(float(divergence(before.numpy(), expected.numpy())), abs=1e-7)
    assert effect.change[0] == pytest.approx(float(expected[first] - before[first]), abs=1e-6)


def test_a_head_taken_out_is_a_model_without_its_output_weights() -> None:
    stepper = small_models.gpt2()
    effect = what_if(stepper, TEXT, [AblateHead(1, 2)], max_steps=5)
    other = copy.deepcopy(stepper.module)
    size = small_models.WIDTH // small_models.HEADS
    other.transformer.h[1].attn.c_proj.weight.data[2 * size : 3 * size] = 0
    changed = type(stepper)(other, stepper.tokenizer, stepper.identity)
    source = stepper.encode(TEXT)
    np.testing.assert_allclose(effect.log_probs_after, forced_log_probs(changed, source, effect.shared.choices), atol=2e-5)
    assert effect.kl.max() > 1e-3, "the head is felt"
    np.testing.assert_allclose(effect.shared.log_probs, forced_log_probs(stepper, source, effect.shared.choices), atol=2e-5)


def test_a_great_temperature_is_equal_weights(lstm) -> None:
    hot, flat = what_if(lstm, "cat", [Temperature(1e6)]), what_if(lstm, "cat", [AblateHead(0, 0, "uniform")])
    np.testing.assert_allclose(hot.log_probs_after, flat.log_probs_after, atol=1e-5)


def test_all_edges_but_one_blocked_is_a_row_of_one(lstm) -> None:
    blocked = what_if(lstm, "cat", [BlockEdge(1, 0), BlockEdge(1, 2)])
    set_row = what_if(lstm, "cat", [SetWeights(0, 0, 1, (0.0, 1.0, 0.0))])
    np.testing.assert_allclose(blocked.log_probs_after, set_row.log_probs_after, atol=1e-6)
    assert blocked.kl[0] == 0 and blocked.kl[1] > 0, "only from the second row on"


def test_the_base_is_never_overwritten(lstm) -> None:
    base = baseline(lstm, "cat")
    kept = base.log_probs.clone()
    first = what_if(lstm, base, [AblateHead(0, 0)])
    second = what_if(lstm, base, [AblateHead(0, 0)])
    assert torch.equal(base.log_probs, kept) and np.array_equal(first.kl, second.kl)
    assert lstm.edits == () and first.before is base.said
    with pytest.raises(ValueError, match="read-only"):
        first.kl[0] = 1.0


def test_a_forced_token_is_said_and_followed(lstm) -> None:
    base = baseline(lstm, "cat")
    other = next(c for c in range(4, len(lstm.labels)) if c != base.said.choices[0])
    effect = what_if(lstm, base, forced={0: other})
    assert effect.after.choices[0] == other and effect.kl[0] == 0, "nothing is edited before the token is said"
    followed = forced_log_probs(lstm, base.source, [other, *base.said.choices[1:]])
    np.testing.assert_allclose(effect.log_probs_after[1:], followed[1:], atol=1e-5)
    assert effect.first_difference == 0


def test_an_end_that_is_forced_ends_the_comparison(lstm) -> None:
    base = baseline(lstm, "cat", max_steps=6)
    assert len(base.said.choices) > 2
    effect = what_if(lstm, base, forced={1: lstm.end})
    assert len(effect.kl) == 2 and effect.after.choices[1] == lstm.end and len(effect.after.choices) == 2


def test_other_choices_to_compare_under(lstm) -> None:
    choices = lstm.choices("K AA T")
    effect = what_if(lstm, "cat", [AblateHead(0, 0)], choices=choices)
    source = lstm.encode("cat")
    assert effect.shared.choices == tuple(choices)
    np.testing.assert_allclose(effect.shared.log_probs, forced_log_probs(lstm, source, choices), atol=1e-5)


@pytest.mark.parametrize(("edit", "said"), [
    (AblateHead(0, 1), "head 1, but there are only 1"),
    (Temperature(2.0, layer=3), "layer 3"),
    (BlockEdge(0, 0, site="encoder"), "attends at: cross"),
    (SetWeights(0, 0, 0, (0.5, 0.5)), "2 weights but the row has 3 keys"),
])  # fmt: skip
def test_edits_of_places_that_are_not_there(lstm, edit, said) -> None:
    with pytest.raises(InputError, match=said):
        what_if(lstm, "cat", [edit])


def test_a_row_with_nothing_left_to_see(lstm) -> None:
    with pytest.raises(InputError, match="at step 1 a query has no key left"):
        what_if(lstm, "cat", [BlockEdge(0, key) for key in range(3)])


@pytest.mark.parametrize("choice", [-1, 10_000, True, "K"])
def test_outputs_that_are_none(lstm, choice) -> None:
    with pytest.raises(InputError, match="is none of this model's"):
        what_if(lstm, "cat", forced={0: choice})


def test_a_model_without_attention_has_no_place_for_edits() -> None:
    model = tiny("none")
    with pytest.raises(InputError, match="attends at: nothing"):
        check_places([AblateHead(0, 0)], sites(model, model.encode("cat")))


def test_sites_of_an_encoder_decoder() -> None:
    model = small_models.bart()
    layers, heads = ("0", "1"), ("0", "1", "2", "3")
    assert sites(model, model.encode(TEXT)) == {"encoder": (layers, heads), "cross": (layers, heads), "decoder": (layers, heads)}


def test_an_encoder_moves() -> None:
    """Without a head the hidden states are those of a model without its output weights."""
    encoder = small_models.bert()
    found = shift(encoder, TEXT, [AblateHead(1, 3)])
    other = copy.deepcopy(encoder.module)
    size = small_models.WIDTH // small_models.HEADS
    other.encoder.layer[1].attention.output.dense.weight.data[:, 3 * size :] = 0
    before, after = (encoder.read(encoder.encode(TEXT)).states, type(encoder)(other, encoder.tokenizer).read(encoder.encode(TEXT)).states)
    expected = 1 - torch.cosine_similarity(before[1:], after[1:], dim=-1)
    np.testing.assert_allclose(found.token_change, expected.numpy(), atol=1e-5)
    assert found.similarity == pytest.approx(float(torch.cosine_similarity(before[-1].mean(0), after[-1].mean(0), dim=0)), abs=1e-5)
    assert found.token_change[0].max() < 1e-9 and found.token_change[1:].max() > 1e-4, "layers before the edit are as they were"


def test_an_encoder_refuses_what_is_not_there() -> None:
    encoder = small_models.bert()
    with pytest.raises(InputError, match="head 4"):
        shift(encoder, TEXT, [AblateHead(0, 4)])


def test_a_query_of_an_encoder_with_nothing_left_to_see_reads_nothing() -> None:
    encoder = small_models.bert()
    count = len(encoder.encode(TEXT).axis)
    found = shift(encoder, TEXT, [BlockEdge(1, key, 2, 0) for key in range(count)])
    assert np.isfinite(found.token_change).all()
    assert np.flatnonzero(found.token_change[2] > 1e-9).tolist() == [1], "in the last layer only that token moves"
