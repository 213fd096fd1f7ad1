"""Edits of `scaled_dot_product_attention`: the output is that of the edited weights, in every form of the call."""

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from viz_core.capture import AblateHead, BlockEdge, SetWeights, Temperature, record

ROW = (0.0, 0.5, 0.5, 0.0, 0.0, 0.0)
EDITS = {
    "zero": [AblateHead(0, 1)],
    "mean": [AblateHead(0, 1, "mean")],
    "uniform": [AblateHead(0, 1, "uniform")],
    "row": [SetWeights(0, 1, 3, ROW)],
    "temperature": [Temperature(3.0, head=1)],
    "edge": [BlockEdge(4, 2, head=1)],
    "several": [BlockEdge(5, 0), Temperature(0.5, head=1), SetWeights(0, 1, 3, ROW), AblateHead(0, 3, "mean"), AblateHead(0, 2)],
    "mean of edited rows": [Temperature(0.5, head=1), AblateHead(0, 1, "mean")],
}
PADDING = torch.ones(2, 1, 1, 6).bool()
PADDING[1, ..., 4:] = False
FORMS = {
    "plain": {},
    "causal": dict(is_causal=True, scale=0.3),
    "mask": dict(attn_mask=PADDING),
    "bias": dict(attn_mask=torch.randn(1, 4, 6, 6, generator=torch.Generator().manual_seed(0))),
    "shared keys": dict(enable_gqa=True),
}


@pytest.mark.parametrize("edits", EDITS.values(), ids=EDITS)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("block", [12, 2**22])
def test_the_output_is_that_of_the_edited_weights(edits, form, block, monkeypatch):
    monkeypatch.setattr("viz_core.capture.rows.BLOCK", block)
    torch.manual_seed(0)
    heads = 2 if form == "shared keys" else 4
    q, k, v = torch.randn(2, 4, 6, 8), torch.randn(2, heads, 6, 8), torch.randn(2, heads, 6, 5)
    plain = scaled_dot_product_attention(q, k, v, **FORMS[form])
    with record(*edits) as recording:
        output = scaled_dot_product_attention(q, k, v, **FORMS[form])
    [call] = recording.calls
    assert call.edited
    expected = call.weights() @ v.repeat_interleave(4 // heads, 1)
    torch.testing.assert_close(output, expected, rtol=0, atol=1e-5)
    assert (output - plain)[:, 1].abs().max() > 1e-3
    if len(edits) == 1:
        assert torch.equal(output[:, [0, 2, 3]], plain[:, [0, 2, 3]])  # the other heads stay on the fast path


def test_gradients_reach_queries_keys_and_values_of_an_edited_call():
    torch.manual_seed(0)
    parts = [torch.randn(1, 2, 4, 3, requires_grad=True) for _ in range(3)]
    q, k, v = parts
    with record(Temperature(2.0)):
        output = scaled_dot_product_attention(q, k, v)
    found = torch.autograd.grad(output.square().sum(), parts)
    expected = torch.autograd.grad(((q @ k.mT / 3**0.5 / 2).softmax(-1) @ v).square().sum(), parts)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other)


def test_a_row_with_every_edge_blocked_is_zero_and_not_nan():
    q = torch.randn(1, 1, 2, 3)
    with record(BlockEdge(0, 0), BlockEdge(0, 1)) as recording:
        output = scaled_dot_product_attention(q, q, q)
    assert (output[0, 0, 0] == 0).all() and recording.calls[0].weights()[0, 0, 0].isnan().all()


def test_axes_before_the_heads_are_batch_items():
    torch.manual_seed(0)
    q = torch.randn(2, 3, 4, 5, 8)
    with record() as recording:
        scaled_dot_product_attention(q, q, q)
        scaled_dot_product_attention(q[0, 0], q[0, 0], q[0, 0])
        scaled_dot_product_attention(q[0, 0, 0], q[0, 0, 0], q[0, 0, 0])
    expected = (q @ q.mT / 8**0.5).softmax(-1)
    five, three, two = (call.weights() for call in recording.calls)
    torch.testing.assert_close(five, expected.flatten(0, 1))
    torch.testing.assert_close(three, expected[0, 0][:, None])
    torch.testing.assert_close(two, expected[0, 0, :1][None])
