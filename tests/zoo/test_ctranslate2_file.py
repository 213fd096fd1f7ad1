"""CTranslate2's format by hand."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from viz_core.trace import InputError
from viz_core.zoo import ctranslate2_file
from viz_core.zoo.packaged.whisper import state_dict


def text(value: str) -> bytes:
    return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"


def variable(name: str, value: np.ndarray, kind: int) -> bytes:
    shape = struct.pack(f"<B{value.ndim}I", value.ndim, *value.shape)
    return text(name) + shape + struct.pack("<BI", kind, value.nbytes) + value.tobytes()


def model(*variables: bytes, version: int = 6) -> bytes:
    alias = struct.pack("<I", 1) + text("other") + text("a")
    return struct.pack("<I", version) + text("Spec") + struct.pack("<II", 3, len(variables)) + b"".join(variables) + alias


WHOLE = model(variable("a", np.array([[1.5, -2]], "<f2"), 4), variable("heads", np.array(6, "<i2"), 2))


def test_arrays_and_aliases(tmp_path):
    (tmp_path / "m.bin").write_bytes(WHOLE)
    found = ctranslate2_file.read(tmp_path / "m.bin")
    np.testing.assert_array_equal(found["a"], [[1.5, -2]])
    assert found["heads"] == 6 and found["other"] is found["a"]


@pytest.mark.parametrize("cut", [0, 3, 12, 25, 35, len(WHOLE) - 4])
def test_cut_off_files_are_refused(tmp_path, cut):
    (tmp_path / "m.bin").write_bytes(WHOLE[:cut])
    with pytest.raises(InputError, match=r"m\.bin is no whole CTranslate2 model"):
        ctranslate2_file.read(tmp_path / "m.bin")


def test_another_version_is_refused(tmp_path):
    (tmp_path / "m.bin").write_bytes(model(version=5))
    with pytest.raises(InputError, match="version 5"):
        ctranslate2_file.read(tmp_path / "m.bin")


def test_joined_projections_come_apart():
    """Rows 0–1 ask, 2–3 are keys, 4–5 values; keys have no bias."""
    joined = np.arange(12, dtype=np.float16).reshape(6, 2)
    found = state_dict({
        "decoder/layer_3/self_attention/linear_0/weight": joined,
        "decoder/layer_3/self_attention/linear_0/bias": np.arange(6, dtype=np.float16),
        "decoder/layer_3/attention/layer_norm/gamma": np.ones(2, np.float16),
        "decoder/alignment_heads": np.array([1], np.int16),
    })  # fmt: skip
    start = "model.decoder.layers.3."
    assert found[f"{start}self_attn.k_proj.weight"].tolist() == [[4, 5], [6, 7]]
    assert found[f"{start}self_attn.v_proj.bias"].tolist() == [4, 5]
    assert f"{start}self_attn.k_proj.bias" not in found and len(found) == 6
    assert f"{start}encoder_attn_layer_norm.weight" in found
