"""Marian's binary format by hand: 8-bit matrices lie transposed, the embedding does not."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from viz_core.trace import InputError
from viz_core.zoo import marian_binary
from viz_core.zoo.packaged.marian import place


def model(tensors: dict[str, tuple[int, tuple[int, ...], bytes]], version: int = 1) -> bytes:
    """A file of name → (type, shape, bytes)."""
    head = struct.pack("<QQ", version, len(tensors))
    for name, (kind, shape, content) in tensors.items():
        head += struct.pack("<4Q", len(name) + 1, kind, len(shape), len(content))
    head += b"".join(name.encode() + b"\0" for name in tensors)
    head += b"".join(struct.pack(f"<{len(shape)}i", *shape) for _, shape, _ in tensors.values())
    return head + struct.pack("<Q", 5) + b"\0" * 5 + b"".join(content for *_, content in tensors.values())


def int8(*numbers: int, multiplier: float) -> bytes:
    return np.array(numbers, np.int8).tobytes() + struct.pack("<f", multiplier) + b"\0" * 3


def test_weights_come_back(tmp_path):
    content = model({
        "encoder_l1_self_Wq": (0x4101, (3, 2), int8(1, 2, 3, -4, -5, -6, multiplier=2.0)),
        "Wemb": (0x4101, (2, 3), int8(10, 20, 30, 40, 50, -128, multiplier=10.0)),
        "encoder_l1_self_bq": (0x0404, (1, 2), np.array([0.5, -1], "<f4").tobytes()),
        "encoder_l1_self_Wq_QuantMultA": (0x0404, (1, 1), np.array([9], "<f4").tobytes()),
        "special:model.yml": (0x0101, (4,), b"a: b"),
    })  # fmt: skip
    (tmp_path / "m.bin").write_bytes(content)
    found = marian_binary.read(tmp_path / "m.bin")
    assert set(found) == {"encoder_l1_self_Wq", "Wemb", "encoder_l1_self_bq"}
    np.testing.assert_array_equal(found["encoder_l1_self_Wq"], [[0.5, 1, 1.5], [-2, -2.5, -3]])  # (out, in), as nn.Linear
    np.testing.assert_array_equal(found["Wemb"], np.float32([[1, 2, 3], [4, 5, -12.8]]))
    np.testing.assert_array_equal(found["encoder_l1_self_bq"], [0.5, -1])


@pytest.mark.parametrize("cut", [0, 8, 20, 60, 76, 82])
def test_cut_off_files_are_refused(tmp_path, cut):
    content = model({"Wemb": (0x4101, (2, 3), int8(1, 2, 3, 4, 5, 6, multiplier=1.0))})
    (tmp_path / "m.bin").write_bytes(content[:cut])
    with pytest.raises(InputError, match=r"m\.bin is no whole Marian model"):
        marian_binary.read(tmp_path / "m.bin")


def test_counts_that_lie_are_refused(tmp_path):
    (tmp_path / "m.bin").write_bytes(struct.pack("<QQ", 1, 2**62))
    with pytest.raises(InputError, match="tensors"):
        marian_binary.read(tmp_path / "m.bin")


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Wemb", "embedding.weight"),
        ("decoder_ff_logit_out_b", "bias"),
        ("encoder_l6_self_Wo_ln_scale", "encoder.5.attention.norm.weight"),
        ("encoder_l2_ffn_ffn_ln_bias", "encoder.1.feed_forward.norm.bias"),
        ("decoder_l1_rnn_W", "decoder.0.candidate.weight"),
        ("decoder_l1_rnn_Wf", "decoder.0.forget.weight"),
        ("decoder_l1_rnn_ffn_ln_scale", "decoder.0.norm.weight"),
        ("decoder_l2_context_bk", "decoder.1.cross.key.bias"),
        ("decoder_l2_ffn_W2", "decoder.1.feed_forward.out.weight"),
    ],
)
def test_names(theirs, ours):
    assert place(theirs) == ours
