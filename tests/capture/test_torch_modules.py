"""torch's own modules, whose fast paths hide their inner calls."""

import pytest
import torch
from torch import nn

from viz_core.capture import AblateHead, record

PADDING = torch.tensor([[False] * 5, [False, False, False, True, True]])


def head_weights(attention: nn.MultiheadAttention, query, key, **options) -> torch.Tensor:
    """The weights of each head as torch gives them itself."""
    return attention(query, key, key, need_weights=True, average_attn_weights=False, **options)[1]


@pytest.fixture
def source():
    torch.manual_seed(0)
    return torch.randn(2, 5, 16)


@pytest.mark.parametrize("need_weights", [True, False])
@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("kdim", [None, 8])
def test_multi_head_attention(source, need_weights, batch_first, kdim):
    attention = nn.MultiheadAttention(16, 4, batch_first=batch_first, kdim=kdim, vdim=kdim).eval()
    query, key = source, source if kdim is None else torch.randn(2, 7, kdim)
    if not batch_first:
        query, key = (query.transpose(0, 1), key.transpose(0, 1)) if kdim else (query.transpose(0, 1),) * 2
    with torch.no_grad(), record() as recording:
        output = attention(query, key, key, need_weights=need_weights)[0]
    with torch.no_grad():
        torch.testing.assert_close(output, attention(query, key, key, need_weights=need_weights)[0])
        expected = head_weights(attention, query, key)
    [call] = recording.calls
    assert call.site == ("encoder" if kdim is None else "cross")
    torch.testing.assert_close(call.weights(), expected, rtol=0, atol=1e-6)


def test_unbatched_input_with_a_bias_key_and_a_zero_key(source):
    attention = nn.MultiheadAttention(16, 4, add_bias_kv=True, add_zero_attn=True).eval()
    one = source[0]
    with torch.no_grad(), record() as recording:
        attention(one, one, one, need_weights=False)
    [call] = recording.calls
    assert call.weights().shape == (1, 4, 5, 7)
    torch.testing.assert_close(call.weights()[0], head_weights(attention, one, one))


def test_cross_attention_of_equal_length_is_cross(source):
    attention = nn.MultiheadAttention(16, 4, batch_first=True).eval()
    memory = torch.randn(2, 5, 16)
    with torch.no_grad(), record() as recording:
        attention(source, memory, memory)
    assert recording.calls[0].site == "cross"


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
@pytest.mark.parametrize("norm_first", [True, False])
@pytest.mark.parametrize("final_norm", [True, False])
@pytest.mark.parametrize("grad", [True, False])
def test_encoder_with_padding_keeps_its_output(source, norm_first, final_norm, grad):
    layer = nn.TransformerEncoderLayer(16, 4, 24, batch_first=True, norm_first=norm_first)
    norm = nn.LayerNorm(16) if final_norm else None
    encoder = nn.TransformerEncoder(layer, 3, norm=norm, enable_nested_tensor=not norm_first).eval()
    if norm is not None:
        nn.init.ones_(norm.bias)
    with torch.set_grad_enabled(grad):
        plain = encoder(source, src_key_padding_mask=PADDING)
        with record() as recording:
            output = encoder(source, src_key_padding_mask=PADDING)
    torch.testing.assert_close(output, plain)  # zeros at the padding, as the fast path leaves them
    assert [(call.module, call.layer, call.site) for call in recording.calls] == [
        (f"layers.{i}.self_attn", i, "encoder") for i in range(3)
    ]
    first = recording.calls[0].weights()
    normed = encoder.layers[0].norm1(source) if norm_first else source
    torch.testing.assert_close(first, head_weights(encoder.layers[0].self_attn, normed, normed, key_padding_mask=PADDING).detach())
    assert (first[1, :, :, 3:] == 0).all()


def test_transformer_has_all_three_sites(source):
    torch.manual_seed(0)
    model = nn.Transformer(16, 4, 2, 2, 24, batch_first=True).eval()
    target = torch.randn(2, 6, 16)
    mask = nn.Transformer.generate_square_subsequent_mask(6)
    with torch.no_grad():
        plain = model(source, target, tgt_mask=mask, src_key_padding_mask=PADDING, memory_key_padding_mask=PADDING)
        with record() as recording:
            output = model(source, target, tgt_mask=mask, src_key_padding_mask=PADDING, memory_key_padding_mask=PADDING)
    torch.testing.assert_close(output, plain)
    assert [(call.site, call.layer) for call in recording.calls] == [
        ("encoder", 0), ("encoder", 1), ("decoder", 0), ("cross", 0), ("decoder", 1), ("cross", 1),
    ]  # fmt: skip
    decoder, cross = recording.calls[2], recording.calls[3]
    assert decoder.module == "decoder.layers.0.self_attn" and cross.module == "decoder.layers.0.multihead_attn"
    torch.testing.assert_close(decoder.weights(), head_weights(model.decoder.layers[0].self_attn, target, target, attn_mask=mask))
    assert (cross.weights()[1, :, :, 3:] == 0).all() and cross.weights().shape == (2, 4, 6, 5)


def test_an_ablated_head_of_a_fast_encoder(source):
    layer = nn.TransformerEncoderLayer(16, 4, 24, batch_first=True)
    encoder = nn.TransformerEncoder(layer, 1).eval()
    zeroed = nn.TransformerEncoder(layer, 1).eval()
    zeroed.load_state_dict(encoder.state_dict())
    with torch.no_grad():
        zeroed.layers[0].self_attn.out_proj.weight[:, 4:8] = 0  # the output projection reads nothing of head 1
        with record(AblateHead(0, 1)) as recording:
            output = encoder(source)
        torch.testing.assert_close(output, zeroed(source))
    assert (recording.calls[0].weights(heads=1) == 0).all()


def test_weights_in_training_are_those_before_dropout(source):
    attention = nn.MultiheadAttention(16, 4, dropout=0.5, batch_first=True).train()
    for need_weights in (True, False):
        with torch.no_grad(), record() as recording:
            attention(source, source, source, need_weights=need_weights)
        [call] = recording.calls
        assert call.dropout == 0.5
        torch.testing.assert_close(call.weights(), head_weights(attention.eval(), source, source).detach())
        attention.train()
