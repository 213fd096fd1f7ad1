"""The SSRU student against its equations by hand, torch's own attention, and itself in other orders."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

import viz_core as vc
from viz_core.capture import record
from viz_core.decoding import Beam, Forced, Greedy, beam_search
from viz_core.layers.edits import AblateHead, BlockEdge, SetWeights, Temperature
from viz_core.models.marian_ssru import NOTHING, Config, MarianSSRU
from viz_core.models.marian_stepper import END, UNKNOWN, MarianStepper
from viz_core.trace import InputError

WORDS = "the a cat dog sat ran o um gato c t".split()


def tokenizer() -> PreTrainedTokenizerFast:
    pieces = [("</s>", 0.0), ("<unk>", 0.0), *((f"▁{word}", -1.0 - i / 10) for i, word in enumerate(WORDS)), (".", -3.0)]
    built = Tokenizer(models.Unigram(pieces, unk_id=1))
    built.pre_tokenizer = pre_tokenizers.Metaspace("▁", prepend_scheme="always")
    built.decoder = decoders.Metaspace("▁", prepend_scheme="always")
    built.add_special_tokens(["</s>", "<unk>"])
    built.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 0)])
    return PreTrainedTokenizerFast(tokenizer_object=built, eos_token="</s>", unk_token="<unk>")


@pytest.fixture(scope="module")
def stepper() -> MarianStepper:
    torch.manual_seed(0)
    module = MarianSSRU(Config(len(WORDS) + 3, size=16, heads=4, inner=24, encoder=2, decoder=2)).eval().requires_grad_(False)
    for parameter in module.parameters():  # biases and norms away from 0 and 1, where mistakes hide
        parameter.add_(0.1 * torch.randn_like(parameter))
    return MarianStepper(module, tokenizer())


@pytest.fixture
def source(stepper):
    return stepper.encode("the cat sat.")


def test_recurrence_by_hand(stepper):
    """f = σ(ln 3) = ¾ and W x = x: c_1 = ¾ · 4 + ¼ · 2."""
    layer = stepper.module.decoder[0]
    torch.manual_seed(1)
    clone = type(layer)(Config(3, size=2, heads=1, inner=2))
    clone.candidate.weight.data = torch.eye(2)
    clone.forget.weight.data.zero_(), clone.forget.bias.data.fill_(math.log(3))
    candidate, forget, cell = clone.recur(torch.tensor([2.0, -6.0]), torch.tensor([4.0, 0.0]))
    np.testing.assert_allclose(torch.stack([candidate, forget, cell]).detach(), [[2, -6], [0.75, 0.75], [3.5, -1.5]], atol=1e-6)


def test_positions_by_hand(stepper):
    """All sines, then all cosines; the slowest channel turns 1 / 10,000 a position (Marian's order and rates)."""
    row = stepper.module.positions(3, 1)[0]
    rates = [math.exp(-math.log(10_000) * i / 7) for i in range(8)]
    expected = [math.sin(3 * rate) for rate in rates] + [math.cos(3 * rate) for rate in rates]
    np.testing.assert_allclose(row, expected, atol=1e-6)


def test_encoder_layer_is_torchs(stepper):
    ours = stepper.module.encoder[0]
    theirs = torch.nn.TransformerEncoderLayer(16, 4, 24, 0.0, batch_first=True, layer_norm_eps=1e-6).eval()
    own = ours.attention
    joined = [torch.cat([getattr(part, kind) for part in (own.query, own.key, own.value)]) for kind in ("weight", "bias")]
    theirs.load_state_dict({
        "self_attn.in_proj_weight": joined[0], "self_attn.in_proj_bias": joined[1],
        "self_attn.out_proj.weight": own.output.weight, "self_attn.out_proj.bias": own.output.bias,
        "linear1.weight": ours.feed_forward.into.weight, "linear1.bias": ours.feed_forward.into.bias,
        "linear2.weight": ours.feed_forward.out.weight, "linear2.bias": ours.feed_forward.out.bias,
        "norm1.weight": own.norm.weight, "norm1.bias": own.norm.bias,
        "norm2.weight": ours.feed_forward.norm.weight, "norm2.bias": ours.feed_forward.norm.bias,
    })  # fmt: skip
    x, mask = torch.randn(2, 5, 16), torch.tensor([[True] * 5, [True] * 3 + [False] * 2])
    found = ours(x, mask, None)[0]
    with torch.enable_grad():
        expected = theirs(x, src_key_padding_mask=~mask)
    assert torch.allclose(found[mask], expected[mask], atol=1e-5)


def test_steps_equal_one_plain_pass(stepper, source):
    trace = vc.run(stepper, source, Forced("o gato ran."))
    choices = stepper.choices("o gato ran.")
    assert [step.choice for step in trace.steps] == choices and choices[-1] == END
    np.testing.assert_allclose([step.log_prob for step in trace.steps], stepper.plain_log_probs(source, choices), atol=1e-5)


def test_padding_and_neighbours_change_nothing(stepper, source):
    long = stepper.encode("the dog ran a cat sat the dog.")
    alone = stepper.predict(stepper.start([source]))
    beside = stepper.predict(stepper.start([long, source]))
    assert torch.allclose(alone.log_probs[0], beside.log_probs[1], atol=1e-5)
    assert torch.allclose(alone.weights[0], beside.weights[1, :, : len(source.axis)], atol=1e-6)
    assert (beside.weights[1, :, len(source.axis) :] == 0).all()


def test_old_states_stay_valid_and_rows_are_chosen(stepper, source):
    first = stepper.start([source])
    prediction = stepper.predict(first)
    two = stepper.commit(prediction, torch.zeros((1, 2), dtype=torch.long), torch.tensor([[3, 4]]))
    after = stepper.predict(two)
    swapped = stepper.commit(after, torch.tensor([[1, 0]]), torch.tensor([[5, 6]]))
    alone = stepper.commit(stepper.predict(stepper.commit(prediction, torch.zeros((1, 1), dtype=torch.long), torch.tensor([[4]]))),
                           torch.zeros((1, 1), dtype=torch.long), torch.tensor([[5]]))  # fmt: skip
    assert torch.allclose(stepper.predict(swapped).log_probs[0, 0], stepper.predict(alone).log_probs[0, 0], atol=1e-6)
    assert torch.equal(stepper.predict(first).log_probs, prediction.log_probs)


def test_unknown_piece_is_never_written(stepper, source):
    prediction = stepper.predict(stepper.start([source]))
    assert prediction.log_probs[0, 0, UNKNOWN] == -torch.inf
    assert torch.allclose(prediction.log_probs.exp().sum(), torch.tensor(1.0))


def test_maps_are_what_capture_sees_in_one_plain_pass(stepper, source):
    """The rows a trace holds are those of the fused calls of a forward pass, layer by layer and head by head."""
    trace = vc.run(stepper, source, Forced("o gato."))
    choices = stepper.choices("o gato.")
    ids, mask = stepper.read([source])
    with torch.inference_mode(), record() as found:
        stepper.module(ids, mask, torch.tensor([[NOTHING, *choices[:-1]]]))
    encoder, cross = ([call for call in found.calls if f"{side}." in call.module] for side in ("encoder", "decoder"))
    assert (len(encoder), len(cross)) == (2, 2)
    for calls, site in ((encoder, "encoder"), (cross, "cross")):
        for layer, call in enumerate(calls):
            for head in range(4):
                np.testing.assert_allclose(trace.attention(site).map(layer, head), call.weights()[0, head], atol=1e-5)


def test_beam_nodes_keep_the_mean_row_of_the_last_layer(stepper, source):
    prediction = stepper.predict(stepper.start([source]))
    by_hand = prediction.heads(1)[0, 0].mean(0)
    assert torch.allclose(prediction.weights[0, 0], by_hand)
    trace = vc.run(stepper, source, Beam(width=3, max_steps=6))
    assert trace.tree is not None and trace.steps


@pytest.mark.parametrize(
    ("edit", "site"),
    [(AblateHead(1, 2, "uniform", site="cross"), "cross"), (AblateHead(0, 1, "uniform", site="encoder"), "encoder"),
     (SetWeights(0, 3, 1, (0.5, 0.25, 0.25, 0.0, 0.0), site="cross"), "cross")],
)  # fmt: skip
def test_edits_show_in_the_map_and_change_the_output(stepper, source, edit, site):
    options = Forced("o gato.")
    before, after = vc.run(stepper, source, options), vc.run(stepper, source, options, interventions=[edit])
    if isinstance(edit, SetWeights):
        assert after.attention(site).rows(0, 3, [1])[0].tolist() == list(edit.weights)
    else:
        np.testing.assert_allclose(after.attention(site).map(edit.layer, edit.head), 1 / len(source.axis), atol=1e-6)
    assert not np.allclose([s.log_prob for s in before.steps], [s.log_prob for s in after.steps], atol=1e-6)
    assert stepper.edits == ()


def test_edits_equal_the_same_edits_by_capture(stepper, source):
    """Blocking an edge and heating a layer in the stepper is what capture makes of the plain forward pass."""
    edits = [BlockEdge(0, 1, 0, 2, "cross"), Temperature(3.0, 1, None, "encoder"), AblateHead(1, 0, "zero", site="cross")]
    trace = vc.run(stepper, source, Forced("o."), interventions=edits)
    choices = stepper.choices("o.")
    ids, mask = stepper.read([source])
    with torch.inference_mode(), record(*edits):
        logits = stepper.module.logits(stepper.module(ids, mask, torch.tensor([[NOTHING, *choices[:-1]]])))
        expected = stepper.log_probs(logits)[0, range(len(choices)), choices]
    np.testing.assert_allclose([step.log_prob for step in trace.steps], expected, atol=1e-5)


def test_a_head_that_is_taken_out_attends_to_nothing(stepper, source):
    trace = vc.run(stepper, source, Beam(width=2, max_steps=4), interventions=[AblateHead(1, 0, "zero")])
    assert np.isnan(trace.attention("cross").map(1, 0)).all() and np.isnan(trace.attention("encoder").map(1, 0)).all()
    np.testing.assert_allclose(trace.attention("cross").map(1, 1).sum(-1), 1, atol=1e-5)
    rows = [row for row in trace.tree.attention if not np.isnan(row).any()]
    np.testing.assert_allclose(np.sum(rows, axis=-1), 1, atol=1e-5)


def test_source_positions_know_their_places(stepper, source):
    assert source.axis.labels == ("▁the", "▁cat", "▁sat", ".", "</s>")
    assert source.axis.geometry["spans"][:4] == [[0, 3], [4, 7], [8, 11], [11, 12]]
    assert stepper.text(stepper.choices("o gato.")) == "o gato."
    assert stepper.encode("the zebra").unknown


@pytest.mark.parametrize("text", ["", "  ", "🙂", "…", "the " * 300])
def test_what_cannot_be_translated(stepper, text):
    with pytest.raises(InputError):
        stepper.encode(text)


def test_greedy_ends_at_the_limit(stepper, source):
    assert len(vc.run(stepper, source, Greedy(max_steps=3)).steps) <= 3


def test_a_head_s_mean_is_over_the_steps_so_far(stepper, source):
    """Nothing before the first cross-attention changes. The same by capture, whose whole pass ends with the same row."""
    edits = [AblateHead(0, 1, "mean", site="cross")]
    options = Forced("o gato.")
    plain = vc.run(stepper, source, options).attention("cross").map(0, 1)
    trace = vc.run(stepper, source, options, interventions=edits)
    for t, row in enumerate(trace.attention("cross").map(0, 1)):
        np.testing.assert_allclose(row, plain[: t + 1].mean(0), atol=1e-6)
    choices = stepper.choices("o gato.")
    expected = stepper.intervened(edits).plain_log_probs(source, choices)
    np.testing.assert_allclose([step.log_prob for step in trace.steps], expected, atol=1e-5)
    assert not np.allclose(expected, stepper.plain_log_probs(source, choices), atol=1e-6)


def test_hypotheses_carry_their_own_means(stepper, source):
    edited = stepper.intervened([AblateHead(1, 0, "mean")])
    for found in beam_search(edited, [source], Beam(width=3, max_steps=4, length_penalty=0.0))[0].hypotheses:
        assert found.total == pytest.approx(float(edited.plain_log_probs(source, found.choices).sum()), abs=1e-4)


def test_layers_are_counted_from_0_in_every_record(stepper, source):
    step = vc.run(stepper, source, Forced("o.")).steps[0]
    assert {item.layers for item in step.attention} == {("0", "1")} and {item.heads for item in step.attention} == {("0", "1", "2", "3")}
    assert {q.name for q in step.quantities if "layer" in q.name} >= {"cell, layer 0", "cell, layer 1"}
