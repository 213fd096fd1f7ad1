"""Recorded weights equal the eager attentions of Hugging Face models, in their default fast setting, within 1e-5."""

import pytest
import torch

from tests.capture.architectures import REFUSED, TABLE, inputs, model
from viz_core.capture import CaptureError, record

SITES = {"encoder_attentions": "encoder", "decoder_attentions": "decoder", "cross_attentions": "cross"}
CAUSAL = {"GPT", "CodeGen", "Llama", "Qwen", "Mistral", "Mixtral", "Gemma", "Phi", "Falcon", "BLOOM", "MPT", "OPT"}


def eager_attentions(name: str) -> dict[str, list[torch.Tensor]]:
    """Attentions by site, as the model itself gives them."""
    with torch.no_grad():
        output = model(name, eager=True)(**inputs(name), output_attentions=True)
    if name == "CLIP":
        return {"encoder": list(output.vision_model_output.attentions), "decoder": list(output.text_model_output.attentions)}
    if "encoder_attentions" in output:
        return {site: list(output[key]) for key, site in SITES.items()}
    causal = any(name.startswith(family) for family in CAUSAL)
    if name == "SegFormer":  # keys are a reduced grid in all stages but the last: queries and keys have positions of their own
        return {"cross": list(output.attentions[:3]), "encoder": list(output.attentions[3:])}
    return {"decoder" if causal else "encoder": list(output.attentions)}


@pytest.mark.parametrize("name", TABLE)
def test_weights_equal_eager_attention(name):
    with torch.no_grad():
        plain = model(name)(**inputs(name))
        with record() as recording:
            output = model(name)(**inputs(name))
    assert torch.equal(plain[0], output[0])  # the model computes what it computes alone
    expected = eager_attentions(name)
    assert {call.site for call in recording.calls} == set(expected)
    for site, attentions in expected.items():
        calls = [call for call in recording.calls if call.site == site]
        first = 3 if name == "SegFormer" and site == "encoder" else 0
        assert [call.layer for call in calls] == list(range(first, first + len(attentions)))
        assert all(call.first_query == 0 for call in calls)
        for call, attention in zip(calls, attentions, strict=True):
            weights = call.weights()
            seen = ~weights.isnan()  # a fully masked row has no weights; eager attention makes it uniform
            assert weights.shape == attention.shape and seen.float().mean() > 0.7
            torch.testing.assert_close(weights[seen], attention[seen], rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", REFUSED)
def test_other_attention_is_an_error(name):
    with torch.no_grad(), pytest.raises(CaptureError), record():
        model(name)(**inputs(name))


def test_errors_name_the_module():
    with torch.no_grad(), pytest.raises(CaptureError, match=r"'layers\.0\.self_attn'"), record():
        model("gpt-oss (sinks)")(**inputs("gpt-oss (sinks)"))
    with torch.no_grad(), pytest.raises(CaptureError, match=r"'layers\.1\.linear_attn' \(Qwen3NextGatedDeltaNet\)"), record():
        model("Qwen3-Next (hybrid)")(**inputs("Qwen3-Next (hybrid)"))


def test_a_hybrid_can_be_recorded_without_its_linear_attention():
    with torch.no_grad(), record(ignore=["linear_attn"]) as recording:
        model("Qwen3-Next (hybrid)")(**inputs("Qwen3-Next (hybrid)"))
    assert [call.module for call in recording.calls] == ["layers.0.self_attn"]


@pytest.mark.parametrize("name", ["BERT", "Llama", "T5", "Whisper", "GPT-BigCode", "DeBERTa-v2"])
def test_half_precision(name):
    half = {key: value.bfloat16() if value.is_floating_point() else value for key, value in inputs(name).items()}
    whole = model(name)
    try:
        with torch.no_grad(), record() as recording:
            whole.bfloat16()(**half)
    finally:
        whole.float()
    for call in recording.calls:
        weights = call.weights()
        assert weights.dtype == torch.float32
        sums = weights.sum(dim=-1)
        sums = sums[~sums.isnan()]
        tolerance = 1e-5 if name != "DeBERTa-v2" else 4e-3  # written by hand: the model's own weights, rounded by it
        torch.testing.assert_close(sums, torch.ones_like(sums), rtol=0, atol=tolerance)


@pytest.mark.parametrize("name", ["BERT", "Qwen2", "BART", "XLNet"])
def test_gradients_flow_as_without_a_recording(name):
    found, given = model(name), inputs(name)
    parameter = found.get_input_embeddings().weight
    plain = torch.autograd.grad(found(**given)[0].square().sum(), parameter)[0]
    with record() as recording:
        recorded = torch.autograd.grad(found(**given)[0].square().sum(), parameter)[0]
    torch.testing.assert_close(recorded, plain)
    assert not any(call.weights().requires_grad for call in recording.calls)
