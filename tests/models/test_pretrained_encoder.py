import numpy as np
import pytest
import torch
from tests.models.tiny_pretrained import seeded, word_piece_tokenizer
from transformers import BertConfig, BertForMaskedLM, DistilBertConfig, DistilBertModel, RobertaConfig, RobertaModel

from viz_core.driver import run
from viz_core.inputs.token_words import to_words
from viz_core.layers.edits import AblateHead, BlockEdge, Temperature
from viz_core.models.pretrained_encoder import PretrainedEncoder
from viz_core.models.protocol import Identity
from viz_core.trace import InputError, load, save

SIZE = len(word_piece_tokenizer())
SIZES = {
    "vocab_size": SIZE, "hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 48,
    "max_position_embeddings": 32, "pad_token_id": 0, "initializer_range": 0.3,
}  # fmt: skip
MODELS = {
    "bert": lambda: seeded(BertForMaskedLM, BertConfig(**SIZES)),
    "roberta": lambda: seeded(RobertaModel, RobertaConfig(**SIZES)),
    "distilbert": lambda: seeded(DistilBertModel, DistilBertConfig(vocab_size=SIZE, dim=32, n_layers=3, n_heads=4, hidden_dim=48)),
}
TEXT, PAIR = "the cat [MASK] on the mat", "a dog"


@pytest.fixture(scope="module", params=MODELS)
def encoder(request):
    return PretrainedEncoder(MODELS[request.param](), word_piece_tokenizer(), Identity(request.param, "pretrained-encoder"))


def eager(encoder, source):
    before = encoder.module.config._attn_implementation
    encoder.module.set_attn_implementation("eager")
    out = encoder.module(**encoder.inputs(source), output_attentions=True, output_hidden_states=True)
    encoder.module.set_attn_implementation(before)
    return torch.stack(out.attentions)[:, 0].numpy(), torch.stack(out.hidden_states)[:, 0]


def test_one_step_a_layer_with_all_its_heads(encoder):
    trace = encoder.trace(TEXT, PAIR)
    weights, states = eager(encoder, encoder.encode(TEXT, PAIR))
    assert trace.unit == "layer" and len(trace) == 3 and trace.sites == ("encoder",)
    assert trace.source_axis.labels[:4] == ("[CLS]", "the", "▁cat", "[MASK]")
    for layer, step in enumerate(trace.steps):
        [item] = step.attention
        assert (step.label, item.layers, item.heads) == (f"layer {layer}", (str(layer),), ("0", "1", "2", "3"))
        for head in range(4):
            np.testing.assert_allclose(item.map(0, head), weights[layer, head], atol=1e-5)
        np.testing.assert_allclose(step.quantity("hidden-state norm").values, states[layer + 1].norm(dim=-1), rtol=1e-4)
        change = (states[layer + 1] - states[layer]).norm(dim=-1)
        np.testing.assert_allclose(step.quantity("change by the layer").values, change, rtol=1e-4)
    np.testing.assert_allclose(trace.steps[0].quantity("embedding norm").values, states[0].norm(dim=-1), rtol=1e-4)


def test_run_traces_an_encoder(encoder, tmp_path):
    trace = run(encoder, "the cat", interventions=[Temperature(2.0, layer=1)])
    assert trace.run["edits"][0]["layer"] == 1 and trace.run["model"] == encoder.identity.name
    save(trace, tmp_path / "t.npz")
    again = load(tmp_path / "t.npz")
    np.testing.assert_array_equal(again.steps[1].attention[0].map(0, 2), trace.steps[1].attention[0].map(0, 2))
    with pytest.raises(InputError, match="no intervention on attention"):
        run(encoder, "the cat", interventions=[3])


def test_interventions(encoder):
    base, ids = encoder.trace("the cat sat"), len(encoder.encode("the cat sat").ids)
    off = encoder.trace("the cat sat", edits=[AblateHead(1, 2)])
    assert np.isnan(off.steps[1].attention[0].map(0, 2)).all()
    np.testing.assert_array_equal(off.steps[0].attention[0].map(0, 2), base.steps[0].attention[0].map(0, 2))
    assert not np.allclose(off.steps[2].attention[0].map(0, 2), base.steps[2].attention[0].map(0, 2))
    flat = encoder.intervened([AblateHead(0, 1, "uniform")]).trace("the cat sat")
    np.testing.assert_allclose(flat.steps[0].attention[0].map(0, 1), 1 / ids, atol=1e-6)
    blocked = encoder.trace("the cat sat", edits=[BlockEdge(2, 1)])
    assert all(step.attention[0].map(0, head)[2, 1] == 0 for step in blocked.steps for head in range(4))
    assert encoder.edits == ()


def test_masked_tokens_are_filled():
    encoder = PretrainedEncoder(MODELS["bert"](), word_piece_tokenizer())
    logits = encoder.module(**encoder.inputs(encoder.encode(TEXT))).logits[0, 3].log_softmax(-1)
    [found] = encoder.fill(TEXT, top=5)
    np.testing.assert_allclose(found.log_probs, logits.topk(5).values, atol=1e-5)
    assert found.choices.tolist() == logits.topk(5).indices.tolist()
    trace = encoder.trace(TEXT)
    assert trace.steps[-1].candidates.labels[0] == found.labels[0] and trace.steps[0].candidates is None
    assert found.labels[0].strip("▁") in trace.output and "[MASK]" not in trace.output
    assert len(encoder.fill("[MASK] cat [MASK]")) == 2
    with pytest.raises(InputError, match=r"nothing to fill in 'the cat'; write \[MASK\]"):
        encoder.fill("the cat")


def test_two_texts_are_told_apart():
    encoder = PretrainedEncoder(MODELS["bert"](), word_piece_tokenizer())
    source = encoder.encode("the cat", PAIR)
    assert encoder.inputs(source)["token_type_ids"].tolist() == [[0, 0, 0, 0, 1, 1, 1]]
    assert not torch.allclose(encoder.embedding("the cat", PAIR), encoder.embedding("the cat a dog"))


def test_an_embedding_has_length_one(encoder):
    states = eager(encoder, encoder.encode("the cat sat"))[1][-1].mean(0)
    np.testing.assert_allclose(encoder.embedding("the cat sat"), states / states.norm(), atol=1e-5)


def test_attention_between_words(encoder):
    item = encoder.trace("thinking machines didn't think").steps[1].attention[0]
    words = to_words(item)
    assert words.key_axis.labels == ("[CLS]", "thinking", "machines", "didn't", "think", "[SEP]")
    np.testing.assert_allclose(words.map(0, 1).sum(1), 1, atol=1e-5)


def test_bad_input(encoder):
    with pytest.raises(InputError, match="empty"):
        encoder.trace(" ")
    if encoder.positions == 512:
        return
    most = encoder.positions
    assert most == (31 if encoder.identity.name == "roberta" else 32)  # RoBERTa counts from its padding's number
    with pytest.raises(InputError, match=f"the text has 42 tokens; this model reads at most {most}"):
        encoder.trace("cat " * 40)
    assert len(encoder.trace("cat " * (most - 2)).source_axis) == most


def test_words_without_a_token_are_noted():
    encoder = PretrainedEncoder(MODELS["bert"](), word_piece_tokenizer())
    assert encoder.trace("the 🙂 cat").notes == ("positions that the tokenizer has no token for: 3",)
