"""Whisper (Radford et al. 2022): speech to text, an encoder over frames of 20 ms and a decoder that looks at them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from viz_core.inputs.audio import read_wav
from viz_core.models.pretrained_seq2seq import PretrainedSeq2Seq
from viz_core.models.protocol import Source
from viz_core.trace import Axis
from viz_core.trace.errors import InputError

RATE = 16_000  # samples a second
SECONDS = 30  # what the encoder reads at once; shorter recordings are filled with silence


@dataclass(frozen=True, eq=False)
class Recogniser(PretrainedSeq2Seq):
    """An English Whisper as a stepper over recordings: `vc.run(model, model.listen(audio))`.

    module: `WhisperForConditionalGeneration`; begun: what the decoder reads first, `<|startoftranscript|><|notimestamps|>`.
    """

    @cached_property
    def extractor(self) -> Any:
        from transformers import WhisperFeatureExtractor

        return WhisperFeatureExtractor(feature_size=self.module.config.num_mel_bins, sampling_rate=RATE, chunk_length=SECONDS)

    def features(self, audio: NDArray[np.float32]) -> Tensor:
        """log-mel spectrogram f32[mel, frame of 10 ms] of f32[sample] at `RATE`.

        Raises InputError for an empty recording, one that is longer than `SECONDS`, and samples that are no numbers.
        """
        audio = np.asarray(audio, np.float32)
        if audio.ndim == 1 and len(audio) > RATE * SECONDS:
            raise InputError(f"the recording has {len(audio) / RATE:.1f} seconds; give at most {SECONDS} seconds, cut the rest off")
        if audio.ndim != 1 or not 0 < len(audio) <= RATE * SECONDS or not np.isfinite(audio).all():
            raise InputError(
                f"the recording is an array of shape {audio.shape}; give finite samples of one channel, "
                f"at most {SECONDS} seconds at {RATE:,} a second"
            )
        found = self.extractor(audio, sampling_rate=RATE, return_tensors="pt").input_features[0]
        return found.to(self.module.dtype)

    def listen(self, audio: NDArray[np.float32]) -> Source:
        """A recording as a source: positions are the encoder's frames, the silence that fills it up included."""
        count = self.module.config.max_source_positions
        seconds = [round(i * SECONDS / count, 4) for i in range(count)]
        axis = Axis("frame", tuple(f"{second:.2f} s" for second in seconds), {"seconds": seconds})
        return Source(f"recording of {len(audio) / RATE:.1f} s", axis, self.features(audio))

    def open_file(self, content: bytes, name: str = "") -> Source:
        """A WAV file's content as a source; InputError for what is no such file, and for a recording that is too long."""
        return self.listen(read_wav(content, RATE, name))

    def encode(self, text: str) -> Source:
        raise InputError(
            f"{self.identity.name} reads sound, not text; give it a recording: a WAV file's path on the command line, "
            "`model.listen(read_wav(path))` in Python"
        )
