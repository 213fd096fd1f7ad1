"""DINOv2 from its ONNX file says what ONNX Runtime says; the reader of ONNX files refuses what is none."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch

import viz_core as vc
from viz_core.tasks.fetch_wheel import wheel
from viz_core.tasks.sample_pictures import DRAWN, sample
from viz_core.trace import InputError
from viz_core.zoo import onnx_file
from viz_core.zoo.packaged import dinov2

TOLERANCE = 1e-3


@cache
def path():
    card = vc.zoo.card("dinov2-small")
    return wheel(card.source) / next(iter(card.source.files))


@cache
def model():
    return vc.zoo.load("dinov2-small", "cpu")


def field(number: int, content: bytes) -> bytes:
    """A field of bytes as a protocol buffer holds it."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def tensor(name: str, values: np.ndarray) -> bytes:
    dims = b"".join(varint(1 << 3) + varint(size) for size in values.shape)
    return field(5, dims + varint(2 << 3) + varint(1) + field(8, name.encode()) + field(9, values.astype("<f4").tobytes()))


def seen_by_onnx_runtime(names: list[str], pixels: np.ndarray) -> list[np.ndarray]:
    """Inner values of the graph. Two protocol buffers one after the other are merged when read: that adds the outputs."""
    import onnxruntime as runtime
    asked = field(7, b"".join(field(12, field(1, name.encode())) for name in names))
    options = runtime.SessionOptions()
    options.log_severity_level = 3
    session = runtime.InferenceSession(path().read_bytes() + asked, options, providers=["CPUExecutionProvider"])
    return session.run(names, {session.get_inputs()[0].name: pixels})


def test_states_and_attention_are_those_of_onnx_runtime():
    nodes = onnx_file.read(path()).nodes
    last = next(node for node in nodes if node.name.startswith("/decoder")).inputs[0]
    layer_norm = [node.outputs[0] for node in nodes if node.name.startswith("/backbone/layernorm")][-1]
    softmax = next(node.outputs[0] for node in nodes if "layer.11" in node.name and node.kind == "Softmax")
    source = model().encode(sample(DRAWN), 16)
    pixels = torch.nn.functional.interpolate(source.ids[None], (224, 224), mode="bilinear")  # the exported graph reads this size only
    states, weights = seen_by_onnx_runtime([layer_norm, softmax], pixels.numpy())
    assert last  # the saliency head reads the backbone; it is left out here
    with torch.inference_mode(), vc.capture.record() as recording:
        mine = model().backbone.features(pixels)
    np.testing.assert_allclose(mine.numpy(), states, atol=TOLERANCE)
    np.testing.assert_allclose(recording.calls[11].weights().numpy(), weights, atol=TOLERANCE)


def test_every_weight_is_read_and_nothing_is_random():
    found = model().module.state_dict()
    assert len(found) == 4 + 12 * 18 + 2
    assert all(float(value.abs().sum()) > 0 for value in found.values())


@pytest.mark.parametrize("grid", [(1, 1), (3, 5), (16, 16)])
def test_any_grid_is_read(grid):
    rows, cols = grid
    with torch.inference_mode():
        states = model().backbone.states(torch.zeros(1, 3, 14 * rows, 14 * cols))
    assert len(states) == 13 and states[-1].shape == (1, 1 + rows * cols, 384)
    assert model().backbone.positions(rows, cols).shape == (1 + rows * cols, 384)


def test_reader_reads_what_was_written(tmp_path):
    values = np.arange(6).reshape(2, 3)
    node = field(1, field(1, b"x") + field(1, b"w") + field(2, b"y") + field(3, b"/mlp/MatMul") + field(4, b"MatMul"))
    file = tmp_path / "a.onnx"
    file.write_bytes(field(7, node + tensor("w", values)))
    found = onnx_file.read(file)
    assert found.nodes == (onnx_file.Node("/mlp/MatMul", "MatMul", ("x", "w"), ("y",)),)
    np.testing.assert_array_equal(found.tensors["w"], values)


@pytest.mark.parametrize("data", [b"\x00" * 40, b"\xff" * 40, b"not an ONNX file at all", field(7, b"\x0a\xff\xff\xff\xff\x0f")])
def test_reader_refuses_other_files(tmp_path, data):
    file = tmp_path / "a.onnx"
    file.write_bytes(data)
    with pytest.raises(InputError):
        onnx_file.read(file)


def test_reader_survives_a_damaged_file(tmp_path):
    whole = field(7, field(1, field(1, b"x") + field(4, b"MatMul")) + tensor("w", np.ones((4, 4))))
    rng = np.random.default_rng(0)
    for _ in range(300):
        data = bytearray(whole[: rng.integers(1, len(whole))] if rng.random() < 0.3 else whole)
        data[rng.integers(len(data))] = rng.integers(256)
        file = tmp_path / "a.onnx"
        file.write_bytes(bytes(data))
        try:
            onnx_file.read(file)
        except InputError:
            pass


def test_a_graph_that_lacks_weights_is_refused():
    with pytest.raises(InputError, match="position embeddings|whole DINOv2"):
        dinov2.backbone(onnx_file.Onnx((), {"backbone.embeddings.cls_token": np.zeros((1, 1, 64), np.float32)}))
