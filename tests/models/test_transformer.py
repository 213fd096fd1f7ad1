"""The Transformer against torch's own layers, its cache against a plain pass, its records against themselves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

import viz_core as vc
from viz_core.decoding import Beam, Forced, beam_search
from viz_core.layers.positional import sinusoids
from viz_core.models.transformer import Config, Transformer
from viz_core.models.transformer_stepper import TransformerStepper
from viz_core.trace import AttentionMap, Dense, InputError, Quantity, Step
from tests.models.tiny import tiny


def tiny_transformer(norm: str = "post", parts: bool = False, seed: int = 0) -> TransformerStepper:
    """Two layers of two heads with random weights, over the vocabularies of the tiny LSTM."""
    other = tiny(parts=parts)
    torch.manual_seed(seed)
    config = Config(
        len(other.source_ids.words), len(other.source_ids.parts or ()), len(other.target.symbols),
        size=8, heads=2, layers=2, inner=16, norm=norm,
    )  # fmt: skip
    module = Transformer(config).eval().requires_grad_(False)
    for parameter in module.parameters():  # biases and norms away from 0 and 1, where mistakes hide
        parameter.add_(0.05 * torch.randn_like(parameter))
    return TransformerStepper(module, other.source_ids, other.target, other.reader)


def test_sinusoids_by_hand() -> None:
    row = sinusoids(3, 4)[2]
    assert torch.allclose(row, torch.tensor([np.sin(2), np.cos(2), np.sin(0.02), np.cos(0.02)], dtype=torch.float32), atol=1e-6)
    assert torch.equal(sinusoids(2, 6, first=3), sinusoids(5, 6)[3:])


@pytest.mark.parametrize("norm", ["post", "pre"])
def test_encoder_layer_is_torchs(norm: str) -> None:
    ours = tiny_transformer(norm).module.encoder[0]
    theirs = torch.nn.TransformerEncoderLayer(8, 2, 16, 0.0, batch_first=True, norm_first=norm == "pre").eval()
    attention = ours.attention
    stack = [torch.cat([getattr(layer, kind) for layer in (attention.query, attention.key, attention.value)]) for kind in ("weight", "bias")]
    theirs.load_state_dict({
        "self_attn.in_proj_weight": stack[0], "self_attn.in_proj_bias": stack[1],
        "self_attn.out_proj.weight": attention.output.weight, "self_attn.out_proj.bias": attention.output.bias,
        "linear1.weight": ours.feed_forward.into.weight, "linear1.bias": ours.feed_forward.into.bias,
        "linear2.weight": ours.feed_forward.out.weight, "linear2.bias": ours.feed_forward.out.bias,
        "norm1.weight": ours.around_attention.norm.weight, "norm1.bias": ours.around_attention.norm.bias,
        "norm2.weight": ours.around_feed_forward.norm.weight, "norm2.bias": ours.around_feed_forward.norm.bias,
    })  # fmt: skip
    x, mask = torch.randn(2, 5, 8), torch.tensor([[True] * 5, [True] * 3 + [False] * 2])
    with torch.enable_grad():  # torch's fast path fills padded rows with zeros
        expected = theirs(x, src_key_padding_mask=~mask)
    found = ours(x, mask[:, None, None])[0]
    assert torch.allclose(found[mask], expected[mask], atol=1e-6)


@pytest.mark.parametrize("norm", ["post", "pre"])
@pytest.mark.parametrize("parts", [False, True])
def test_cached_steps_equal_one_plain_pass(norm: str, parts: bool) -> None:
    stepper = tiny_transformer(norm, parts)
    source = stepper.encode("我是中国人" if parts else "attention")
    choices = stepper.choices("K AA T S")
    trace = vc.run(stepper, source, Forced("K AA T S"))
    plain = stepper.plain_log_probs(source, choices)
    assert np.allclose([step.log_prob for step in trace.steps], plain, atol=1e-5)


def test_padding_changes_nothing() -> None:
    stepper = tiny_transformer()
    short, long = stepper.encode("ab"), stepper.encode("abcdefgh")
    alone = stepper.predict(stepper.start([short])).log_probs[0]
    beside = stepper.predict(stepper.start([long, short])).log_probs[1]
    assert torch.allclose(alone, beside, atol=1e-5)


def test_old_states_stay_valid_and_beams_reorder() -> None:
    stepper = tiny_transformer()
    state = stepper.start([stepper.encode("abc")])
    first = stepper.predict(state)
    two = stepper.commit(first, torch.tensor([[0, 0]]), torch.tensor([[5, 6]]))
    one = stepper.commit(first, torch.tensor([[0]]), torch.tensor([[6]]))
    swapped = stepper.commit(stepper.predict(two), torch.tensor([[1, 0]]), torch.tensor([[4, 4]]))
    straight = stepper.commit(stepper.predict(one), torch.tensor([[0]]), torch.tensor([[4]]))
    assert swapped.written[0, :, 1:].tolist() == [[6, 4], [5, 4]]
    assert torch.allclose(stepper.predict(swapped).log_probs[0, 0], stepper.predict(straight).log_probs[0, 0], atol=1e-5)
    assert torch.equal(stepper.predict(state).log_probs, first.log_probs)


@pytest.mark.parametrize("norm", ["post", "pre"])
def test_records_hold_every_map_and_quantity(norm: str) -> None:
    stepper = tiny_transformer(norm)
    trace = vc.run(stepper, "abcd", Forced("K AA"))
    sites = [[m.site for m in step.attention] for step in trace.steps]
    assert sites == [["cross", "decoder", "encoder"], ["cross", "decoder"], ["cross", "decoder"]]
    encoder = next(m for m in trace.steps[0].attention if m.site == "encoder")
    assert encoder.weights.shape == (2, 2, 4, 4)
    step = trace.steps[1]
    cross = next(m for m in step.attention if m.site == "cross")
    for layer in range(2):
        box = f"decoder {layer} cross-attention"
        shown = np.stack([cross.rows(layer, head, [0])[0] for head in range(2)])
        assert np.allclose(step.quantity(f"{box} · weights").values, shown, atol=1e-6)
    # each box's output is the next box's input, and the last one is what the tied matrix reads
    last = {"post": "LayerNorm", "pre": "residual sum"}[norm]
    chain = [f"decoder {i} {part}" for i in (0, 1) for part in ("self-attention", "cross-attention", "feed-forward")]
    for box, following in zip(chain, chain[1:], strict=False):
        assert np.allclose(step.quantity(f"{box} · {last}").values, step.quantity(f"{following} · input").values, atol=1e-5)
    assert np.allclose(step.quantity("decoder embedding · sum").values, step.quantity(f"{chain[0]} · input").values, atol=1e-6)
    names = {q.name for item in trace.steps for q in item.quantities}
    if norm == "post":
        assert np.allclose(step.quantity(f"{chain[-1]} · LayerNorm").values, step.quantity("output · state").values, atol=1e-5)
        assert not any("last LayerNorm" in name for name in names)
    else:
        entered, left = (step.quantity(f"decoder last LayerNorm · {name}").values for name in ("input", "LayerNorm"))
        assert np.array_equal(entered, step.quantity(f"{chain[-1]} · residual sum").values)
        assert np.allclose(left, step.quantity("output · state").values, atol=1e-5)
        states = stepper.start([stepper.encode("abcd")]).memory.states[0].numpy()
        assert np.allclose(trace.steps[0].quantity("encoder last LayerNorm · LayerNorm").values, states, atol=1e-5)


@pytest.mark.parametrize("norm", ["post", "pre"])
def test_every_tensor_of_a_sublayer_follows_from_those_before_it(norm: str) -> None:
    stepper = tiny_transformer(norm)
    module = stepper.module
    step = vc.run(stepper, "abcd", Forced("K AA")).steps[0]
    encoder = [(f"encoder {i}", layer, ("attention", "feed_forward")) for i, layer in enumerate(module.encoder)]
    decoder = [(f"decoder {i}", layer, ("attention", "cross", "feed_forward")) for i, layer in enumerate(module.decoder)]
    titles = {"attention": "self-attention", "cross": "cross-attention", "feed_forward": "feed-forward"}
    for name, layer, parts in encoder + decoder:
        for part in parts:
            box = f"{name} {titles[part]} · "
            said = {q.name.removeprefix(box): torch.tensor(q.values) for q in step.quantities if q.name.startswith(box)}
            around, network = getattr(layer, f"around_{part}"), getattr(layer, part)
            entered = around.norm(said["input"]) if norm == "pre" else said["input"]
            if part == "feed_forward":
                torch.testing.assert_close(said["inner layer"], network.into(entered).relu())
                torch.testing.assert_close(said["projection"], network.out(said["inner layer"]))
            else:
                torch.testing.assert_close(said["queries"].flatten(-2), network.query(entered))
                torch.testing.assert_close(said["head outputs"], torch.einsum("...hk,hkd->...hd", said["weights"], said["values"]))
                assert torch.equal(said["concatenated heads"], said["head outputs"].flatten(-2))
                torch.testing.assert_close(said["projection"], network.output(said["concatenated heads"]))
            torch.testing.assert_close(said["residual sum"], said["input"] + said["projection"])
            if norm == "post":
                torch.testing.assert_close(said["LayerNorm"], around.norm(said["residual sum"]))


def test_beam_node_rows_are_the_alignment_layers_mean() -> None:
    stepper = tiny_transformer()
    trace = vc.run(stepper, "abc", Beam(width=3))
    best = trace.steps[0]
    cross = next(m for m in best.attention if m.site == "cross")
    mean = np.mean([cross.rows(1, head, [0])[0] for head in range(2)], axis=0)
    prediction = stepper.predict(stepper.start([stepper.encode("abc")]))
    assert np.allclose(prediction.weights[0, 0], mean, atol=1e-6)
    assert trace.tree is not None


def test_without_positions_order_is_invisible() -> None:
    """Attention alone does not see order: permuted inputs give permuted states (mission, point 6)."""
    stepper = tiny_transformer()
    config = stepper.module.config
    blind = Transformer(Config(**{**config.__dict__, "positions": False})).eval()
    blind.load_state_dict(stepper.module.state_dict())
    words = torch.tensor([[5, 6, 7, 8]])
    order = torch.tensor([2, 0, 3, 1])
    assert torch.allclose(blind.encode(words, None).states[:, order], blind.encode(words[:, order], None).states, atol=1e-5)
    sighted = stepper.module.encode(words, None).states[:, order] - stepper.module.encode(words[:, order], None).states
    assert sighted.abs().max() > 0.01


def test_bad_configurations() -> None:
    with pytest.raises(InputError, match="norm 'middle'"):
        Config(5, 0, 5, norm="middle")
    with pytest.raises(InputError, match="3 heads"):
        Config(5, 0, 5, size=8, heads=3)


@pytest.mark.parametrize("norm", ["post", "pre"])
def test_every_tensor_fits_its_axes(norm: str) -> None:
    """Steps share one computation and skip the checks of single records, so each is made once more with all checks."""
    trace = vc.run(tiny_transformer(norm), "abcd", Forced("K AA"))
    for t, step in enumerate(trace.steps):
        for found in step.quantities:
            Quantity(found.name, found.symbol, found.axes, found.values, found.equation, found.source)
        for item in step.attention:
            AttentionMap(item.site, item.query_axis, item.key_axis, Dense(item.weights.values), item.layers, item.heads)
        keys = step.quantity("decoder 0 self-attention · keys").axes[1].labels
        assert keys == ("<s>", "K", "AA")[: t + 1] == step.attention[1].key_axis.labels
    names = [[q.name for q in step.quantities if not q.name.startswith("encoder")] for step in trace.steps]
    assert names[0] == names[1] == names[2] and len(set(names[0])) == len(names[0])


def test_a_step_alone_records_what_it_records_in_its_run() -> None:
    """By itself from the cache, in a run from what entered the layers."""
    stepper = tiny_transformer()
    choices = stepper.choices("K AA T")
    whole, state = vc.run(stepper, "abcd", Forced("K AA T")), stepper.start([stepper.encode("abcd")])
    for t, choice in enumerate(choices):
        state, alone = stepper.step(state, choice)
        alike(alone, whole.steps[t])


def alike(one: Step, other: Step) -> None:
    """The same tensors and maps within rounding; a run's encoder, in front of its first step, is left out."""
    mine, others = ([q for q in step.quantities if not q.name.startswith("encoder")] for step in (one, other))
    assert [q.name for q in mine] == [q.name for q in others]
    for found, expected in zip(mine, others, strict=True):
        assert found.values.shape == expected.values.shape and np.allclose(found.values, expected.values, atol=1e-5), found.name
    for found, expected in zip(one.attention, other.attention, strict=True):
        assert np.allclose(found.weights.values, expected.weights.values, atol=1e-5), found.site


@pytest.mark.parametrize(("norm", "seed"), [("post", 7), ("pre", 1)])
def test_a_beam_records_what_forcing_its_output_records(norm: str, seed: int) -> None:
    stepper = tiny_transformer(norm, seed=seed)
    best = beam_search(stepper, [stepper.encode("abcd")], Beam(width=4, max_steps=6))[0].hypotheses[0]
    assert any(best.rows), "with these weights its best output moves within the beam"
    trace = vc.run(stepper, "abcd", Beam(width=4, max_steps=6))
    forced = vc.run(stepper, "abcd", Forced(tuple(step.choice for step in trace.steps)))
    for one, other in zip(trace.steps, forced.steps, strict=True):
        alike(one, other)
    rows = np.concatenate([step.attention[0].weights.values[-1, :, 0].mean(0)[None] for step in trace.steps])
    nodes = trace.tree.path(trace.tree.best[0])
    assert np.allclose(trace.tree.attention[list(nodes)], rows, atol=1e-6), "the rows of beam nodes"


def test_a_source_of_a_batch_records_what_it_records_alone() -> None:
    stepper = tiny_transformer()
    sources, choices = [stepper.encode("abcdefg"), stepper.encode("abcd")], torch.tensor([[5, 6], [7, 4]])
    first = stepper.predict(stepper.start(sources))
    second = stepper.predict(stepper.commit(first, torch.zeros(2, 2, dtype=torch.long), choices))
    found = stepper.records([first.slim(), second.slim()], [4, 5], [0, 1], source=1)  # its hypothesis 1 wrote 4, then 5
    alone = vc.run(stepper, "abcd", Forced((4, 5)))
    for one, other in zip(found, alone.steps, strict=True):
        alike(one, other)


def test_logits_are_those_of_the_tied_matrix() -> None:
    stepper = tiny_transformer()
    for step in vc.run(stepper, "abcd", Forced("K AA")).steps:
        state = torch.from_numpy(step.quantity("output · state").values.copy())
        assert np.allclose(step.quantity("output · logits").values, stepper.module.logits(state), atol=1e-5), "never-outputs as well"


def test_a_slim_prediction_has_no_cache() -> None:
    stepper = tiny_transformer()
    prediction = stepper.predict(stepper.start([stepper.encode("abc")]))
    assert prediction.slim().step.past == () and prediction.slim().state.past is None and prediction.step.past


@pytest.mark.parametrize("decoding", [Forced((4, 5, 6, 7, 4)), Beam(width=4, max_steps=6)])
def test_records_are_the_same_with_and_without_caches(decoding: Forced | Beam, monkeypatch) -> None:
    stepper, kept = tiny_transformer(seed=7), []  # the last word of its beam is of hypothesis 2
    for waits in (1, 2, 100):  # every step slim, one after the other; two at a time; none
        monkeypatch.setattr(TransformerStepper, "waits", waits)
        kept.append(vc.run(stepper, "abcd", decoding).steps)
    for steps in kept[1:]:
        for one, other in zip(kept[0], steps, strict=True):
            alike(one, other)


@pytest.mark.parametrize(("layer", "head"), [(0, None), (0, 1), (-1, 0)])
def test_the_row_of_a_beam_node_is_the_map_that_aligns(layer: int, head: int | None) -> None:
    stepper = tiny_transformer()
    stepper.module.config = replace(stepper.module.config, alignment_layer=layer, alignment_head=head)
    prediction = stepper.predict(stepper.start([stepper.encode("abc")]))
    rows = prediction.cross(layer % 2)[0, 0]
    assert torch.allclose(prediction.weights[0, 0], rows.mean(0) if head is None else rows[head])
    assert vc.run(stepper, "abc", Forced("K")).run["alignment"] == {"site": "cross", "layer": layer % 2, "head": head}
