"""Recordings by hand: levels, channels, rates, and what is refused."""

from __future__ import annotations

import io
import wave

import numpy as np
import pytest

from viz_core.inputs.audio import MAX_SECONDS, read_wav, resample
from viz_core.trace import InputError


def recording(data: bytes, width: int, channels: int = 1, rate: int = 16_000) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setsampwidth(width), file.setnchannels(channels), file.setframerate(rate)
        file.writeframes(data)
    return out.getvalue()


def test_levels_of_every_width():
    np.testing.assert_array_equal(read_wav(recording(bytes([128, 192, 0]), 1)), [0, 0.5, -1])
    np.testing.assert_array_equal(read_wav(recording(np.array([0, 16384, -32768], "<i2").tobytes(), 2)), [0, 0.5, -1])
    np.testing.assert_array_equal(read_wav(recording(np.array([0, 2**30, -(2**31)], "<i4").tobytes(), 4)), [0, 0.5, -1])


def test_channels_are_averaged_and_files_are_read(tmp_path):
    data = np.array([[0, 16384], [32767, -32767]], "<i2").tobytes()
    (tmp_path / "a.wav").write_bytes(recording(data, 2, channels=2))
    np.testing.assert_allclose(read_wav(tmp_path / "a.wav"), [0.25, 0])


@pytest.mark.parametrize(("given", "wanted"), [(8_000, 16_000), (44_100, 16_000), (16_000, 16_000)])
def test_a_tone_keeps_its_pitch_and_level(given, wanted):
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(given) / given).astype(np.float32)
    found = resample(tone, given, wanted)
    expected = 0.5 * np.sin(2 * np.pi * 440 * np.arange(wanted) / wanted)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-3)


@pytest.mark.parametrize(
    "content",
    [b"", b"RIFF", b"no sound at all", recording(b"", 2), recording(b"\0" * 300, 3), recording(bytes(MAX_SECONDS * 10 + 10), 1, rate=10)],
)
def test_what_is_no_recording(content):
    with pytest.raises(InputError) as error:
        read_wav(content)
    assert "\n" not in str(error.value)
