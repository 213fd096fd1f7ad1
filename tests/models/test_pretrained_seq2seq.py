from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
import torch
from tests.models.tiny_generators import SEQ2SEQ, generator, source

from viz_core.decoding import Beam, Forced, Greedy, beam_search, forced_log_probs
from viz_core.driver import iter_steps, run
from viz_core.layers.edits import AblateHead, Temperature
from viz_core.trace import InputError

IDS = (5, 6, 7, 8, 9, 10, 11)
METHODS = [Greedy(max_steps=7), Beam(width=3, max_steps=7), Forced(reference=(4, 5, 6, 7))]


@pytest.fixture(scope="module", params=SEQ2SEQ)
def stepper(request):
    return generator(request.param, seed=1, ending=1.0)


def eager(stepper, ids, decoder_ids):
    """Encoder, decoder and cross attention of the model's own eager implementation, each f32[layer, head, query, key]."""
    before = stepper.module.config._attn_implementation
    stepper.module.set_attn_implementation("eager")
    found = stepper.module(torch.tensor([ids]), decoder_input_ids=torch.tensor([decoder_ids]), output_attentions=True)
    stepper.module.set_attn_implementation(before)
    sites = {"encoder": found.encoder_attentions, "decoder": found.decoder_attentions, "cross": found.cross_attentions}
    return {site: torch.cat(maps).numpy() for site, maps in sites.items()}


@pytest.mark.parametrize("decoding", METHODS, ids=lambda found: found.method)
def test_a_trace_is_what_one_plain_forward_pass_says(stepper, decoding):
    said = source(stepper, IDS)
    trace = run(stepper, said, decoding)
    chosen = [step.choice for step in trace.steps]
    begun = list(stepper.decoder_begins)
    logits = stepper.module(torch.tensor([IDS]), decoder_input_ids=torch.tensor([[*begun, *chosen[:-1]]])).logits[0]
    found = [step.log_prob for step in trace.steps]
    last = len(chosen) if decoding.method != "beam" else len(chosen) - 1  # a beam's last score may be the forced end's, 0
    wanted = logits.log_softmax(-1)[range(len(chosen)), chosen]
    np.testing.assert_allclose(found[:last], wanted[:last], atol=1e-5)
    np.testing.assert_allclose(wanted, stepper.plain_log_probs(said, chosen), atol=1e-5)


def test_attention_at_every_site_is_the_eager_one(stepper):
    """In double precision: T5 does not divide by √d, and its large scores turn what float32 rounds off into more than 1e-5."""
    stepper = replace(stepper, module=deepcopy(stepper.module).double())
    trace = run(stepper, source(stepper, IDS), Greedy(prefix=(4, 9, 6, 7)))
    chosen = [step.choice for step in trace.steps]
    whole = eager(stepper, IDS, [*stepper.decoder_begins, *chosen[:-1]])
    assert [item.site for item in trace.steps[0].attention] == ["encoder", "cross", "decoder"]
    assert [item.site for item in trace.steps[1].attention] == ["cross", "decoder"]
    for t, step in enumerate(trace.steps):
        maps = {item.site: item for item in step.attention}
        for layer, head in np.ndindex(2, 4):
            if t == 0:
                np.testing.assert_allclose(maps["encoder"].map(layer, head), whole["encoder"][layer, head], atol=1e-5)
            np.testing.assert_allclose(maps["cross"].map(layer, head)[0], whole["cross"][layer, head, t], atol=1e-5)
            np.testing.assert_allclose(maps["decoder"].map(layer, head)[0], whole["decoder"][layer, head, t, : t + 1], atol=1e-5)
        assert maps["cross"].key_axis.labels == tuple(stepper.labels[i] for i in IDS)
    assert trace.attention("cross").weights.shape == (2, 4, len(chosen), len(IDS))


def test_steps_as_they_come_are_the_traces_steps(stepper):
    said = source(stepper, IDS)
    for one, other in zip(iter_steps(stepper, said, METHODS[0]), run(stepper, said, METHODS[0]).steps, strict=True):
        assert one.log_prob == pytest.approx(other.log_prob, abs=1e-6)
        for a, b in zip(one.attention, other.attention, strict=True):
            np.testing.assert_allclose(a.map(1, 3), b.map(1, 3), atol=1e-5)


def test_old_states_stay_valid(stepper):
    state = stepper.start([source(stepper, IDS)])
    state, _ = stepper.step(state, 5)
    first = {choice: stepper.step(state, choice)[0] for choice in (7, 8)}
    wanted = {choice: stepper.predict(after).log_probs.clone() for choice, after in first.items()}
    for choice in (8, 7, 8):
        assert torch.equal(stepper.predict(stepper.step(state, choice)[0]).log_probs, wanted[choice])
        assert torch.equal(stepper.predict(first[choice]).log_probs, wanted[choice])


def test_a_batch_gives_what_each_source_gives_alone(stepper):
    sources = [source(stepper, ids) for ids in (IDS, (12, 13), (4,))]
    for said, found in zip(sources, beam_search(stepper, sources, Beam(width=3, max_steps=8)), strict=True):
        [alone] = beam_search(stepper, [said], Beam(width=3, max_steps=8))
        assert [h.choices for h in found.hypotheses] == [h.choices for h in alone.hypotheses]
        np.testing.assert_allclose(found.tree.attention[1:], alone.tree.attention[1:], atol=1e-5)
    references = [[4, 5, 6], [7], [8, 9, 3, 3, 5]]
    for said, reference, values in zip(sources, references, forced_log_probs(stepper, sources, references), strict=True):
        np.testing.assert_allclose(values, stepper.plain_log_probs(said, reference), atol=1e-5)


def test_the_row_of_a_beam_node_is_the_last_layers_mean_cross_attention(stepper):
    [found] = beam_search(stepper, [source(stepper, IDS)], Beam(width=3, max_steps=6))
    tree = found.tree
    for node in tree.best[:3]:
        path = list(tree.path(node))
        rows = eager(stepper, IDS, [*stepper.decoder_begins, *tree.choice[path][:-1]])["cross"][-1].mean(0)
        np.testing.assert_allclose(tree.attention[path], rows, atol=1e-5)


@pytest.mark.parametrize("site", ["encoder", "cross", "decoder"])
@pytest.mark.parametrize("how", ["zero", "uniform"])
def test_interventions_at_every_site(stepper, site, how):
    said, edit = source(stepper, IDS), AblateHead(1, 2, how, site)
    trace = run(stepper, said, Greedy(prefix=(4, 5, 6, 7)), interventions=[edit])
    chosen = [step.choice for step in trace.steps]
    plain = stepper.intervened([edit]).plain_log_probs(said, chosen)
    np.testing.assert_allclose([step.log_prob for step in trace.steps], plain, atol=1e-5, rtol=1e-5)
    assert not np.allclose(plain, stepper.plain_log_probs(said, chosen), atol=1e-5)
    [item] = [item for item in trace.steps[0].attention if item.site == site]
    if how == "zero":
        assert np.isnan(item.map(1, 2)).all() and np.isfinite(item.map(0, 2)).all()
    else:
        seen = np.isfinite(item.map(1, 2)) & (item.map(1, 2) > 0)
        np.testing.assert_allclose(item.map(1, 2)[seen], 1 / item.map(1, 2).shape[1], atol=1e-6)


def test_the_encoder_runs_once():
    stepper = generator("t5", 1)
    calls = []
    stepper.module.get_encoder().register_forward_hook(lambda *_: calls.append(1))
    beam_search(stepper, [source(stepper, IDS)], Beam(width=3, max_steps=6))
    assert len(calls) == 1


def test_what_the_settings_force():
    stepper = generator("bart", 1, forced_bos_token_id=9, ending=-9.0)
    trace = run(stepper, source(stepper, IDS), Greedy(max_steps=5))
    assert [trace.steps[0].choice, trace.steps[-1].choice] == [9, 1]  # the first and, at the limit, the last
    assert trace.steps[0].log_prob == 0 and trace.steps[0].candidates.labels == (stepper.labels[9],)


def test_text_in_and_text_out():
    stepper = generator("t5", 1, size=300)
    ids = stepper.choices("the cat")
    trace = run(stepper, "a dog 中", Forced(reference=tuple(ids)))
    assert trace.output == "the cat" and ids[-1] == 1 and trace.source_axis.labels[-1] == "中⟨3/3⟩"
    assert run(stepper, "a dog", Greedy(max_steps=3), interventions=[Temperature(2.0)]).run["edits"][0]["value"] == 2.0
    with pytest.raises(InputError, match="reference is empty"):
        stepper.choices(" ")
    with pytest.raises(InputError, match="the text has 70 tokens; this model reads at most 64"):
        generator("bart", 1, size=300).encode("!" * 70)


@pytest.mark.parametrize("site", ["cross", "decoder"])
def test_a_head_s_mean_is_over_all_steps_so_far(stepper, site):
    """Nothing before layer 0 of the decoder's self-attention changes, and no cross-attention before the first one does."""
    trace = run(stepper.intervened([AblateHead(0, 1, "mean", site)]), source(stepper, IDS), Greedy(prefix=(4, 9, 6, 7)))
    whole = eager(stepper, IDS, [*stepper.decoder_begins, *[step.choice for step in trace.steps][:-1]])[site][0, 1]
    for t, step in enumerate(trace.steps):
        maps = {item.site: item for item in step.attention}
        rows = whole[: t + 1, : t + 1] if site == "decoder" else whole[: t + 1]
        np.testing.assert_allclose(maps[site].map(0, 1)[0], rows.mean(0), atol=1e-5)
