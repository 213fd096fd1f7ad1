"""Attention written by hand in many spellings is found, laid out right, and can be edited; other softmaxes are no attention."""

import math

import pytest
import torch
from torch import nn

from viz_core.capture import AblateHead, CaptureError, SetWeights, Temperature, record

B, H, Q, K, D = 2, 3, 4, 5, 6


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def parts(heads: int = H):
    shape = (heads,) if heads else ()
    return torch.randn(B, *shape, Q, D), torch.randn(B, *shape, K, D), torch.randn(B, *shape, K, D)


def by_einsum(q, k, v):
    return torch.einsum("bhqk,bhkd->bqhd", torch.einsum("bhqd,bhkd->bhqk", q, k).softmax(-1), v)


def by_dots(q, k, v):
    return torch.einsum("...qk,...kd->...qd", torch.softmax(torch.einsum("...qd,...kd->...qk", q, k), dim=-1), v)


def with_heads_last(q, k, v):
    return torch.einsum("bqkh,bhkd->bqhd", torch.einsum("bhqd,bhkd->bqkh", q, k).softmax(2), v)


def with_joined_batch(q, k, v):
    scores = torch.bmm(q.flatten(0, 1), k.flatten(0, 1).mT).view(B, H, Q, K)
    weights = nn.functional.softmax(scores, dim=-1).view(B * H, Q, K)
    return torch.bmm(weights, v.flatten(0, 1)).view(B, H, Q, D)


def with_dropout_and_casts(q, k, v):
    weights = nn.functional.softmax(q @ k.mT, dim=-1, dtype=torch.float64).to(q.dtype)
    return torch.dropout(weights.contiguous(), 0.3, train=False) @ v


def transposed(q, k, v):
    return (v.mT @ (q @ k.mT).softmax(-1).transpose(-1, -2)).mT


def as_a_sum(q, k, v):
    return ((q @ k.mT).softmax(-1).unsqueeze(-1) * v.unsqueeze(-3)).sum(dim=-2)


def masked_after_softmax(q, k, v):
    weights = (q @ k.mT).softmax(-1) * torch.tensor([1.0, 1.0, 1.0, 0.0, 0.0])
    return weights / weights.sum(-1, keepdim=True) @ v


SPELLINGS = [by_einsum, by_dots, with_heads_last, with_joined_batch, with_dropout_and_casts, transposed, as_a_sum, masked_after_softmax]


@pytest.mark.parametrize("attend", SPELLINGS)
def test_spellings(attend):
    q, k, v = parts()
    with record() as recording:
        output = attend(q, k, v)
    expected = (q @ k.mT).softmax(-1)
    if attend is masked_after_softmax:
        expected = expected * torch.tensor([1.0, 1.0, 1.0, 0.0, 0.0])
        expected = expected / expected.sum(-1, keepdim=True)
    [call] = recording.calls
    assert (call.module, call.site, call.layer) == ("", "cross", 0)
    torch.testing.assert_close(call.weights(), expected)
    assert torch.equal(output, attend(q, k, v))


@pytest.mark.parametrize("attend", SPELLINGS)
@pytest.mark.parametrize("edit", [AblateHead(0, 1), AblateHead(0, 1, "mean"), AblateHead(0, 1, "uniform"), Temperature(2.0, head=1)])
def test_edited_spellings(attend, edit):
    q, k, v = parts()
    plain = attend(q, k, v)
    with record(edit) as recording:
        output = attend(q, k, v)
    heads = 2 if plain.shape[1] == Q else 1  # the axis of the heads in the output
    weights = recording.calls[0].weights()
    expected = (weights @ v).transpose(1, heads)
    torch.testing.assert_close(output, expected)
    assert torch.equal(output.select(heads, 0), plain.select(heads, 0)) and (output - plain).select(heads, 1).abs().max() > 0.01


def test_one_head_without_a_head_axis_and_without_a_batch():
    q, k, v = parts(heads=0)
    with record() as recording:
        (q @ k.mT).softmax(-1) @ v  # (B, Q, K)
        (q[0] @ k[0].T).softmax(-1) @ v[0]  # (Q, K)
        (k[0] @ q[0, 0]).softmax(-1) @ v[0]  # (K)
        torch.einsum("bk,bkd->bd", torch.einsum("bd,bkd->bk", q[:, 0], k).softmax(-1), v)
    whole = (q @ k.mT).softmax(-1)
    first, second, third, fourth = (call.weights() for call in recording.calls)
    torch.testing.assert_close(first, whole[:, None])
    torch.testing.assert_close(second, whole[:1, None])
    torch.testing.assert_close(third, whole[:1, None, :1])
    torch.testing.assert_close(fourth, whole[:, None, :1])


class Additive(nn.Module):
    """Bahdanau's attention in the usual tutorial form: softmax over dimension 1, a product and a sum."""

    def __init__(self):
        super().__init__()
        self.w, self.u, self.v = nn.Linear(D, D), nn.Linear(D, D), nn.Linear(D, 1)

    def forward(self, state, memory):
        weights = torch.softmax(self.v(torch.tanh(self.w(state)[:, None] + self.u(memory))), dim=1)  # (B, K, 1)
        return (weights * memory).sum(dim=1)


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention, self.cell = Additive(), nn.GRUCell(D, D)

    def forward(self, memory, steps):
        state, states = memory[:, -1], []
        for _ in range(steps):
            state = self.cell(self.attention(state, memory), state)
            states.append(state)
        return torch.stack(states, 1)


def test_a_recurrent_decoder_counts_its_steps():
    decoder, memory = Decoder().eval(), torch.randn(B, K, D)
    row = (1.0, 0.0, 0.0, 0.0, 0.0)
    with torch.no_grad():
        plain = decoder(memory, 3)
        with record(SetWeights(0, 0, 1, row, site="cross")) as recording:
            output = decoder(memory, 3)
    assert [(c.module, c.site, c.layer, c.first_query, c.queries, c.keys) for c in recording.calls] == [
        ("attention", "cross", 0, step, 1, K) for step in range(3)
    ]
    assert recording.calls[1].weights()[0, 0, 0].tolist() == list(row) and not recording.calls[0].edited
    assert torch.equal(output[:, 0], plain[:, 0]) and (output[:, 1:] - plain[:, 1:]).abs().max() > 1e-3


class HandMade(nn.Module):
    """Self-attention by hand with heads in the batch, as many study projects write it."""

    def __init__(self, causal: bool):
        super().__init__()
        self.num_heads, self.causal = 2, causal
        self.qkv, self.softmax, self.dropout = nn.Linear(D, 3 * D), nn.Softmax(dim=-1), nn.Dropout(0.4)

    def forward(self, x):
        q, k, v = (
            part.view(*x.shape[:2], 2, D // 2).transpose(1, 2).flatten(0, 1) for part in self.qkv(x).chunk(3, dim=-1)
        )
        scores = torch.baddbmm(torch.zeros(1, 1, 1), q, k.mT, alpha=1 / math.sqrt(D // 2))
        if self.causal:
            scores = scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -1e9)
        return torch.bmm(self.dropout(self.softmax(scores)), v)


@pytest.mark.parametrize("causal", [True, False])
def test_a_hand_made_module_in_training_with_gradients(causal):
    module = nn.Sequential(HandMade(causal))
    x = torch.randn(B, Q, D)
    with record() as recording:
        module(x).sum().backward()
    [call] = recording.calls
    assert (call.module, call.site, call.batch, call.heads, call.dropout) == ("0", "decoder" if causal else "encoder", B, 2, 0.4)
    torch.testing.assert_close(call.weights().sum(-1), torch.ones(B, 2, Q))  # those before dropout
    assert module[0].qkv.weight.grad.abs().sum() > 0


def test_an_edited_call_still_drops_weights_in_training():
    q, k, v = parts()
    with record(Temperature(2.0)) as recording:
        output = nn.functional.dropout((q @ k.mT).softmax(-1), 1.0, training=True) @ v
    assert (output == 0).all() and recording.calls[0].dropout == 1.0
    torch.testing.assert_close(recording.calls[0].weights(), (q @ k.mT / 2).softmax(-1))


def test_a_fully_masked_row_is_nan_although_the_model_makes_it_uniform():
    q, k, v = parts()
    scores = (q @ k.mT).index_fill(2, torch.tensor([1]), torch.finfo(torch.float32).min)
    with record() as recording:
        scores.softmax(-1) @ v
    weights = recording.calls[0].weights()
    assert weights[:, :, 1].isnan().all() and not weights[:, :, [0, 2, 3]].isnan().any()


class MixtureOfExperts(nn.Module):
    def __init__(self):
        super().__init__()
        self.router, self.experts = nn.Linear(D, 3), nn.Parameter(torch.randn(3, D, D))

    def forward(self, x):
        chosen = self.router(x).softmax(-1)
        return torch.einsum("bte,bted->btd", chosen, torch.einsum("btd,edf->btef", x, self.experts))


def test_other_softmaxes_are_no_attention():
    table, moe = nn.Parameter(torch.randn(7, D)), MixtureOfExperts()
    with torch.no_grad(), pytest.raises(CaptureError, match="no attention was seen"), record():
        moe(torch.randn(B, Q, D))
        torch.randn(B, Q, 7).softmax(-1) @ table  # soft embeddings
        torch.randn(B, 7).softmax(-1).topk(2)
        torch.randn(B, 7).softmax(-1).log().mean()
        (torch.randn(B, 7).softmax(-1) * torch.arange(7)).sum(-1)


class LinearAttention(nn.Module):
    """Softmax over features, not positions (Shen et al. 2021): there is no map."""

    def forward(self, q, k, v):
        return q.softmax(-1) @ (k.softmax(-2).mT @ v)


class SinkAttention(nn.Module):
    def forward(self, q, k, v):
        scores = q @ k.mT
        return torch.cat([scores, torch.zeros_like(scores[..., :1])], -1).softmax(-1)[..., :-1] @ v


class Gated(nn.Module):
    def forward(self, q, k, v):
        return ((q @ k.mT).softmax(-1) * 0.5) @ v


class Sigmoid(nn.Module):
    def forward(self, q, k, v):
        return (q @ k.mT).sigmoid() @ v


@pytest.mark.parametrize(
    "kind, message",
    [
        (LinearAttention, "linear or low-rank attention"),
        (SinkAttention, "cut or joined"),
        (Gated, "do not sum to 1"),
        (Sigmoid, r"the attention of 'attention' \(Sigmoid\) cannot be recorded"),
    ],
)
def test_special_attention_is_an_error_that_names_the_module(kind, message):
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.attention = kind()

        def forward(self, *args):
            return self.attention(*args)

    with pytest.raises(CaptureError, match=message) as caught, record():
        Block()(*parts())
    assert "'attention'" in str(caught.value)
