"""Features kept in the cache folder: right, resumable, and never those of other pictures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.models import tiny_vision
from viz_core.evaluation import caption_features
from viz_core.models.frozen_features import frozen_features
from viz_core.trace.errors import ShapeError


@pytest.fixture
def model():
    return tiny_vision.model("dinov2")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("VIZ_CORE_CACHE", str(tmp_path))
    return tmp_path


def picture(model, number: int, side: int = 3):
    size = side * model.backbone.patch
    return np.random.default_rng(number).integers(0, 255, (size, size, 3), dtype=np.uint8)


def test_features_are_the_last_states_of_cls_and_patches(model):
    found = caption_features.features(model, "noise", lambda n: picture(model, n), 3)
    source = model.encode(_as_picture(picture(model, 2)), 3)
    want = frozen_features(model, [source.ids])[0].numpy()
    assert found.shape == (3, 10, want.shape[-1]) and found.dtype == np.float16
    assert np.abs(found[2] - want).max() < 0.05 * np.abs(want).max()  # bfloat16


def test_an_interrupted_run_goes_on_and_counts_share_a_file(model, cache):
    asked = []

    def counted(number: int):
        asked.append(number)
        return picture(model, number)

    first = np.array(caption_features.features(model, "noise", counted, 20))
    (path,) = cache.glob("*.f16")
    row = path.stat().st_size // 20
    with path.open("r+b") as file:
        file.truncate(17 * row + 5)  # stopped in the middle of a picture
    asked.clear()
    again = caption_features.features(model, "noise", counted, 20)
    assert [n for n in asked if n >= 8] == [17, 18, 19] and np.allclose(again, first, atol=0.05)
    asked.clear()
    assert np.array_equal(caption_features.features(model, "noise", counted, 12), again[:12]) and max(asked) < 8
    assert len(list(cache.glob("*.f16"))) == 1


def test_other_pictures_or_another_model_have_a_file_of_their_own(model, cache):
    one = caption_features.features(model, "noise", lambda n: picture(model, n), 2)
    two = caption_features.features(model, "noise", lambda n: picture(model, n + 9), 2)
    other = replace(model, identity=replace(model.identity, sha256="another"))
    caption_features.features(other, "noise", lambda n: picture(model, n), 2)
    assert not np.array_equal(one, two) and len(list(cache.glob("*.f16"))) == 3


def test_pictures_of_two_sizes_are_refused(model):
    with pytest.raises(ShapeError, match="one size"):
        caption_features.features(model, "noise", lambda n: picture(model, n, 3 + (n >= 16)), 20)


def _as_picture(pixels):
    from viz_core.inputs.picture import Picture

    return Picture(pixels, "x", "PNG", pixels.shape[1::-1], "")
