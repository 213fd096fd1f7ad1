"""Spoken input: a WAV file as samples in −1 … 1 at the rate a model wants."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viz_core.trace.errors import InputError

MAX_SECONDS = 600


def read_wav(source: Path | bytes, rate: int = 16_000, name: str = "") -> NDArray[np.float32]:
    """f32[sample] of a PCM file's channels averaged, at `rate` samples a second. InputError, with the file's `name`, for
    anything else."""
    what = f"the recording {name[:80]!r}" if name else "the recording"
    try:
        with wave.open(str(source) if isinstance(source, Path) else io.BytesIO(source)) as file:
            width, channels, given, count = file.getsampwidth(), file.getnchannels(), file.getframerate(), file.getnframes()
            if given <= 0 or count > MAX_SECONDS * given:
                raise InputError(f"{what} has {count:,} samples at {given} a second; give at most {MAX_SECONDS} seconds")
            data = file.readframes(count)
    except (wave.Error, EOFError, OSError) as error:
        raise InputError(f"{what} is no PCM WAV file ({error}); save it as WAV with 8, 16 or 32 bits") from error
    kinds = {1: ("u1", 128, 128), 2: ("<i2", 0, 2**15), 4: ("<i4", 0, 2**31)}
    if width not in kinds or not data:
        raise InputError(f"{what} has {len(data)} bytes of {8 * width}-bit samples; save it with 8, 16 or 32 bits")
    kind, middle, full = kinds[width]
    whole = len(data) // (width * channels) * width * channels
    samples = (np.frombuffer(data[:whole], kind).astype(np.float32) - middle) / full
    return resample(samples.reshape(-1, channels).mean(1), given, rate)


def resample(samples: NDArray[np.float32], given: int, wanted: int) -> NDArray[np.float32]:
    """The same sound at another rate: its spectrum is cut off or continued with zeros (band-limited interpolation)."""
    if given == wanted or not len(samples):
        return samples.astype(np.float32)
    count = max(1, round(len(samples) * wanted / given))
    return (np.fft.irfft(np.fft.rfft(samples), count) * (count / len(samples))).astype(np.float32)
