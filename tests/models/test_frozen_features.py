"""What captions are written from: the last states of a vision model, and the mean colour of every patch."""

import pytest
import torch

from tests.models import tiny_vision
from viz_core.models.frozen_features import frozen_features, shapes_and_colours


@pytest.fixture(scope="module")
def backbone():
    return tiny_vision.model("dinov2").backbone


def pixels(backbone, seed: int = 0) -> torch.Tensor:
    side = 3 * backbone.patch
    return torch.rand((1, 3, side, side), generator=torch.Generator().manual_seed(seed))


def test_colours_are_the_means_of_the_patches_and_of_the_picture(backbone):
    found, given = shapes_and_colours(backbone, pixels(backbone))[0, :, -3:], pixels(backbone)[0]
    patch = backbone.patch
    assert found.shape == (10, 3)
    assert torch.allclose(found[0], given.mean((1, 2)), atol=1e-5)
    assert torch.allclose(found[1 + 5], given[:, patch : 2 * patch, 2 * patch :].mean((1, 2)), atol=1e-5)  # second row, third column


def test_pixels_are_looked_at_once(monkeypatch):
    model = tiny_vision.model("dinov2")
    looked, given = [], pixels(model.backbone)[0]
    of = type(model.backbone).features
    monkeypatch.setattr(type(model.backbone), "features", lambda self, batch: looked.append(len(batch)) or of(self, batch))
    one, again = frozen_features(model, [given, given])
    (later,) = frozen_features(model, [given])
    assert looked == [1] and one is again is later
