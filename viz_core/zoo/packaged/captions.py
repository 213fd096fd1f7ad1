"""Decoders of our own that caption pictures, on a packaged vision model."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import torch

from viz_core.models import caption_file, caption_transformer_file
from viz_core.models.protocol import Identity
from viz_core.trace.errors import InputError
from viz_core.zoo import cards, efficientnet
from viz_core.zoo.cards import Card
from viz_core.zoo.packaged import dinov2
from viz_core.zoo.weights_file import read_weights

FILES = {module.FAMILY: module.FILES for module in (caption_file, caption_transformer_file)}
FAMILIES = tuple(FILES)
VISION = ("dinov2-small", efficientnet.NAME, efficientnet.NAMING)


def load(card: Card, device: torch.device) -> Any:
    """The stepper of a card; InputError when its file is missing, damaged, or of a decoder for another vision model."""
    metadata, tensors = read_weights(card)
    if metadata.get("backbone") not in VISION or card.family not in FILES or metadata.get("family") != card.family:
        raise InputError(f"the weights of {card.name} are no {card.family} on {' or '.join(VISION)}; check the repository out again")
    stepper = FILES[card.family].restore(metadata, tensors, vision(metadata["backbone"], device))
    stepper.module.to(device)
    return replace(stepper, identity=Identity(card.name, card.family, card.sha256))


@lru_cache(maxsize=4)
def vision(name: str, device: torch.device) -> Any:
    """A frozen vision model of `VISION`: one for all decoders on a device, so that they share what it has seen."""
    return dinov2.load(cards.card(name), device) if name == VISION[0] else efficientnet.vision(device, name)
