"""The vocabulary of interventions on scores and weights, by hand."""

import math

import pytest
import torch

from viz_core.layers.edits import (
    AblateHead,
    BlockEdge,
    SetWeights,
    Temperature,
    check_edits,
    edit_scores,
    edit_weights,
    edited_heads,
    touching,
)
from viz_core.trace.errors import InputError

SCORES = torch.tensor([[[0.0, -torch.inf], [math.log(3.0), 0.0]], [[1.0, -torch.inf], [0.0, 0.0]]])  # (head, query, key), causal


def test_temperature_divides_the_scores():
    out = edit_scores(SCORES, [Temperature(2.0, head=0)], "decoder", 0)
    torch.testing.assert_close(out[0, 1], torch.tensor([math.log(3.0) / 2, 0.0]))
    assert torch.equal(out[1], SCORES[1]) and out[0, 0, 1] == -torch.inf


def test_a_blocked_edge_is_minus_infinity_in_every_head():
    out = edit_scores(SCORES, [BlockEdge(query=1, key=0)], "decoder", 0)
    assert (out[:, 1, 0] == -torch.inf).all() and out[0, 1, 1] == 0 and SCORES[0, 1, 0] > 0  # the given scores stay


def test_a_uniform_head_is_equal_over_the_keys_it_may_see():
    out = edit_scores(SCORES, [AblateHead(0, 0, "uniform")], "decoder", 0).softmax(dim=-1)
    assert out[0].tolist() == [[1.0, 0.0], [0.5, 0.5]]


def test_zero_mean_and_set_rows():
    weights = torch.tensor([[[1.0, 0.0], [0.5, 0.5]], [[1.0, 0.0], [0.25, 0.75]]])
    assert (edit_weights(weights, [AblateHead(3, 1)], "decoder", 3)[1] == 0).all()
    assert edit_weights(weights, [AblateHead(3, 1, "mean")], "decoder", 3)[1].tolist() == [[0.625, 0.375]] * 2
    out = edit_weights(weights, [SetWeights(3, 0, 1, (0.1, 0.9))], "decoder", 3)
    torch.testing.assert_close(out[0, 1], torch.tensor([0.1, 0.9]))
    assert torch.equal(out[0, 0], weights[0, 0]) and torch.equal(out[1], weights[1])


def test_rows_count_from_the_start_of_the_sequence():
    row = torch.tensor([[[0.5, 0.25, 0.25]]])  # the third query, fed alone
    edit = SetWeights(0, 0, 2, (0.0, 0.0, 1.0))
    assert edit_weights(row, [edit], "decoder", 0, first_query=2)[0, 0].tolist() == [0.0, 0.0, 1.0]
    assert torch.equal(edit_weights(row, [edit], "decoder", 0, first_query=1), row)
    blocked = edit_scores(torch.zeros(1, 1, 3), [BlockEdge(query=7, key=5)], "decoder", 0, first_query=7, first_key=4)
    assert blocked[0, 0].tolist() == [0.0, -math.inf, 0.0]
    forgotten = edit_scores(torch.zeros(1, 1, 3), [BlockEdge(query=7, key=1)], "decoder", 0, first_query=7, first_key=4)
    assert (forgotten == 0).all()  # a key that the cache has forgotten


def test_one_item_of_a_batch():
    weights = torch.full((3, 2, 1, 2), 0.5)
    out = edit_weights(weights, [AblateHead(0, 1, batch=2)], "encoder", 0)
    assert (out[2, 1] == 0).all() and (out[:2] == 0.5).all() and (out[2, 0] == 0.5).all()
    with pytest.raises(InputError, match="no batch item 3 in a call of 3"):
        edit_weights(weights, [AblateHead(0, 1, batch=3)], "encoder", 0)


def test_which_edits_touch_a_call():
    edits = [AblateHead(1, 0, site="cross"), Temperature(2.0), BlockEdge(4, 0, layer=1)]
    assert touching(edits, "cross", 1, 0, 9) == tuple(edits)
    assert touching(edits, "decoder", 1, 0, 4) == (edits[1],)
    assert touching(edits, "decoder", 0) == (edits[1],)
    assert edited_heads(edits[:1], 4) == [0] and edited_heads(edits, 4) == [0, 1, 2, 3]


def test_gradients_pass_through_edits():
    scores = torch.zeros(1, 2, 2, requires_grad=True)
    edit_weights(edit_scores(scores, [Temperature(2.0)], "encoder", 0).softmax(-1), [], "encoder", 0)[0, 0, 0].backward()
    torch.testing.assert_close(scores.grad[0, 0], torch.tensor([0.125, -0.125]))


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: AblateHead(-1, 0), "layer of AblateHead is -1"),
        (lambda: AblateHead(0, 0, "none"), "ablate by 'none'; give how= one of 'zero', 'mean', 'uniform'"),
        (lambda: SetWeights(0, 0, 0, (0.5, 0.6)), "sum to 1.1 with smallest 0.5"),
        (lambda: SetWeights(0, 0, 0, (1.5, -0.5)), "smallest -0.5"),
        (lambda: SetWeights(0, 0, 0, (math.nan, 1.0)), "sum to nan"),
        (lambda: SetWeights(0, 0, 0, ()), "one for each key"),
        (lambda: Temperature(0.0), "the temperature is 0.0; give a finite number above 0"),
        (lambda: BlockEdge(0, True), "key of BlockEdge is True"),
        (lambda: check_edits(["zero"]), "str is no intervention on attention"),
        (lambda: edited_heads([AblateHead(0, 4)], 4), "no head 4 in a layer of 4; give a head in 0 … 3"),
        (lambda: edit_weights(torch.ones(1, 1, 1), [SetWeights(0, 0, 0, (0.5, 0.5))], "cross", 0), "2 weights but the row has 1 keys"),
    ],
)
def test_bad_edits_say_what_is_wrong(make, message):
    with pytest.raises(InputError, match=message):
        make()
