"""The recording itself: what is refused, names, roots, threads, and that nothing is left behind."""

import threading
import warnings

import pytest
import torch
from torch import nn
from torch.nn.attention.flex_attention import flex_attention
from torch.nn.modules.module import _global_forward_hooks, _global_forward_pre_hooks

from tests.capture.architectures import TEXT, TOKENS, model
from viz_core.capture import AblateHead, CaptureError, Temperature, record
from viz_core.trace.errors import InputError


def test_calls_before_the_end_and_an_error_inside():
    with torch.no_grad(), record() as recording:
        model("GPT-2")(TOKENS)
        assert len(recording.calls) == 2
    with pytest.raises(ZeroDivisionError), record():
        raise ZeroDivisionError
    assert not _global_forward_pre_hooks and not _global_forward_hooks


def test_nothing_recorded_is_an_error():
    with pytest.raises(CaptureError, match="no attention was seen"), record():
        nn.Linear(2, 2)(torch.ones(1, 2))


def test_other_interventions_and_missing_heads_and_layers_are_errors():
    with pytest.raises(InputError, match="int is no intervention"), record(3):
        pass
    with torch.no_grad():
        with pytest.raises(InputError, match="no head 4 in a layer of 4"), record(AblateHead(0, 4)):
            model("GPT-2")(TOKENS)
        with pytest.raises(InputError, match="no layer 7 of attention; give a layer in 0 … 1"), record(AblateHead(7, 0)):
            model("GPT-2")(TOKENS)


def test_root_limits_and_names():
    pair = nn.ModuleDict({"one": model("GPT-2"), "two": model("BERT")})

    class Both(nn.Module):
        def __init__(self):
            super().__init__()
            self.parts = pair

        def forward(self):
            pair["one"](TOKENS)
            return pair["two"](**TEXT)

    with torch.no_grad():
        with record() as everything:
            Both()()
        with record(Temperature(2.0), root=pair["two"]) as second:
            Both()()
    assert [call.module for call in everything.calls[:2]] == ["parts.one.transformer.h.0.attn", "parts.one.transformer.h.1.attn"]
    assert [call.module for call in second.calls] == ["encoder.layer.0.attention.self", "encoder.layer.1.attention.self"]
    assert [call.layer for call in everything.calls] == [0, 1, 0, 1]


def test_nested_recordings_both_see_every_call():
    with torch.no_grad(), record() as outer:
        model("GPT-2")(TOKENS)
        with record() as inner:
            model("BERT")(**TEXT)
    assert [call.site for call in inner.calls] == ["encoder"] * 2
    assert [call.site for call in outer.calls] == ["decoder"] * 2 + ["encoder"] * 2


def test_two_threads_share_one_model_and_mix_nothing():
    shared, runs, found, errors = model("Llama"), 40, {}, []
    plain = {}
    for length in (4, 7):
        with torch.no_grad(), record() as recording:
            shared(TOKENS[:, :length])
        plain[length] = [call.weights() for call in recording.calls]

    def work(length: int) -> None:
        try:
            for _ in range(runs):
                with torch.no_grad(), record() as recording:
                    shared(TOKENS[:, :length])
                found.setdefault(length, []).append([call.weights() for call in recording.calls])
        except Exception as error:  # noqa: BLE001 - handed to the main thread
            errors.append(error)

    threads = [threading.Thread(target=work, args=(length,)) for length in (4, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    for length, traces in found.items():
        assert len(traces) == runs
        for trace in traces:
            for weights, expected in zip(trace, plain[length], strict=True):
                assert torch.equal(weights, expected)
    assert not _global_forward_pre_hooks


def test_nested_edits_are_not_taken_for_attention():
    with torch.no_grad(), record() as outer:
        with record(AblateHead(0, 1, "uniform")) as inner:
            model("GPT-2")(TOKENS)
        inner.calls[0].weights() @ torch.ones(9, 2)  # looking at weights is no attention
    assert len(outer.calls) == len(inner.calls) == 2


def test_ablations_of_single_batch_items():
    with torch.no_grad():
        plain = model("GPT-2")(TOKENS)[0]
        with record(AblateHead(1, 2, batch=0), AblateHead(0, 1, "mean", batch=1)) as recording:
            output = model("GPT-2")(TOKENS)[0]
        with record(AblateHead(1, 2)):
            first = model("GPT-2")(TOKENS)[0]
        with record(AblateHead(0, 1, "mean")):
            second = model("GPT-2")(TOKENS)[0]
        with pytest.raises(InputError, match="no batch item 2 in a call of 2"), record(AblateHead(0, 0, batch=2)):
            model("GPT-2")(TOKENS)
    torch.testing.assert_close(output, torch.stack([first[0], second[1]]))
    assert not torch.equal(output[0], plain[0])
    assert (recording.calls[1].weights(heads=2)[0] == 0).all() and (recording.calls[1].weights(heads=2)[1] > 0).any()


def test_a_thread_that_does_not_record_is_not_seen():
    with torch.no_grad(), record() as recording:
        worker = threading.Thread(target=lambda: model("BERT")(**TEXT))
        worker.start()
        worker.join()
        model("GPT-2")(TOKENS)
    assert {call.site for call in recording.calls} == {"decoder"}


class Flex(nn.Module):
    def __init__(self):
        super().__init__()
        self.self_attn = FlexAttention()

    def forward(self, x):
        return self.self_attn(x)


class FlexAttention(nn.Module):
    def forward(self, x):
        return flex_attention(x, x, x, score_mod=lambda score, b, h, q, k: 20 * torch.tanh(score / 20))


@pytest.mark.filterwarnings("ignore")
def test_flex_attention_is_recorded_exactly_or_an_error():
    x = torch.randn(1, 2, 16, 16)
    try:
        with torch.no_grad(), record() as recording:
            Flex()(x)
    except CaptureError as error:
        assert "'self_attn'" in str(error) and "flex_attention" in str(error)
    else:
        expected = (20 * torch.tanh(x @ x.mT / 4 / 20)).softmax(-1)
        torch.testing.assert_close(recording.calls[0].weights(), expected, rtol=0, atol=1e-5)


class Kernel(nn.Module):
    """Some module that calls a fused kernel below torch's public function."""

    def forward(self, x):
        return torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(x, x, x)[0]


def test_a_fused_kernel_is_an_error_that_names_module_and_kernel():
    block, x = nn.Sequential(Kernel()), torch.randn(1, 2, 3, 4)
    with pytest.raises(CaptureError, match="attention of '0' cannot be recorded: it calls the kernel _scaled_dot_product_flash"), record():
        block(x)
    with record(ignore=["0"]) as recording:
        block(x)
        nn.functional.scaled_dot_product_attention(x, x, x)
    assert len(recording.calls) == 1


class Plain(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (x @ x.transpose(1, 2)).softmax(-1) @ x


@pytest.mark.filterwarnings("ignore")
def test_compiled_modules_are_errors():
    attention = nn.MultiheadAttention(8, 2, batch_first=True).eval()
    x = torch.randn(1, 3, 8)
    with torch.no_grad(), pytest.raises(CaptureError, match=r"MultiheadAttention is compiled by torch.compile"), record():
        torch.compile(attention, backend="eager")(x, x, x)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scripted = torch.jit.script(Plain())
    with torch.no_grad(), pytest.raises(CaptureError, match="'Plain' is compiled by torch.jit"), record():
        scripted(x)


def test_inference_mode_and_autocast():
    with torch.no_grad(), record() as plain:
        model("Llama")(TOKENS)
    with torch.inference_mode(), record() as recording:
        model("Llama")(TOKENS)
    for call, expected in zip(recording.calls, plain.calls, strict=True):
        assert torch.equal(call.weights(), expected.weights())
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16), record() as recording:
        model("Llama")(TOKENS)
    torch.testing.assert_close(recording.calls[0].weights(), plain.calls[0].weights(), rtol=0, atol=0.05)


def test_shared_layers_are_counted_by_use():
    with torch.no_grad():
        with record(AblateHead(1, 0)) as recording:
            model("ALBERT")(**TEXT)
    assert [(call.layer, call.edited) for call in recording.calls] == [(0, False), (1, True)]
    assert len({call.module for call in recording.calls}) == 1


def test_two_passes_through_one_encoder_are_the_same_layers():
    class Siamese(nn.Module):
        def __init__(self):
            super().__init__()
            self.tower = model("BERT")

        def forward(self, left, right):
            return self.tower(left)[0], self.tower(right)[0]

    with torch.no_grad(), record() as recording:
        Siamese()(TOKENS, TOKENS[:, :4])
    assert [(call.layer, call.keys) for call in recording.calls] == [(0, 9), (1, 9), (0, 4), (1, 4)]


def test_keys_overwritten_in_place_are_an_error_and_no_wrong_map():
    query, key = torch.randn(1, 2, 3, 4), torch.randn(1, 2, 3, 4)
    with record() as recording:
        nn.functional.scaled_dot_product_attention(query, key, key)
    key.zero_()
    with pytest.raises(CaptureError, match="overwritten in place"):
        recording.calls[0].weights()


def test_memory_is_linear_in_length():
    query = torch.randn(1, 2, 64, 8)
    with record() as recording:
        nn.functional.scaled_dot_product_attention(query, query, query, is_causal=True)
    rows = recording.calls[0].rows
    assert rows.queries.data_ptr() == query.data_ptr() and rows.mask is None
