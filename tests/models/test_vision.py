"""Vision transformers traced: the very numbers of the plain model, on any grid, without changing it."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch

from tests.models.tiny_vision import CLASSES, KINDS, model
from viz_core import trace as traces
from viz_core.inputs.picture_grid import unrolled
from viz_core.layers.edits import AblateHead
from viz_core.models.vision import opened
from viz_core.trace import InputError

SAMPLE = "sample:shapes"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_traced(kind):
    encoder = model(kind)
    trace = encoder.trace(SAMPLE, longest=6)
    prefix = encoder.backbone.prefix
    assert trace.unit == "layer" and len(trace) == 3 and trace.source_axis.labels[: len(prefix)] == prefix
    geometry = trace.source_axis.geometry
    assert (geometry["rows"], geometry["cols"], geometry["width"], geometry["height"]) == (4, 6, 448, 336)
    for step in trace.steps:
        item = step.attention[0]
        assert len(item.query_axis) == len(item.key_axis) == len(prefix) + 24
        np.testing.assert_allclose(item.map(0, 2).sum(-1), 1, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_weights_are_those_of_eager_attention(kind):
    encoder = model(kind)
    source = encoder.encode(SAMPLE, 4)
    trace = encoder.trace(source)
    encoder.module.set_attn_implementation("eager")
    with torch.inference_mode():
        out = encoder.backbone.base(pixel_values=source.ids[None], output_attentions=True, **encoder.backbone._options)
    for step, expected in zip(trace.steps, out.attentions, strict=True):
        np.testing.assert_allclose(np.stack([step.attention[0].map(0, head) for head in range(3)]), expected[0].numpy(), atol=1e-5)


@pytest.mark.parametrize("kind", ["vit", "dinov2", "clip"])
def test_quantities_add_up(kind):
    """Patch vectors + positions = what the first layer reads (CLIP normalises it first)."""
    encoder = model(kind)
    source = encoder.encode(SAMPLE, 5)
    step = encoder.trace(source).steps[0]
    patches, positions, start = (step.quantity(name).values for name in ("patch embedding", "position embedding", "embedding"))
    kernel = encoder.backbone.kernel()
    cut = unrolled(source.ids.permute(1, 2, 0).numpy(), 4)
    by_hand = cut @ kernel.permute(2, 3, 1, 0).reshape(-1, len(kernel)).numpy()
    bias = encoder.backbone._convolution.bias
    np.testing.assert_allclose(patches, by_hand + (0 if bias is None else bias.numpy()), atol=1e-4)
    if kind != "clip":
        np.testing.assert_allclose(start[1:], patches + positions[1:], atol=1e-4)


def test_registers_get_no_position():
    encoder = model("dinov2_with_registers")
    found = encoder.backbone.positions(2, 3)
    assert found.shape == (9, 24) and (found[1:3] == 0).all() and (found[0] != 0).any()


def test_a_labelled_model_says_what_it_sees():
    encoder = model("vit", labelled=True)
    source = encoder.encode(SAMPLE)
    trace = encoder.trace(source)
    best = trace.steps[-1].candidates
    expected = encoder.logits(source.ids[None])[0].log_softmax(-1)
    assert trace.output == best.labels[0] == CLASSES[int(expected.argmax())]
    np.testing.assert_allclose(best.log_probs[0], float(expected.max()), atol=1e-5)
    with pytest.raises(InputError, match="no classes"):
        model("vit").logits(source.ids[None])


def test_edits_change_a_copy():
    encoder = model()
    plain = encoder.trace(SAMPLE, longest=4)
    edited = encoder.trace(SAMPLE, longest=4, edits=[AblateHead(0, 1)])
    assert np.isnan(edited.steps[0].attention[0].map(0, 1)).all()
    assert not np.allclose(edited.steps[2].attention[0].map(0, 0), plain.steps[2].attention[0].map(0, 0))
    again = encoder.trace(SAMPLE, longest=4)
    assert again.steps[2].attention[0].map(0, 0).tobytes() == plain.steps[2].attention[0].map(0, 0).tobytes()


def test_two_threads_do_not_mix():
    encoder, found = model(), {}

    def work(side: int) -> None:
        for _ in range(5):
            trace = encoder.trace(SAMPLE, longest=side)
            found.setdefault(side, set()).add(trace.steps[2].attention[0].map(0, 0).tobytes())

    threads = [threading.Thread(target=work, args=(side,)) for side in (4, 5)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert all(len(values) == 1 for values in found.values())


def test_traces_are_saved_and_loaded(tmp_path):
    trace = model().trace(SAMPLE, longest=4)
    traces.save(trace, tmp_path / "a.npz")
    again = traces.load(tmp_path / "a.npz")
    assert again.source_axis == trace.source_axis
    assert again.steps[1].attention[0].map(0, 1).tobytes() == trace.steps[1].attention[0].map(0, 1).tobytes()


def test_a_fixed_grid_is_kept():
    encoder = model("vit")
    encoder.backbone.fixed = (4, 4)
    assert encoder.encode(SAMPLE).ids.shape == (3, 16, 16)
    with pytest.raises(InputError, match="4 × 4"):
        encoder.encode(SAMPLE, 7)


def test_grey_models_read_grey():
    encoder = model("vit")
    encoder.backbone.mean, encoder.backbone.std = (0.0,), (1.0,)
    source = encoder.encode(SAMPLE, 4)
    assert source.ids.shape == (1, 12, 16) and encoder.shown(source).shape == (12, 16, 1)


def test_shown_is_what_the_model_reads():
    encoder = model()
    source = encoder.encode(SAMPLE, 4)
    mean, std = np.array(encoder.backbone.mean), np.array(encoder.backbone.std)
    np.testing.assert_allclose((encoder.shown(source).numpy() / 255 - mean) / std, source.ids.permute(1, 2, 0).numpy(), atol=0.02)


@pytest.mark.parametrize("given", ["", "/no/such/picture.png", "sample:nothing", b"", b"no picture", 7])
def test_what_is_no_picture_is_refused(given):
    with pytest.raises(InputError):
        opened(given)
