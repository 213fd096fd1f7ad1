"""Interventions on a Transformer against a hand-written dense pass without cache, beam or shared code for attention."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

import viz_core as vc
from viz_core.decoding import Beam, Forced
from viz_core.inputs.vocabulary import BEGIN
from viz_core.layers.edits import AblateHead, BlockEdge, Edit, SetWeights, Temperature
from viz_core.models.transformer_stepper import TransformerStepper
from viz_core.trace import InputError
from tests.models.test_transformer import tiny_transformer

Change = Callable[[str, int, Tensor, bool], Tensor]  # (site, layer, values (H, Q, K), whether they are scores) → changed
SOURCE, SAID = "abcd", "K AA T"


def dense(stepper: TransformerStepper, change: Change) -> tuple[Tensor, dict[tuple[str, int], Tensor]]:
    """log p of SAID, f32[T], and all weights (H, Q, K) by site and layer, head by head and row by row as the paper writes it."""
    module, seen = stepper.module, {}
    choices = stepper.choices(SAID)

    def attention(block, queries: Tensor, keys: Tensor, site: str, layer: int, causal: bool = False) -> Tensor:
        q, k, v = (linear(x).view(len(x), 2, 4).transpose(0, 1) for linear, x in ((block.query, queries), (block.key, keys), (block.value, keys)))
        scores = torch.stack([q[h] @ k[h].T / math.sqrt(4) for h in range(2)])
        if causal:
            scores = scores + torch.full(scores.shape[1:], -math.inf).triu(1)
        weights = change(site, layer, change(site, layer, scores, True).softmax(-1), False)
        seen[site, layer] = weights
        return block.output(torch.cat([weights[h] @ v[h] for h in range(2)], dim=-1))

    def sublayer(around, x: Tensor, f: Callable[[Tensor], Tensor]) -> Tensor:
        return x + f(around.norm(x)) if around.pre else around.norm(x + f(x))

    words, parts = stepper.ids([stepper.encode(SOURCE)])
    x = module.place(module.source(words, parts))[0]
    for i, layer in enumerate(module.encoder):
        x = sublayer(layer.around_attention, x, lambda y, i=i, layer=layer: attention(layer.attention, y, y, "encoder", i))
        x = sublayer(layer.around_feed_forward, x, layer.feed_forward)
    memory = module.encoder_norm(x)
    y = module.place(module.target(torch.tensor([[BEGIN, *choices[:-1]]])))[0]
    for i, layer in enumerate(module.decoder):
        y = sublayer(layer.around_attention, y, lambda z, i=i, layer=layer: attention(layer.attention, z, z, "decoder", i, True))
        y = sublayer(layer.around_cross, y, lambda z, i=i, layer=layer: attention(layer.cross, z, memory, "cross", i))
        y = sublayer(layer.around_feed_forward, y, layer.feed_forward)
    log_probs = stepper.log_probs(module.logits(module.decoder_norm(y)))
    return log_probs[range(len(choices)), choices], seen


def zeroed(site: str, layer: int, values: Tensor, scores: bool) -> Tensor:
    if not scores and (site, layer) == ("cross", 1):
        values = values.clone()
        values[0] = 0
    return values


def averaged(where: str) -> Change:
    def change(site: str, layer: int, values: Tensor, scores: bool) -> Tensor:
        if scores or (site, layer) != (where, 0):
            return values
        values = values.clone()
        if site == "encoder":
            values[1] = values[1].mean(0)
        else:  # of the queries so far
            values[1] = torch.stack([values[1, : t + 1].mean(0) for t in range(values.shape[1])])
        return values

    return change


def uniform(site: str, layer: int, values: Tensor, scores: bool) -> Tensor:
    if not scores and (site, layer) == ("decoder", 1):
        values = values.clone()
        values[0] = torch.stack([torch.tensor([1 / (t + 1)] * (t + 1) + [0.0] * (values.shape[2] - t - 1)) for t in range(values.shape[1])])
    return values


def fixed(site: str, layer: int, values: Tensor, scores: bool) -> Tensor:
    if not scores and (site, layer) == ("cross", 0):
        values = values.clone()
        values[1, 2] = torch.tensor([0.1, 0.2, 0.3, 0.4])
    return values


def fixed_decoder(site: str, layer: int, values: Tensor, scores: bool) -> Tensor:
    if not scores and (site, layer) == ("decoder", 0):
        values = values.clone()
        values[0, 1] = torch.tensor([0.75, 0.25, 0.0, 0.0])
    return values


def heated(site: str, layer: int, values: Tensor, scores: bool) -> Tensor:
    return values / 3 if scores else values


def blocked(site: str, layer: int, values: Tensor, scores: bool) -> Tensor:
    if scores and site == "encoder":
        values = values.clone()
        values[:, 1, 3] = -math.inf
    return values


def blocked_decoder(site: str, layer: int, values: Tensor, scores: bool) -> Tensor:
    if scores and (site, layer) == ("decoder", 1):
        values = values.clone()
        values[1, 2, 0] = -math.inf
    return values


def together(*changes: Change) -> Change:
    def change(site: str, layer: int, values: Tensor, scores: bool) -> Tensor:
        for one in changes:
            values = one(site, layer, values, scores)
        return values

    return change


ZERO, TEMPERATURE, BLOCK = AblateHead(1, 0, "zero", "cross"), Temperature(3.0), BlockEdge(1, 3, site="encoder")
CASES: dict[str, tuple[list[Edit], Change]] = {
    "zero": ([ZERO], zeroed),
    "mean of the encoder": ([AblateHead(0, 1, "mean", "encoder")], averaged("encoder")),
    "mean of the decoder": ([AblateHead(0, 1, "mean", "decoder")], averaged("decoder")),
    "mean of cross": ([AblateHead(0, 1, "mean", "cross")], averaged("cross")),
    "uniform": ([AblateHead(1, 0, "uniform", "decoder")], uniform),
    "set": ([SetWeights(0, 1, 2, (0.1, 0.2, 0.3, 0.4), "cross")], fixed),
    "set decoder": ([SetWeights(0, 0, 1, (0.75, 0.25), "decoder")], fixed_decoder),
    "temperature": ([TEMPERATURE], heated),
    "block encoder": ([BLOCK], blocked),
    "block decoder": ([BlockEdge(2, 0, 1, 1, "decoder")], blocked_decoder),
    "all at once": ([ZERO, TEMPERATURE, BLOCK, AblateHead(0, 1, "mean", "cross")], together(heated, blocked, zeroed, averaged("cross"))),
}


@pytest.mark.parametrize("norm", ["post", "pre"])
@pytest.mark.parametrize("case", CASES)
def test_edited_steps_equal_the_dense_pass(case: str, norm: str) -> None:
    edits, change = CASES[case]
    stepper = tiny_transformer(norm)
    expected, seen = dense(stepper, change)
    trace = vc.run(stepper, SOURCE, Forced(SAID), interventions=edits)
    assert np.allclose([step.log_prob for step in trace.steps], expected, atol=1e-5)
    assert np.allclose(stepper.intervened(edits).plain_log_probs(stepper.encode(SOURCE), stepper.choices(SAID)), expected, atol=1e-5)
    untouched, _ = dense(stepper, lambda site, layer, values, scores: values)
    assert not np.allclose(untouched, expected, atol=1e-5)  # else the case proves nothing
    for (site, layer), weights in seen.items():
        shown = np.stack([trace.attention(site).map(layer, head) for head in range(2)])
        out = weights.sum(-1) == 0  # a head that was taken out has no weights, and its row is NaN
        assert np.isnan(shown[out.numpy()]).all()
        assert np.allclose(shown[~out.numpy()], weights[~out], atol=1e-5), (site, layer)


@pytest.mark.parametrize("case", CASES)
def test_quantities_are_of_the_edited_run(case: str) -> None:
    edits, change = CASES[case]
    _, seen = dense(tiny_transformer(), change)
    trace = vc.run(tiny_transformer(), SOURCE, Forced(SAID), interventions=edits)
    for layer in range(2):
        for t, step in enumerate(trace.steps):
            for site, box in (("cross", "cross-attention"), ("decoder", "self-attention")):
                shown = step.quantity(f"decoder {layer} {box} · weights").values
                assert np.allclose(shown, seen[site, layer][:, t, : shown.shape[1]], atol=1e-5)
        shown = trace.steps[0].quantity(f"encoder {layer} self-attention · weights").values
        assert np.allclose(shown, seen["encoder", layer].transpose(0, 1), atol=1e-5)
    last = trace.steps[-1]
    assert np.allclose(last.quantity("decoder 1 feed-forward · LayerNorm").values, last.quantity("output · state").values, atol=1e-5)


@pytest.mark.parametrize("case", ["zero", "mean of cross", "mean of the decoder", "uniform", "temperature", "block encoder", "all at once"])
def test_beams_carry_their_edits(case: str) -> None:
    """Each step of the best hypothesis of an edited beam equals the same output forced, cache and sums reordered or not."""
    stepper = tiny_transformer().intervened(CASES[case][0])
    beam = vc.run(stepper, SOURCE, Beam(width=4, max_steps=6))
    choices = [step.choice for step in beam.steps]
    forced = vc.run(stepper, SOURCE, Forced(reference=tuple(choices)))
    assert np.allclose([s.log_prob for s in beam.steps], [s.log_prob for s in forced.steps], atol=1e-5)
    for site in ("cross", "decoder"):
        one, other = beam.attention(site), forced.attention(site)
        assert all(np.allclose(one.map(i, j), other.map(i, j), atol=1e-5, equal_nan=True) for i in range(2) for j in range(2))
    path = beam.tree.path(beam.tree.best[0])
    rows = [stepper.predict(state).weights[0, 0] for state in _states(stepper, choices)]
    assert np.allclose(beam.tree.attention[list(path)], torch.stack(rows), atol=1e-5, equal_nan=True)


def _states(stepper: TransformerStepper, choices: list[int]) -> list:
    states = [stepper.start([stepper.encode(SOURCE)])]
    for choice in choices[:-1]:
        states.append(stepper.step(states[-1], choice)[0])
    return states


def test_means_leave_padding_out() -> None:
    edits = [AblateHead(0, 0, "mean", "encoder")]
    stepper = tiny_transformer().intervened(edits)
    short, long = stepper.encode("ab"), stepper.encode("abcdefgh")
    alone = stepper.predict(stepper.start([short])).log_probs[0]
    assert torch.allclose(alone, stepper.predict(stepper.start([long, short])).log_probs[1], atol=1e-5)


def test_one_item_of_a_batch() -> None:
    stepper = tiny_transformer()
    source = stepper.encode(SOURCE)
    for site in ("encoder", "decoder", "cross"):
        edited = stepper.intervened([AblateHead(0, 1, "uniform", site, batch=1)])
        states = edited.start([source] * 3)
        states = edited.commit(edited.predict(states), torch.zeros(3, 1, dtype=torch.long), torch.full((3, 1), 5))
        rows = edited.predict(states).log_probs[:, 0]
        alone = stepper.intervened([AblateHead(0, 1, "uniform", site)])
        expected = [stepper, alone, stepper]
        for row, one in zip(rows, expected, strict=True):
            state = one.step(one.start([source]), 5)[0]
            assert torch.allclose(row, one.predict(state).log_probs[0, 0], atol=1e-5), site


def test_old_model_stays_as_it_is() -> None:
    stepper = tiny_transformer()
    source = stepper.encode(SOURCE)
    before = stepper.predict(stepper.start([source])).log_probs
    stepper.intervened([ZERO])
    assert torch.equal(before, stepper.predict(stepper.start([source])).log_probs)


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (AblateHead(2, 0), "layer 2, but there are only 2; give a layer from 0 to 1"),
        (AblateHead(0, 5), "head 5, but there are only 2"),
        (BlockEdge(0, 0, site="pointer"), "at 'pointer', but this model attends at: encoder, decoder, cross"),
        ("zero", "str is no intervention"),
    ],
)
def test_places_that_are_not_there(edit: object, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        tiny_transformer().intervened([edit])


def test_a_row_of_another_length_says_so() -> None:
    with pytest.raises(InputError, match="gives 2 weights but the row has 4 keys"):
        vc.run(tiny_transformer(), SOURCE, Forced(SAID), interventions=[SetWeights(0, 0, 0, (0.5, 0.5), "cross")])


@pytest.mark.parametrize("site", ["cross", "decoder"])
def test_sums_of_earlier_steps_follow_their_hypothesis(site: str) -> None:
    """Two hypotheses that change places go on as each would alone."""
    stepper = tiny_transformer().intervened([AblateHead(0, 1, "mean", site)])
    state = stepper.start([stepper.encode(SOURCE)])
    both = stepper.commit(stepper.predict(state), torch.tensor([[0, 0]]), torch.tensor([[5, 6]]))
    both = stepper.commit(stepper.predict(both), torch.tensor([[1, 0]]), torch.tensor([[4, 4]]))
    for place, first in ((0, 6), (1, 5)):
        alone = stepper.step(stepper.step(state, first)[0], 4)[0]
        found, expected = stepper.predict(both), stepper.predict(alone)
        assert torch.allclose(found.log_probs[0, place], expected.log_probs[0, 0], atol=1e-6)
        for name, total in expected.sums.items():
            assert torch.allclose(found.sums[name][:, place], total[:, 0], atol=1e-6)
