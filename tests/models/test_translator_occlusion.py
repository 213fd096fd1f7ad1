"""Our own encoder–decoders with positions removed, their gradients, and replaced weights, each against a second way to compute it."""

from __future__ import annotations

import pytest
import torch
from tests.models.test_transformer import tiny_transformer
from tests.models.tiny import tiny

from viz_core.layers.edits import BlockEdge
from viz_core.models.occlusion import Differentiable, Occlusion, Reweightable, follow, occlusion_of
from viz_core.models.recurrent_seq2seq import SCORES
from viz_core.trace.errors import InputError, ShapeError

CHOICES = (5, 6, 4, 3)
ATTENTIVE = [score for score in SCORES if score != "none"]


def model(name, **options):
    return tiny_transformer(**options) if name == "transformer" else tiny(name, **options)


@pytest.fixture(params=[*SCORES, "transformer"])
def stepper(request):
    return model(request.param)


def keeps(*rows: str) -> torch.Tensor:
    return torch.tensor([[c == "1" for c in row] for row in rows])


def test_everything_kept_is_the_plain_forward_pass(stepper):
    source = stepper.encode("catty")
    for removal in stepper.occlusion.removals:
        found = stepper.occlusion.values(source, CHOICES, keeps("11111", "11111"), removal)
        torch.testing.assert_close(found, stepper.plain_log_probs(source, CHOICES).expand(2, -1), atol=1e-5, rtol=0)


def test_deleting_is_reading_the_rest(stepper):
    source = stepper.encode("catty")
    found = stepper.occlusion.values(source, CHOICES, keeps("10110", "00001", "01111"), "delete")
    expected = [stepper.plain_log_probs(stepper.encode(text), CHOICES) for text in ("ctt", "y", "atty")]
    torch.testing.assert_close(found, torch.stack(expected), atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", ["general", "transformer"])
def test_deleting_words_with_characters(name):
    stepper = model(name, parts=True)
    source = stepper.encode_units(["我", "是", "中国", "人"])
    found = stepper.occlusion.values(source, CHOICES, keeps("1011", "0010"), "delete")
    expected = [stepper.plain_log_probs(stepper.encode_units(units), CHOICES) for units in (["我", "中国", "人"], ["中国"])]
    torch.testing.assert_close(found, torch.stack(expected), atol=1e-5, rtol=0)


@pytest.mark.parametrize("score", ATTENTIVE)
def test_blocking_is_cutting_the_edges_of_every_step(score):
    stepper = tiny(score)
    source = stepper.encode("catty")
    found = stepper.occlusion.values(source, CHOICES, keeps("01101"), "block")
    cut = stepper.intervened([BlockEdge(query, key) for query in range(len(CHOICES)) for key in (0, 3)])
    torch.testing.assert_close(found[0], cut.plain_log_probs(source, CHOICES), atol=1e-5, rtol=0)


def test_interventions_hold_while_positions_are_removed():
    stepper = tiny("dot")
    source = stepper.encode("catty")
    edited = stepper.intervened([BlockEdge(0, 1)])
    found = edited.occlusion.values(source, CHOICES, keeps("11101"), "block")
    cut = edited.intervened([BlockEdge(query, 3) for query in range(len(CHOICES))])
    torch.testing.assert_close(found[0], cut.plain_log_probs(source, CHOICES), atol=1e-5, rtol=0)
    nan = torch.full((1, len(CHOICES), 5), torch.nan)
    torch.testing.assert_close(edited.occlusion.reweighted(source, CHOICES, nan)[0], edited.plain_log_probs(source, CHOICES), atol=1e-5, rtol=0)


def test_blocking_in_a_transformer_is_masking_its_cross_attention():
    stepper = tiny_transformer()
    source, keep = stepper.encode("catty"), keeps("01101")
    state = stepper.start([source])
    state = state._replace(memory=state.memory._replace(mask=keep))
    torch.testing.assert_close(stepper.occlusion.values(source, CHOICES, keep, "block"), follow(stepper, state, CHOICES), atol=1e-5, rtol=0)


def test_nothing_kept_is_zero_context_whatever_the_source(stepper):
    one, other = stepper.encode("catty"), stepper.encode("kbbbk")
    found = [stepper.occlusion.values(s, CHOICES, keeps("00000"), "delete") for s in (one, other)]
    torch.testing.assert_close(*found)
    for removal in stepper.occlusion.removals:
        assert stepper.occlusion.values(one, CHOICES, keeps("00000", "00000", "11111"), removal).isfinite().all()


def test_gradients_are_what_finite_differences_say(stepper):
    source = stepper.encode("cat")
    embedded, gradients = stepper.occlusion.gradients(source, CHOICES)
    assert embedded.shape == (3, 8) and gradients.shape == (4, 3, 8)
    words = torch.tensor(stepper.source_ids.words.ids(source.ids))
    module = stepper.module
    torch.testing.assert_close(embedded, module.source.words.weight[words])
    for row, column in ((0, 1), (2, 5)):
        moved = []
        for sign in (1, -1):
            weight = module.source.words.weight
            before = weight[words[row], column].item()
            weight[words[row], column] = before + sign * 2e-3
            moved.append(stepper.plain_log_probs(source, CHOICES))
            weight[words[row], column] = before
        torch.testing.assert_close(gradients[:, row, column], (moved[0] - moved[1]) / 4e-3, atol=1e-3, rtol=1e-2)


@pytest.mark.parametrize("score", ATTENTIVE)
def test_rows_are_replaced_where_they_are_numbers(score):
    stepper = tiny(score)
    source = stepper.encode("cat")
    nan = [torch.nan] * 3
    first, every = [[0.0, 0, 1], nan, nan, nan], [[1 / 3] * 3] * 4
    found = stepper.occlusion.reweighted(source, CHOICES, torch.tensor([[nan] * 4, first, every]))
    plain = stepper.plain_log_probs(source, CHOICES)
    torch.testing.assert_close(found[0], plain, atol=1e-5, rtol=0)
    only = stepper.occlusion.values(source, CHOICES, keeps("001"), "block")  # all weight on the last letter, at every step
    torch.testing.assert_close(found[1, 0], only[0, 0], atol=1e-5, rtol=0)
    assert (found[1, 1:] - plain[1:]).abs().max() > 1e-6, "the changed state is fed on"
    assert (found[2] - plain).abs().max() > 1e-6


def test_who_offers_what():
    assert tiny("none").occlusion.removals == ("delete",) and tiny("dot").occlusion.removals == ("delete", "block")
    occlusion: Occlusion = occlusion_of(tiny())
    assert isinstance(occlusion, Reweightable) and isinstance(occlusion, Differentiable)
    assert isinstance(tiny_transformer().occlusion, Differentiable) and not isinstance(tiny_transformer().occlusion, Reweightable)
    with pytest.raises(InputError, match="a object cannot be read with positions removed"):
        occlusion_of(object())


def test_bad_requests_are_said():
    stepper = tiny()
    source = stepper.encode("cat")
    with pytest.raises(ShapeError, match=r"shape \(1, 2\) but the source has 3 positions"):
        stepper.occlusion.values(source, CHOICES, keeps("11"), "delete")
    with pytest.raises(InputError, match="by 'blur' here; use one of delete, block"):
        stepper.occlusion.values(source, CHOICES, keeps("111"), "blur")
