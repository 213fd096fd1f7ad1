"""Captions of many pictures in batches: greedy with their confidence, and the attention while a reference is forced."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from viz_core.decoding.batch import chooser, choices_of
from viz_core.decoding.options import Beam, Greedy
from viz_core.decoding.walk import ends_of, walk
from viz_core.explain.alignment import forced_weights, shifted
from viz_core.models.caption_reader import CaptionReader
from viz_core.models.protocol import Source
from viz_core.tasks.captions import parted, text

BATCH = 50  # pictures described together
Words = tuple[str, ...]


class Written(NamedTuple):
    """words: the caption; log_prob: of all of it, its end included, in nats."""

    words: Words
    log_prob: float

    @property
    def confidence(self) -> float:
        """Probability of the whole caption, 0 … 1."""
        return math.exp(self.log_prob)


def sources(stepper: CaptionReader, features: NDArray[np.float16]) -> Iterator[Source]:
    """Cached features of square pictures, float16[N, 1 + L, D], as sources."""
    side = math.isqrt(features.shape[1] - 1)
    for each in features:
        yield stepper.encode_features(torch.from_numpy(each.astype(np.float32)), side, side)


def write(stepper: CaptionReader, pictures: Iterable[Source], label: str = "captions") -> list[Written]:
    """The greedy caption of each picture in the stepper's language, in the words of the grammar."""
    return [found for batch in _batched(pictures, label) for found in _greedy(stepper, batch)]


def search(stepper: CaptionReader, pictures: Iterable[Source], beam: Beam, label: str = "beams") -> list[Words]:
    """The best caption of a beam search for each picture, in the words of the grammar."""
    found = (choices for batch in _batched(pictures, label) for choices in choices_of(stepper, batch, beam))
    return [parted(tuple(str(stepper.labels[choice]) for choice in choices)) for choices in found]


def attention(stepper: CaptionReader, pictures: Iterable[Source], captions: Sequence[Words], label: str = "maps") -> list[NDArray]:
    """α while caption n is forced on picture n, f32[words + 1, L] each, the last row of the end; NaN without attention. Words are
    those of the model (`cut`).

    Rows are those that align with the words: see `alignment_shifted` of a Transformer.
    """
    forced, rows = [stepper.choices(text(words, stepper.language)) for words in captions], []
    late = getattr(stepper, "alignment_shifted", False)
    for batch in _batched(pictures, label):
        found = forced_weights(stepper, batch, forced[len(rows) : len(rows) + len(batch)])
        rows += [shifted(each) for each in found] if late else found
    return rows


def cut(stepper: CaptionReader, words: Words) -> list[str]:
    """A caption of the grammar in the words that a model writes, its end last."""
    return [str(stepper.labels[choice]) for choice in stepper.choices(text(words, stepper.language))]


@torch.inference_mode()
def _greedy(stepper: CaptionReader, batch: Sequence[Source]) -> list[Written]:
    choose, limits = chooser(stepper, batch, Greedy())
    chosen, log_probs = [], []
    for prediction, choices in walk(stepper, stepper.start(batch), choose, limits):
        places = torch.tensor(choices, device=prediction.log_probs.device)[:, None]
        chosen.append(choices)
        log_probs.append(prediction.log_probs[:, 0].gather(1, places)[:, 0].tolist())
    return [_cut(stepper, *pair) for pair in zip(zip(*chosen, strict=True), zip(*log_probs, strict=True), strict=True)]


def _cut(stepper: CaptionReader, choices: Sequence[int], log_probs: Sequence[float]) -> Written:
    """What was chosen up to the end; the end counts for the probability alone."""
    ends = ends_of(stepper)
    length = next((t for t, choice in enumerate(choices) if choice in ends), len(choices))
    return Written(parted(tuple(str(stepper.labels[choice]) for choice in choices[:length])), float(sum(log_probs[: length + 1])))


def _batched(pictures: Iterable[Source], label: str) -> Iterator[list[Source]]:
    """Batches as they are asked for, so that features of few pictures are in memory."""
    batch: list[Source] = []
    for source in tqdm(pictures, desc=label, unit="picture", mininterval=5):
        batch.append(source)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
