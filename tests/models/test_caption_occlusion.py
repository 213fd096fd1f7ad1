"""Captioning models with patches hidden, replaced rows and gradients, each against a second way to compute it."""

from __future__ import annotations

import pytest
import torch

import viz_core as vc
from tests.models.tiny_captions import source, tiny
from viz_core.decoding import Forced
from viz_core.explain.source_rows import attention_rows
from viz_core.explain.trust import experiment, report
from viz_core.inputs.vocabulary import END
from viz_core.layers.edits import BlockEdge, SetWeights
from viz_core.models.occlusion import Differentiable, Reweightable, occlusion_of
from viz_core.trace import InputError

CHOICES = (9, 7, 10, END)


@pytest.fixture(params=["attention", "transformer"])
def stepper(request):
    return tiny(request.param)


def kept(*hidden: int) -> torch.Tensor:
    keep = torch.ones(1, 12, dtype=torch.bool)
    keep[0, list(hidden)] = False
    return keep


def test_everything_kept_is_the_plain_pass(stepper):
    seen = source(stepper)
    found = stepper.occlusion.values(seen, CHOICES, kept().expand(3, -1), "block")
    torch.testing.assert_close(found, stepper.plain_log_probs(seen, CHOICES).expand(3, -1), atol=1e-5, rtol=0)


def test_hiding_is_cutting_the_edges_of_every_step(stepper):
    seen = source(stepper)
    found = stepper.occlusion.values(seen, CHOICES, torch.cat([kept(2, 7), kept(0)]), "block")
    for row, hidden in zip(found, ((2, 7), (0,)), strict=True):
        cut = stepper.intervened([BlockEdge(t, key, site="cross") for t in range(4) for key in hidden])
        torch.testing.assert_close(row, cut.plain_log_probs(seen, CHOICES), atol=1e-5, rtol=0)


def test_of_nothing_the_decoder_looks_at_zeros():
    stepper = tiny()
    seen = source(stepper)
    found = stepper.occlusion.values(seen, CHOICES, torch.cat([kept(*range(12)), kept()]), "block")
    state = stepper.start([seen])
    blind = stepper.opened([seen], state.memory._replace(vectors=torch.zeros_like(state.memory.vectors)))
    for t, choice in enumerate(CHOICES):
        assert stepper.predict(blind).log_probs[0, 0, choice].item() == pytest.approx(found[0, t].item(), abs=1e-5)
        blind = stepper.step(blind, choice)[0]
    torch.testing.assert_close(found[1], stepper.plain_log_probs(seen, CHOICES), atol=1e-5, rtol=0)


def test_rows_are_replaced_where_they_are_numbers():
    stepper = tiny()
    seen = source(stepper)
    rows = torch.full((2, 4, 12), torch.nan)
    rows[1, 1] = 1 / 12
    found = stepper.occlusion.reweighted(seen, CHOICES, rows)
    torch.testing.assert_close(found[0], stepper.plain_log_probs(seen, CHOICES), atol=1e-5, rtol=0)
    edited = stepper.intervened([SetWeights(0, 0, 1, (1 / 12,) * 12)])
    torch.testing.assert_close(found[1], edited.plain_log_probs(seen, CHOICES), atol=1e-5, rtol=0)


def test_gradients_are_what_finite_differences_say(stepper):
    seen = source(stepper)
    states, gradients = stepper.occlusion.gradients(seen, CHOICES)
    features = stepper.features([seen])[0]
    torch.testing.assert_close(states, features[1:])
    assert gradients.shape == (4, 12, 27)
    for patch, channel in ((0, 3), (11, 20), (5, 26)):
        moved = []
        for sign in (1, -1):
            changed = features.clone()
            changed[1 + patch, channel] += sign * 1e-2
            moved.append(stepper.plain_log_probs(stepper.encode_features(changed, 3, 4), CHOICES))
        torch.testing.assert_close(gradients[:, patch, channel], (moved[0] - moved[1]) / 2e-2, atol=1e-3, rtol=2e-2)


def test_a_caption_s_map_can_be_tested(stepper):
    seen = source(stepper)
    trace = vc.run(stepper, seen, Forced("two red dogs"))
    done = experiment(stepper, seen, [step.choice for step in trace.steps], orders=4, points=4)
    found = report(done, attention_rows(trace, "cross", seen.axis), step=0)
    assert done.removal == "block" and found.positions.kind == "patch" and {"gradient_input", "leave_one_out"} <= set(done.rivals)


def test_who_offers_what():
    assert isinstance(occlusion_of(tiny()), Reweightable) and isinstance(occlusion_of(tiny()), Differentiable)
    other = occlusion_of(tiny("transformer"))
    assert isinstance(other, Differentiable) and not isinstance(other, Reweightable)
    with pytest.raises(InputError, match="'delete' here; use one of block"):
        other.values(source(tiny()), CHOICES, kept(), "delete")
