"""The packaged CNN: does it put photographs of one kind of thing side by side, better than chance by far?"""

import pytest
import torch

from viz_core.evaluation.neighbours import neighbours
from viz_core.zoo import efficientnet


@pytest.fixture(scope="module")
def vision():
    return efficientnet.vision(torch.device("cpu"))


def test_it_knows_what_photographs_show(vision):
    """Weights that were put in wrongly would leave it at chance, 5 %."""
    found = neighbours(vision, 12)
    assert found["neighbours"] > 0.4 and found["neighbours_chance"] < 0.1


def test_it_is_frozen_and_says_what_it_is(vision):
    assert vision.identity.name == "efficientnet-lite0" and not any(parameter.requires_grad for parameter in vision.module.parameters())
    assert not vision.module.training
