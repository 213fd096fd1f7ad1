"""IDX files byte by byte, augmentation that keeps the label, samples that are there."""

from __future__ import annotations

import gzip
import struct

import numpy as np
import pytest
import torch

from viz_core.tasks.fashion_mnist import CLASSES, augment, idx, samples, split
from viz_core.trace.errors import InputError

WHOLE = struct.pack(">HBB2I", 0, 8, 2, 2, 3) + bytes(range(6))


def file(tmp_path, content):
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(content))
    return path


def test_idx_is_read_row_by_row(tmp_path):
    assert idx.read(file(tmp_path, WHOLE)).tolist() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize(
    "content",
    [b"", WHOLE[:-1], WHOLE + b"x", WHOLE[:6], struct.pack(">HBB2I", 0, 13, 2, 2, 3) + bytes(6), struct.pack(">HBB2I", 7, 8, 2, 2, 3) + bytes(6),
     struct.pack(">HBB3I", 0, 8, 3, 2**31, 2**31, 2**31)],
)  # fmt: skip
def test_a_damaged_idx_file_is_one_clear_sentence(tmp_path, content):
    with pytest.raises(InputError, match="x.gz"):
        idx.read(file(tmp_path, content))


def test_a_file_that_is_not_gzipped_is_refused(tmp_path):
    (tmp_path / "x.gz").write_bytes(WHOLE)
    with pytest.raises(InputError, match="no gzipped IDX"):
        idx.read(tmp_path / "x.gz")


def test_parts_are_disjoint_and_fixed(monkeypatch):
    numbers = np.arange(60_000)
    pixels = numbers.astype(np.uint32).view(np.uint8).reshape(60_000, 2, 2)  # each picture bears its number
    monkeypatch.setattr(split, "_read", lambda part: split.Pictures(pixels, numbers % 10))
    chosen, learned = ({int(n) for n in part().pixels.reshape(-1, 4).view(np.uint32)[:, 0]} for part in (split.validation, split.training))
    assert (len(chosen), len(learned)) == (5_000, 55_000) and not chosen & learned
    assert sorted(chosen)[:3] == sorted(int(n) for n in np.random.default_rng(20261121).permutation(60_000)[:5_000])[:3]


def draw(**chances):
    pictures = np.zeros((64, 28, 28), np.uint8)
    pictures[:, 10:18, 6:14] = 200  # left of the middle
    return pictures, augment.augment(pictures, torch.Generator().manual_seed(0), **chances)


def test_shifts_move_by_two_pixels_at_most_and_lose_nothing():
    pictures, found = draw(flip=0, hole=0)
    assert (found.sum((1, 2)) == pictures.sum((1, 2))).all()
    tops, lefts = {int(np.argmax(p.any(1))) for p in found}, {int(np.argmax(p.any(0))) for p in found}
    assert tops == set(range(8, 13)) and lefts == set(range(4, 9))


def test_mirrored_pictures_lie_right_of_the_middle():
    _, found = draw(flip=1, hole=0)
    assert all(int(np.argmax(p.any(0))) >= 12 for p in found)


def test_holes_are_black_and_nothing_else_changes():
    _, plain = draw(flip=0, hole=0)
    _, found = draw(flip=0, hole=1)
    assert ((found == plain) | (found == 0)).all() and (found.sum((1, 2)) < plain.sum((1, 2))).any()


def test_the_same_generator_gives_the_same_pictures():
    assert (draw()[1] == draw()[1]).all()


def test_a_sample_of_every_class_is_shipped():
    assert samples.samples().shape == (10, 28, 28) and samples.samples().max() == 255
    assert samples.sample("clothing:bag").pixels.shape == (28, 28, 3)
    assert samples.NAMES == tuple(f"clothing:{name}" for name in CLASSES)
    with pytest.raises(InputError, match="no piece of clothing 'sofa'"):
        samples.sample("clothing:sofa")
