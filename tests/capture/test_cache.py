"""Generation step by step: rows belong to the right query, cross-attention keeps its keys."""

import pytest
import torch
import transformers as tf

from tests.capture.architectures import TOKENS, model
from viz_core.capture import BlockEdge, SetWeights, record


def one_by_one(name: str, tokens: torch.Tensor, edits=(), **options):
    """A recording for every token of a causal model that is fed one by one with its cache, and the logits or states."""
    cache, found, outputs = options.pop("cache", None), [], []
    with torch.no_grad():
        for position in range(tokens.shape[1]):
            with record(*edits) as recording:
                output = model(name)(input_ids=tokens[:, position : position + 1], past_key_values=cache, use_cache=True, **options)
            cache = output.past_key_values
            found.append(recording.calls)
            outputs.append(output[0])
    return found, torch.cat(outputs, dim=1)


@pytest.mark.parametrize("name", ["GPT-2", "Llama", "Qwen2", "GPT-NeoX", "GPT-BigCode", "Gemma 3", "Mistral"])
def test_cached_steps_are_the_rows_of_the_whole_map(name):
    with torch.no_grad(), record() as whole:
        model(name)(input_ids=TOKENS)
    steps, _ = one_by_one(name, TOKENS)
    for position, calls in enumerate(steps):
        for call, full in zip(calls, whole.calls, strict=True):
            assert call.site == "decoder" and call.first_query == position and call.layer == full.layer
            keys = slice(call.first_key, position + 1)
            torch.testing.assert_close(call.weights(), full.weights(queries=position)[..., keys], rtol=0, atol=1e-5)
            if name != "Mistral" and "Gemma" not in name:
                assert call.first_key == 0 and call.keys == position + 1


def test_a_sliding_cache_says_which_keys_are_left():
    steps, _ = one_by_one("Mistral", TOKENS)
    last = steps[-1][0]
    assert (last.first_query, last.first_key, last.keys) == (8, 5, 4)


def test_a_static_cache_is_recorded_as_it_was_then():
    cache = tf.StaticCache(config=model("Llama").config, max_cache_len=16)
    steps, _ = one_by_one("Llama", TOKENS, cache=cache)
    with torch.no_grad(), record() as whole:
        model("Llama")(input_ids=TOKENS)
    for position, calls in enumerate(steps):
        for call, full in zip(calls, whole.calls, strict=True):
            assert call.first_query == position and call.keys == position + 1
            torch.testing.assert_close(call.weights(), full.weights(queries=position)[..., : position + 1], rtol=0, atol=1e-5)


def test_a_prompt_then_steps():
    with torch.no_grad():
        with record() as prompt:
            output = model("Qwen2")(input_ids=TOKENS[:, :6], use_cache=True)
        with record() as rest:
            model("Qwen2")(input_ids=TOKENS[:, 6:], past_key_values=output.past_key_values)
        with record() as whole:
            model("Qwen2")(input_ids=TOKENS)
    assert prompt.calls[0].first_query == 0 and rest.calls[0].first_query == 6
    for call, full in zip(rest.calls, whole.calls, strict=True):
        assert (call.site, call.queries, call.keys) == ("decoder", 3, 9)
        torch.testing.assert_close(call.weights(), full.weights(queries=[6, 7, 8]), rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", ["T5", "BART", "Whisper"])
def test_encoder_decoder_steps(name):
    found = model(name)
    given = {"input_features": torch.ones(2, 8, 40)} if name == "Whisper" else {"input_ids": TOKENS}
    targets = TOKENS[:, :4]
    with torch.no_grad():
        with record() as whole:
            found(**given, decoder_input_ids=targets)
        cache, states = None, None
        for position in range(4):
            with record() as step:
                source = given if states is None else {"encoder_outputs": states}
                output = found(**source, decoder_input_ids=targets[:, position : position + 1], past_key_values=cache, use_cache=True)
            cache, states = output.past_key_values, (output.encoder_last_hidden_state,)
            for site in ("decoder", "cross"):
                calls, full = ([call for call in r.calls if call.site == site] for r in (step, whole))
                assert [call.first_query for call in calls] == [position] * 2
                for call, row in zip(calls, full, strict=True):
                    expected = row.weights(queries=position)[..., : call.keys]
                    torch.testing.assert_close(call.weights(), expected, rtol=0, atol=1e-5)
                    assert call.keys == (position + 1 if site == "decoder" else row.keys)


def test_generate_names_every_row():
    with torch.no_grad(), record() as recording:
        model("T5").generate(TOKENS[:1], max_new_tokens=3, min_new_tokens=3, num_beams=2)
    cross = [call for call in recording.calls if call.site == "cross" and call.layer == 1]
    assert [(call.first_query, call.batch, call.keys) for call in cross] == [(0, 2, 9), (1, 2, 9), (2, 2, 9)]
    assert cross[0].module == "decoder.block.1.layer.1.EncDecAttention"


def test_steps_share_the_keys_that_they_repeat():
    with torch.no_grad(), record() as recording:
        tokens = model("Llama").generate(TOKENS[:1], max_new_tokens=5, min_new_tokens=5, do_sample=False)
    calls = [call for call in recording.calls if call.layer == 0]
    assert [(call.first_query, call.keys) for call in calls] == [(0, 9), (9, 10), (10, 11), (11, 12), (12, 13)]
    assert len({call.rows.keys.untyped_storage().data_ptr() for call in calls}) == 1
    with torch.no_grad(), record() as whole:
        model("Llama")(tokens)
    for call in calls[1:]:
        torch.testing.assert_close(call.weights(), whole.calls[0].weights(queries=call.first_query)[..., : call.keys], rtol=0, atol=1e-5)


def test_heads_that_share_keys_in_a_padded_batch():
    padding = torch.ones_like(TOKENS)
    padding[1, :3] = 0  # on the left
    found = model("Llama")
    with torch.no_grad():
        with record() as whole:
            found(input_ids=TOKENS, attention_mask=padding)
        cache = found(input_ids=TOKENS[:, :8], attention_mask=padding[:, :8]).past_key_values
        edit = BlockEdge(query=8, key=4, head=2, layer=0)
        with record(edit) as step:
            found(input_ids=TOKENS[:, 8:], attention_mask=padding, past_key_values=cache)
    assert (step.calls[0].heads, step.calls[0].queries, step.calls[0].first_query) == (4, 1, 8)
    torch.testing.assert_close(step.calls[0].weights([0, 1, 3]), whole.calls[0].weights([0, 1, 3], 8), rtol=0, atol=1e-5)
    assert (step.calls[0].weights(2)[..., 4] == 0).all() and (whole.calls[0].weights(queries=8)[1, :, :, :3] == 0).all()


@pytest.mark.parametrize("name", ["Llama", "GPT-2"])
def test_edits_with_a_cache_equal_edits_without(name):
    edits = (BlockEdge(query=5, key=2, layer=1), SetWeights(0, 1, 7, (0.5, 0.5, 0, 0, 0, 0, 0, 0)))
    stepped = one_by_one(name, TOKENS[:, :8], edits)[1]
    with torch.no_grad():
        with record(*edits):
            whole = model(name)(input_ids=TOKENS[:, :8])[0]
        plain = model(name)(input_ids=TOKENS[:, :8])[0]
    torch.testing.assert_close(stepped, whole, rtol=0, atol=1e-4)
    assert (whole - plain)[:, 5:].abs().max() > 1e-3 and torch.equal(whole[:, :5], plain[:, :5])
