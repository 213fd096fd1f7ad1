"""Ablation by the mean where a sequence is read in steps: the mean is over all queries so far."""

import pytest
import torch
import transformers as tf

from tests.capture.architectures import TOKENS, model
from viz_core.capture import AblateHead, CaptureError, record
from viz_core.capture.past import taken

EDIT = AblateHead(0, 1, "mean")
DECODERS = ["GPT-2", "Llama", "GPT-BigCode"]


def steps(name: str, tokens: torch.Tensor, first: int, attention: str = "sdpa", rows=None):
    """A prompt of `first` tokens, then one by one, each recorded by itself; `rows` puts the batch in another order at last."""
    past, cache, found, network = {}, None, [], model(name)
    network.set_attn_implementation(attention)
    try:
        for start, stop in [(0, first), *((i, i + 1) for i in range(first, tokens.shape[1]))]:
            if rows is not None and stop == tokens.shape[1]:
                cache.reorder_cache(rows)
                past, tokens = taken(past, rows), tokens[rows]
            with torch.no_grad(), record(EDIT, past=past) as recording:
                out = network(input_ids=tokens[:, start:stop], past_key_values=cache, use_cache=True)
            cache, past = out.past_key_values, recording.past
            found.append((recording.calls[0], out[0]))
    finally:
        network.set_attn_implementation("sdpa")
    return found


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
@pytest.mark.parametrize("first", [1, 4])
@pytest.mark.parametrize("name", DECODERS)
def test_a_step_has_the_mean_of_all_rows_so_far(name, first, attention):
    with torch.no_grad(), record() as recording:
        model(name)(input_ids=TOKENS)
    plain = recording.calls[0].weights()[:, 1]
    found = steps(name, TOKENS, first, attention)
    for call, _ in found[1:]:
        stop = call.first_query + 1
        torch.testing.assert_close(call.weights()[:, 1, 0], plain[:, :stop, :stop].mean(1), rtol=0, atol=1e-5)
    assert not torch.allclose(found[-1][0].weights()[:, 1, 0], plain[:, -1])


def test_the_last_step_s_output_is_that_of_the_whole_call():
    """In the last step the queries so far are those of the whole call, and only the first layer is averaged."""
    network = tf.GPT2Model(tf.GPT2Config(vocab_size=50, n_embd=16, n_layer=1, n_head=2, n_positions=32)).eval()
    tokens, past, cache = TOKENS % 50, {}, None
    with torch.no_grad(), record(EDIT):
        whole = network(tokens)[0][:, -1]
    with torch.no_grad():
        for i in range(tokens.shape[1]):
            with record(EDIT, past=past) as recording:
                out = network(tokens[:, i : i + 1], past_key_values=cache, use_cache=True)
            past, cache = recording.past, out.past_key_values
    torch.testing.assert_close(out[0][:, -1], whole, rtol=0, atol=1e-5)


def test_one_recording_of_all_steps_and_one_a_step_agree():
    cache, outputs = None, []
    with torch.no_grad(), record(EDIT) as recording:
        for i in range(TOKENS.shape[1]):
            out = model("Llama")(input_ids=TOKENS[:, i : i + 1], past_key_values=cache, use_cache=True)
            cache = out.past_key_values
            outputs.append(out[0])
    alone = steps("Llama", TOKENS, 1)
    torch.testing.assert_close(torch.cat(outputs, 1), torch.cat([out for _, out in alone], 1))
    last = [call for call in recording.calls if call.layer == 0][-1]
    torch.testing.assert_close(last.weights(), alone[-1][0].weights())


def test_rows_that_change_their_place_take_their_sums_along():
    swapped = torch.tensor([1, 0])
    call, out = steps("Llama", TOKENS, 2, rows=swapped)[-1]
    expected, same = steps("Llama", TOKENS, 2)[-1]
    torch.testing.assert_close(call.weights(), expected.weights()[swapped])
    torch.testing.assert_close(out, same[swapped])


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
def test_beams_in_one_recording_are_refused(attention):
    """A beam search reorders the rows of its cache, which nobody tells a recording."""
    torch.manual_seed(1)
    network = tf.LlamaForCausalLM(tf.LlamaConfig(vocab_size=12, hidden_size=16, intermediate_size=16, num_hidden_layers=2,
                                  num_attention_heads=2, attn_implementation=attention, pad_token_id=0)).eval()  # fmt: skip
    with pytest.raises(CaptureError, match="how='zero'"), record(EDIT):
        network.generate(torch.tensor([[1, 2, 3]]), num_beams=3, max_new_tokens=12, do_sample=False)
    with record(EDIT):
        network.generate(torch.tensor([[1, 2, 3]]), max_new_tokens=4, do_sample=False)


def test_a_step_without_what_came_before_is_refused():
    with torch.no_grad():
        cache = model("GPT-2")(input_ids=TOKENS[:, :3], use_cache=True).past_key_values
        with pytest.raises(CaptureError, match="query 3.*past="), record(EDIT):
            model("GPT-2")(input_ids=TOKENS[:, 3:4], past_key_values=cache)
