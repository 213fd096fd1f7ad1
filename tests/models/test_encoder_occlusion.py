"""A random encoder with positions hidden from attention, and the trust test of its map."""

from __future__ import annotations

import pytest
import torch
from tests.models.tiny_pretrained import seeded, word_piece_tokenizer
from transformers import BertConfig, BertModel

from viz_core.explain.source_rows import encoder_rows
from viz_core.explain.trust import experiment, trust
from viz_core.models.pretrained_encoder import PretrainedEncoder
from viz_core.trace import InputError

TEXT = "the cat sat on the mat"


@pytest.fixture(scope="module")
def encoder() -> PretrainedEncoder:
    config = BertConfig(
        vocab_size=90, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24, max_position_embeddings=40,
        initializer_range=0.4,
    )  # fmt: skip
    return PretrainedEncoder(seeded(BertModel, config), word_piece_tokenizer())


def test_everything_kept_changes_nothing_and_hiding_is_the_models_own_mask(encoder):
    source = encoder.encode(TEXT)
    keep = torch.ones(2, len(source.ids), dtype=torch.bool)
    keep[1, 2] = False
    found = encoder.occlusion.values(source, (1, 4), keep, "mask")
    torch.testing.assert_close(found[0], torch.ones(2))
    given = encoder.inputs(source)
    with torch.no_grad():
        full = encoder.module(**given).last_hidden_state[0]
        hidden = encoder.module(**{**given, "attention_mask": keep[1:].long()}).last_hidden_state[0]
    torch.testing.assert_close(found[1], torch.cosine_similarity(hidden[[1, 4]], full[[1, 4]]))
    assert (found[1] < 0.9999).all()


def test_first_order_action_of_an_embedding_is_the_jacobian_on_it(encoder):
    source = encoder.encode(TEXT)
    ids = torch.tensor([source.ids])
    with torch.enable_grad():
        embedded = encoder.module.get_input_embeddings()(ids).detach()
        rest = {name: value for name, value in encoder.inputs(source).items() if name != "input_ids"}
        row = lambda e: encoder.module(inputs_embeds=e, **rest).last_hidden_state[0, 3]  # noqa: E731
        jacobian = torch.autograd.functional.jacobian(row, embedded)[:, 0]  # (D, S, D)
    expected = torch.einsum("dse,se->sd", jacobian, embedded[0]).norm(dim=-1) / row(embedded).norm()
    torch.testing.assert_close(encoder.occlusion.scaled(source, (3,))[0], expected.detach(), atol=5e-3, rtol=5e-2)


def test_the_map_of_an_encoder_is_tested_token_by_token(encoder):
    source, trace = encoder.encode(TEXT), encoder.trace(TEXT)
    count = len(source.ids)
    done = experiment(encoder, source, range(1, count - 1), orders=8)
    found = trust(encoder, source, trace, 2, done=done)
    assert found.quantity == "similarity" and found.full == pytest.approx(1, abs=1e-5) and found.removal == "mask"
    assert found.positions.labels == source.axis.labels[1:-1] and found.output == source.axis.labels[3]
    rows = encoder_rows(trace, 1, 0)
    torch.testing.assert_close(torch.tensor(rows), torch.tensor(trace.steps[1].attention[0].map(0, 0)).double())
    one = trust(encoder, source, trace, 2, layer=1, head=0, done=done)
    torch.testing.assert_close(torch.tensor(one.importance).double(), torch.tensor(rows[3, 1:-1]), atol=1e-6, rtol=0)
    assert [rival.name for rival in found.rivals] == ["shapley", "leave_one_out", "gradient_input", "rollout"]
    whole = trust(encoder, source, trace, done=done)
    assert whole.output == TEXT and len(whole.random_gaps) == 1000 and whole.controls is None


def test_what_is_not_there_is_said(encoder):
    source, trace = encoder.encode(TEXT), encoder.trace(TEXT)
    with pytest.raises(InputError, match="by 'delete' here; use one of mask"):
        experiment(encoder, source, (1, 2), "delete")
    done = experiment(encoder, source, (1, 2), orders=2)
    with pytest.raises(InputError, match="step 2 is not in this output"):
        trust(encoder, source, trace, 2, done=done)
