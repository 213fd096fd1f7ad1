import threading

import numpy as np
import pytest
import torch
from tests.models.tiny_generators import DECODERS, generator, source
from tests.models.tiny_pretrained import byte_tokenizer, seeded
from transformers import BloomConfig, BloomForCausalLM, GPTJConfig, GPTJForCausalLM, OpenAIGPTConfig, OpenAIGPTLMHeadModel

from viz_core.decoding import Beam, Forced, Greedy, Sampling, beam_search, forced_log_probs
from viz_core.driver import iter_steps, run
from viz_core.layers.edits import AblateHead, BlockEdge, SetWeights, Temperature
from viz_core.models.pretrained_decoder import GENERATED, PretrainedDecoder
from viz_core.models.pretrained_row import FUSED
from viz_core.trace import Factored, InputError, load, save

IDS = (5, 6, 7, 8, 9, 10, 11)
METHODS = [Greedy(max_steps=7), Sampling(seed=3, max_steps=7), Beam(width=3, max_steps=7), Forced(reference=(4, 5, 6, 7))]


@pytest.fixture(scope="module", params=DECODERS)
def stepper(request):
    return generator(request.param, seed=1, ending=1.0)


def eager(stepper, ids):
    """Attention of every layer by the model's own eager implementation, f32[layer, head, query, key]."""
    before = stepper.module.config._attn_implementation
    stepper.module.set_attn_implementation("eager")
    found = stepper.module(torch.tensor([ids]), output_attentions=True).attentions
    stepper.module.set_attn_implementation(before)
    return torch.cat(found).numpy()


@pytest.mark.parametrize("decoding", METHODS, ids=lambda found: found.method)
def test_a_trace_is_what_one_plain_forward_pass_says(stepper, decoding):
    said = source(stepper, IDS)
    trace = run(stepper, said, decoding)
    chosen = [step.choice for step in trace.steps]
    found = [step.log_prob for step in trace.steps]
    np.testing.assert_allclose(found, stepper.plain_log_probs(said, chosen), atol=1e-5)
    logits = stepper.module(torch.tensor([[*IDS, *chosen]])).logits[0, len(IDS) - 1 : -1]
    np.testing.assert_allclose(found, logits.log_softmax(-1)[range(len(chosen)), chosen], atol=1e-5)


def test_attention_of_every_step_layer_and_head_is_the_eager_one(stepper):
    trace = run(stepper, source(stepper, IDS), Greedy(max_steps=6))
    chosen = [step.choice for step in trace.steps]
    whole = eager(stepper, [*IDS, *chosen[:-1]])
    first = len(IDS)
    for t, step in enumerate(trace.steps):
        [item] = step.attention
        rows = slice(0, first) if t == 0 else slice(first + t - 1, first + t)
        assert item.weights.shape == (2, 4, rows.stop - rows.start, first + t) and item.layers == ("0", "1")
        for layer, head in np.ndindex(2, 4):
            np.testing.assert_allclose(item.map(layer, head), whole[layer, head, rows, : first + t], atol=1e-5)
        assert item.key_axis.labels == tuple(stepper.labels[i] for i in [*IDS, *chosen[:t]])
        assert item.query_axis.labels == item.key_axis.labels[rows]
    assert np.allclose(trace.attention("decoder").map(1, 2), whole[1, 2], atol=1e-5)


def test_memory_of_the_maps_is_linear():
    """The steps' maps are views of one array of queries and one of keys."""
    trace = run(generator("llama", 1), source(generator("llama", 1), IDS), Greedy(max_steps=6))
    weights = [step.attention[0].weights for step in trace.steps]
    assert all(isinstance(item, Factored) for item in weights)
    assert all(item.keys.base is weights[0].keys.base for item in weights)


def test_hidden_state_norms(stepper):
    trace = run(stepper, source(stepper, IDS), Greedy(max_steps=3))
    chosen = [step.choice for step in trace.steps]
    states = stepper.module(torch.tensor([[*IDS, *chosen[:-1]]]), output_hidden_states=True).hidden_states
    for t, step in enumerate(trace.steps):
        wanted = [float(state[0, len(IDS) - 1 + t].norm()) for state in states]
        np.testing.assert_allclose(step.quantity("hidden-state norm").values, wanted, rtol=1e-4)
    assert trace.steps[0].quantities[0].name == "source index"


def test_steps_as_they_come_are_the_traces_steps(stepper):
    said = source(stepper, IDS)
    for one, other in zip(iter_steps(stepper, said, METHODS[0]), run(stepper, said, METHODS[0]).steps, strict=True):
        assert (one.index, one.label, one.choice) == (other.index, other.label, other.choice)
        assert one.log_prob == pytest.approx(other.log_prob, abs=1e-6)
        for layer, head in np.ndindex(2, 4):
            np.testing.assert_allclose(one.attention[0].map(layer, head), other.attention[0].map(layer, head), atol=1e-6)


def test_old_states_stay_valid(stepper):
    """Two branches from one state, in turn: each gives the same bytes as the first time."""
    state = stepper.start([source(stepper, IDS)])
    for choice in (5, 6):
        state, _ = stepper.step(state, choice)
    first = {choice: stepper.step(state, choice)[0] for choice in (7, 8)}
    wanted = {choice: stepper.predict(after).log_probs.clone() for choice, after in first.items()}
    for _ in range(3):
        for choice in (8, 7):
            again, _ = stepper.step(state, choice)
            assert torch.equal(stepper.predict(again).log_probs, wanted[choice])
            assert torch.equal(stepper.predict(first[choice]).log_probs, wanted[choice])
    assert not torch.equal(wanted[7], wanted[8])


def test_a_batch_gives_what_each_source_gives_alone(stepper):
    sources = [source(stepper, ids) for ids in (IDS, (12, 13), (4,))]
    together = beam_search(stepper, sources, Beam(width=3, max_steps=8))
    for said, found in zip(sources, together, strict=True):
        [alone] = beam_search(stepper, [said], Beam(width=3, max_steps=8))
        assert [h.choices for h in found.hypotheses] == [h.choices for h in alone.hypotheses]
        np.testing.assert_allclose(found.tree.attention[1:], alone.tree.attention[1:], atol=1e-5)
        assert found.tree.key_axis.labels == (*said.axis.labels, GENERATED)
    references = [[4, 5, 6], [7], [8, 9, 3, 3, 5]]
    for said, reference, values in zip(sources, references, forced_log_probs(stepper, sources, references), strict=True):
        np.testing.assert_allclose(values, stepper.plain_log_probs(said, reference), atol=1e-5)


def test_the_row_of_a_beam_node_is_the_last_layers_mean(stepper):
    [found] = beam_search(stepper, [source(stepper, IDS)], Beam(width=3, max_steps=6))
    tree, first = found.tree, len(IDS)
    for node in tree.best[:3]:
        path = tree.path(node)
        whole = eager(stepper, [*IDS, *tree.choice[list(path)][:-1]])[-1].mean(0)
        for t, place in enumerate(path):
            row = whole[first - 1 + t]
            np.testing.assert_allclose(tree.attention[place], [*row[:first], row[first:].sum()], atol=1e-5)


def test_the_cheap_row_is_the_recorded_one(stepper):
    watched = stepper.watching()
    state = watched.start([source(stepper, IDS), source(stepper, (12, 13))])
    for step in range(5):
        prediction = watched.predict(state)
        assert FUSED[stepper.module]
        FUSED.clear()
        np.testing.assert_allclose(watched.predict(state).weights, prediction.weights, atol=1e-6)
        np.testing.assert_allclose(stepper.predict(state).weights, prediction.weights, atol=1e-6)
        rows = torch.randint(0, prediction.weights.shape[1], (2, 3), generator=torch.Generator().manual_seed(step))
        state = watched.commit(prediction, rows, rows + 5)


@pytest.mark.parametrize(
    "edit", [AblateHead(1, 2), AblateHead(0, 1, "uniform"), Temperature(2.0, layer=1), BlockEdge(query=8, key=6)], ids=str
)
def test_interventions_hold_for_every_step(stepper, edit):
    said = source(stepper, IDS)
    trace = run(stepper, said, Greedy(prefix=(4, 5, 6, 7)), interventions=[edit])
    chosen = [step.choice for step in trace.steps]
    plain = stepper.intervened([edit]).plain_log_probs(said, chosen)
    np.testing.assert_allclose([step.log_prob for step in trace.steps], plain, atol=1e-5)
    assert not np.allclose(plain, stepper.plain_log_probs(said, chosen), atol=1e-4)
    assert len(run(stepper, said, Beam(width=2, max_steps=3), interventions=[edit]).tree) > 3


def test_a_set_row_is_shown_as_it_was_set():
    stepper = generator("gpt2", 1)
    row = tuple(np.full(9, 1 / 9))
    trace = run(stepper, source(stepper, IDS), Greedy(prefix=(4, 5, 6)), interventions=[SetWeights(1, 2, 8, row)])
    np.testing.assert_allclose(trace.steps[2].attention[0].map(1, 2), [row], atol=1e-6)
    off = run(stepper, source(stepper, IDS), Greedy(prefix=(4, 5)), interventions=[AblateHead(1, 2)])
    assert np.isnan(off.steps[1].attention[0].map(1, 2)).all() and np.isfinite(off.steps[1].attention[0].map(1, 1)).all()


def test_threads_do_not_mix():
    stepper = generator("llama", 1)
    sources = [source(stepper, ids) for ids in (IDS, (12, 13, 3))]
    alone = [[s.log_prob for s in run(stepper, said, Beam(width=2, max_steps=6)).steps] for said in sources]
    found: list[list] = [[], []]

    def work(slot):
        for _ in range(4):
            found[slot].append([s.log_prob for s in run(stepper, sources[slot], Beam(width=2, max_steps=6)).steps])

    threads = [threading.Thread(target=work, args=(slot,)) for slot in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[alone[0]] * 4, [alone[1]] * 4]


def test_text_in_and_text_out(tmp_path):
    stepper = generator("gpt2", 1, size=300)
    trace = run(stepper, "the cat 中", Greedy(prefix=tuple(stepper.tokens.encode(" sat 国").ids), max_steps=6))
    assert trace.source == "the cat 中" and trace.output.startswith(" sat 国") and "�" not in trace.output
    assert trace.steps[2].label == "⟨E5⟩" and trace.steps[4].attention[0].key_axis.labels[-2] == "国⟨1/3⟩"
    save(trace, tmp_path / "t.npz")
    assert load(tmp_path / "t.npz").output == trace.output
    assert stepper.choices(" sat")[-1] == stepper.end == 1


def test_chat():
    stepper = generator("gpt2", 1, size=300)
    with pytest.raises(InputError, match="no chat template"):
        stepper.with_chat()
    tokenizer = byte_tokenizer.__wrapped__()
    tokenizer.chat_template = "{% for m in messages %}<s>{{ m['content'] }}</s>{% endfor %}{% if add_generation_prompt %}<s>{% endif %}"
    found = PretrainedDecoder(stepper.module, tokenizer).with_chat().encode("a cat")
    assert found.text == "<s>a cat</s><s>" and found.axis.labels == ("<s>", "a", "▁cat", "</s>", "<s>")
    assert found.axis.geometry["special"] == [True, False, False, True, True]


def test_too_long_is_told_in_numbers():
    stepper = generator("gpt2", 1, size=300)
    with pytest.raises(InputError, match="the text has 70 tokens; this model reads at most 63, so shorten it"):
        stepper.encode("!" * 70)
    assert stepper.limit(stepper.encode("!" * 60)) == 4
    with pytest.raises(InputError, match="positions for 4 outputs"):
        run(stepper, "!" * 60, Greedy(max_steps=9))


@pytest.mark.parametrize("kind", ["bloom", "gptj", "openai-gpt"])
def test_models_with_attention_of_their_own_or_without_a_cache(kind):
    """Softmax written by hand (alibi, rotary), and a model that keeps no keys and values."""
    sizes = {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 64, "vocab_size": 40}
    ends = {"bos_token_id": 2, "eos_token_id": 1, "pad_token_id": 0}
    model = {
        "bloom": lambda: seeded(BloomForCausalLM, BloomConfig(vocab_size=40, hidden_size=32, n_layer=2, n_head=4, **ends)),
        "gptj": lambda: seeded(GPTJForCausalLM, GPTJConfig(**sizes, rotary_dim=4, **ends)),
        "openai-gpt": lambda: seeded(OpenAIGPTLMHeadModel, OpenAIGPTConfig(**sizes)),
    }[kind]()
    stepper = PretrainedDecoder(model, byte_tokenizer())
    assert stepper.cached == (kind != "openai-gpt")
    sources = [source(stepper, ids) for ids in (IDS, (12, 13))]
    trace = run(stepper, sources[0], Greedy(max_steps=5))
    chosen = [step.choice for step in trace.steps]
    whole = torch.cat(model(torch.tensor([[*IDS, *chosen[:-1]]]), output_attentions=True).attentions).numpy()
    for t, step in enumerate(trace.steps):
        np.testing.assert_allclose(step.attention[0].map(1, 2)[-1], whole[1, 2, len(IDS) + t - 1, : len(IDS) + t], atol=1e-5)
    np.testing.assert_allclose([s.log_prob for s in trace.steps], stepper.plain_log_probs(sources[0], chosen), atol=1e-5)
    for said, found in zip(sources, beam_search(stepper, sources, Beam(width=3, max_steps=5)), strict=True):
        [alone] = beam_search(stepper, [said], Beam(width=3, max_steps=5))
        np.testing.assert_allclose(found.tree.attention[1:], alone.tree.attention[1:], atol=1e-4)


def test_a_head_s_mean_is_over_all_steps_so_far(stepper):
    """Nothing before layer 0 changes, so that its rows are the means of the plain ones."""
    edited = stepper.intervened([AblateHead(0, 1, "mean")])
    try:
        trace = run(edited, source(stepper, IDS), Greedy(max_steps=5))
    except InputError as error:  # a cache that forgets: there is no mean over keys that are gone
        assert "how='zero'" in str(error) and "Mistral" in type(stepper.module).__name__
        return
    chosen = [step.choice for step in trace.steps]
    whole = eager(stepper, [*IDS, *chosen[:-1]])[0, 1]
    for t, step in enumerate(trace.steps[1:], start=len(IDS) + 1):
        np.testing.assert_allclose(step.attention[0].map(0, 1)[0], whole[:t, :t].mean(0), atol=1e-5)
    assert not np.allclose([s.log_prob for s in trace.steps], stepper.plain_log_probs(source(stepper, IDS), chosen), atol=1e-6)


def test_hypotheses_carry_their_own_means(stepper):
    edited, said = stepper.intervened([AblateHead(1, 0, "mean")]), source(stepper, IDS[:2])
    options = Beam(width=3, max_steps=3, early_stopping="never", length_penalty=0.0)
    for found in beam_search(edited, [said], options)[0].hypotheses:
        assert found.total == pytest.approx(float(edited.plain_log_probs(said, found.choices).sum()), abs=1e-4)
