"""Pooled views, tiles, summaries and records of a call, against the whole map."""

import math

import numpy as np
import pytest
import torch

from viz_core.capture import AblateHead, record
from viz_core.capture.call import Call
from viz_core.capture.rows import ScaledDot, Stored
from viz_core.trace import Axis, AttentionMap
from viz_core.trace.attention import Dense, Factored
from viz_core.trace.errors import InputError, ShapeError


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """Blocks of a few rows, so that every view is put together from several."""
    torch.manual_seed(0)
    monkeypatch.setattr("viz_core.capture.rows.BLOCK", 128)


def random_call(queries=37, keys=37, causal=False, mask=None, heads=4, groups=2, site="encoder", batch=2) -> Call:
    q, k = torch.randn(batch, heads, queries, 8), torch.randn(batch, heads // groups, keys, 8)
    return Call("m", site, 0, ScaledDot.of(q, k, mask, 0.5, causal))


def whole(call: Call) -> torch.Tensor:
    """The weights written out in float64."""
    rows = call.rows
    groups = rows.queries.shape[1] // rows.keys.shape[1]
    scores = rows.scale * rows.queries.double() @ rows.keys.double().repeat_interleave(groups, 1).mT
    if rows.causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -torch.inf)
    if rows.mask is not None:
        scores = scores.masked_fill(~rows.mask, -torch.inf) if rows.mask.dtype == torch.bool else scores + rows.mask
    return scores.softmax(-1).float()


PADDED = torch.ones(2, 1, 37, 37).bool()
PADDED[1, :, :, 30:] = False
PADDED[1, :, 30:] = False
BIAS = torch.randn(1, 4, 37, 37)
CALLS = {
    "plain": dict(),
    "causal": dict(causal=True),
    "fewer keys": dict(keys=20),
    "causal, fewer keys": dict(keys=20, causal=True),
    "causal, more keys": dict(queries=20, causal=True),
    "padded": dict(mask=PADDED),
    "bias for each head": dict(mask=BIAS),
    "one head": dict(heads=1, groups=1),
}


@pytest.mark.parametrize("options", CALLS.values(), ids=CALLS)
def test_weights_of_chosen_heads_queries_and_items(options):
    call = random_call(**options)
    expected = whole(call)
    torch.testing.assert_close(call.weights(), expected, equal_nan=True)
    last = call.heads - 1
    torch.testing.assert_close(call.weights(heads=-1, queries=slice(3, 19), batch=1), expected[1:, last:, 3:19], equal_nan=True)
    torch.testing.assert_close(call.weights([last, 0], [7, 2, 2]), expected[:, [last, 0]][:, :, [7, 2, 2]], equal_nan=True)
    assert call.weights(queries=[]).shape == (2, call.heads, 0, call.keys)


@pytest.mark.parametrize("options", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("shape", [(5, 7), (1, 1), (100, 100), (37, 4)])
def test_pooled_is_mean_and_max_of_blocks(options, shape):
    call = random_call(**options)
    weights = whole(call)[1, call.heads - 1].numpy()
    rows, cols = (np.linspace(0, n, min(m, n) + 1).astype(int) for n, m in zip(weights.shape, shape, strict=True))
    for how, reduce in (("mean", np.mean), ("max", np.max)):
        expected = np.full((len(rows) - 1, len(cols) - 1), np.nan)
        for i, j in np.ndindex(*expected.shape):
            block = weights[rows[i] : rows[i + 1], cols[j] : cols[j + 1]]
            block = block[~np.isnan(weights[rows[i] : rows[i + 1]]).any(axis=1)]
            if len(block):
                expected[i, j] = reduce(block)
        np.testing.assert_allclose(call.pooled(-1, shape, how, batch=1), expected, atol=1e-6)


@pytest.mark.parametrize("options", CALLS.values(), ids=CALLS)
def test_a_small_tile_is_exact(options):
    call = random_call(**options)
    tile = call.pooled(0, (64, 64), region=(4, 15, 2, 13))
    torch.testing.assert_close(tile, whole(call)[0, 0, 4:15, 2:13])
    pooled = call.pooled(0, (2, 2), "max", region=(4, 12, 2, 10))
    torch.testing.assert_close(pooled, whole(call)[0, 0, 4:12, 2:10].view(2, 4, 2, 4).amax((1, 3)))


def test_pooled_agrees_with_the_record():
    call = random_call(causal=True)
    found = call.attention_map(heads=[2], batch=1).pooled(0, 0, (6, 6))
    np.testing.assert_allclose(call.pooled(2, (6, 6), batch=1), found, atol=1e-6)


@pytest.mark.parametrize(
    "ask, message",
    [
        (lambda c: c.pooled(0, (0, 4)), "cannot pool into"),
        (lambda c: c.pooled(0, how="median"), "pool by 'median'"),
        (lambda c: c.pooled(0, region=(0, 38, 0, 4)), "37 queries × 37 keys"),
        (lambda c: c.pooled(4), "no head 4; give whole numbers in 0 … 3"),
        (lambda c: c.weights(queries=[40]), r"no query \[40\]"),
        (lambda c: c.weights(batch=2), "no batch item 2"),
        (lambda c: c.summary(tokens=torch.zeros(2, 5, dtype=torch.long)), "one for each position"),
        (lambda c: c.summary(valid=torch.ones(2, 5).bool()), "one flag for each query row"),
    ],
)
def test_bad_questions(ask, message):
    with pytest.raises((InputError, ShapeError), match=message):
        ask(random_call())


def by_hand(weights: torch.Tensor, tokens=None, first_query=0, first_key=0, site="encoder", valid=None) -> dict[str, torch.Tensor]:
    """The summaries from their definitions, row by row."""
    batch, heads, queries, keys = weights.shape
    out = {name: torch.full((batch, heads), math.nan) for name in ("entropy", "peak", "distance", "diagonal", "previous", "first", "induction")}
    for b, h in np.ndindex(batch, heads):
        found = {name: [] for name in out}
        for q in range(queries):
            row, i = weights[b, h, q].double(), q + first_query
            if row.isnan().any() or (valid is not None and not valid[b, q]):
                continue
            positions = range(first_key, first_key + keys)
            at = dict(zip(positions, row.tolist(), strict=True))
            found["entropy"].append(-sum(p * math.log(p) for p in at.values() if p > 0))
            found["peak"].append(max(at.values()))
            found["first"].append(at.get(0, 0.0))
            if site == "cross":
                continue
            found["distance"].append(sum(p * abs(i - j) for j, p in at.items()))
            found["diagonal"].append(at.get(i, 0.0))
            found["previous"].append(at.get(i - 1, 0.0))
            if tokens is not None:
                after = [j for j in positions if 0 < j <= i and tokens[b][j - 1] == tokens[b][i]]
                if after:
                    found["induction"].append(sum(at[j] for j in after))
        for name, values in found.items():
            out[name][b, h] = float(np.mean(values)) if values else math.nan
    return out


@pytest.mark.parametrize("options", CALLS.values(), ids=CALLS)
def test_summaries_by_their_definitions(options):
    call = random_call(**options)
    tokens = torch.randint(0, 6, (2, 37))
    found, expected = call.summary(tokens), by_hand(call.weights(), tokens)
    assert set(found) == set(expected)
    for name in expected:
        torch.testing.assert_close(found[name], expected[name].float(), atol=1e-5, rtol=1e-4, equal_nan=True, msg=name)


def test_summaries_with_a_cache_and_in_cross_attention():
    tokens, valid = torch.randint(0, 4, (2, 40)), torch.rand(2, 5) > 0.4
    mask = torch.ones(1, 1, 5, 30).tril(25).bool()
    step = Call("m", "decoder", 0, ScaledDot.of(torch.randn(2, 2, 5, 8), torch.randn(2, 2, 30, 8), mask, 0.5, False), 35, 10)
    found, expected = step.summary(tokens, valid), by_hand(step.weights(), tokens, 35, 10, valid=valid)
    for name in expected:
        torch.testing.assert_close(found[name], expected[name].float(), atol=1e-5, rtol=1e-4, msg=name)
    cross = random_call(keys=20, site="cross")
    found = cross.summary()
    torch.testing.assert_close(found["entropy"], by_hand(cross.weights())["entropy"].float(), atol=1e-5, rtol=1e-4)
    assert all(found[name].isnan().all() for name in ("distance", "diagonal", "previous", "induction"))


def test_a_perfect_induction_head():
    tokens = torch.tensor([[5, 6, 7, 5, 6, 7]])
    values = torch.eye(6)[None, None].clone()
    values[0, 0, 3:] = torch.eye(6)[[1, 2, 3]]  # 5 looks at the 6 after the first 5, and so on
    found = Call("m", "decoder", 0, Stored(values)).summary(tokens)
    assert found["induction"].item() == 1 and found["entropy"].item() == 0 and found["diagonal"].item() == 0.5


def test_records_are_factored_where_one_mask_is_enough():
    for name, options in CALLS.items():
        call = random_call(**options)
        for item in (0, 1):
            found = call.attention_map(batch=item)
            assert isinstance(found, AttentionMap) and found.site == "encoder" and found.layers == ("0",)
            assert isinstance(found.weights, Dense if "bias" in name else Factored), name
            expected = call.weights(batch=item)[0].numpy()
            for head in range(call.heads):
                np.testing.assert_allclose(found.map(0, head), expected[head], atol=1e-6)


def test_records_share_one_mask_and_know_the_causal_one():
    first, second = random_call(mask=PADDED), random_call(mask=PADDED)
    assert first.attention_map(batch=1).weights.mask is second.attention_map(batch=1).weights.mask
    for queries in (37, 9):
        triangle = torch.ones(queries, 37).tril(37 - queries).bool()[None, None]
        for mask in (triangle, torch.zeros(triangle.shape).masked_fill(~triangle, torch.finfo(torch.float32).min)):
            call = random_call(queries=queries, mask=mask)
            weights = call.attention_map().weights
            assert weights.causal and weights.mask is None
            np.testing.assert_allclose(weights.rows(0, 3, np.arange(queries)), call.weights(3, batch=0)[0, 0], atol=1e-6)


def test_records_take_axes_heads_and_edits():
    q = torch.randn(1, 2, 3, 4)
    with record(AblateHead(0, 1, "uniform")) as recording:
        torch.nn.functional.scaled_dot_product_attention(q, q, q)
    axis = Axis("token", ("a", "b", "c"))
    found = recording.calls[0].attention_map(axis, axis, heads=[1])
    assert found.heads == ("1",) and found.query_axis is axis
    np.testing.assert_allclose(found.map(), np.full((3, 3), 1 / 3), atol=1e-6)
    zeroed = [AblateHead(0, 0)]
    with record(*zeroed) as recording:
        torch.nn.functional.scaled_dot_product_attention(q, q, q)
    assert np.isnan(recording.calls[0].attention_map().map(0, 0)).all()  # a zeroed head looks nowhere
