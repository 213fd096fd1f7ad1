"""A linear head of our own on the packaged DINOv2."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import torch
from safetensors import SafetensorError, safe_open

from viz_core.models.protocol import Identity
from viz_core.models.vision_head import FAMILY, head_of, headed
from viz_core.tasks.fetch import check_sha256
from viz_core.trace.errors import InputError
from viz_core.zoo import cards
from viz_core.zoo.cards import Card
from viz_core.zoo.packaged import dinov2

__all__ = ["FAMILY", "load"]
BACKBONE = "dinov2-small"


def load(card: Card, device: torch.device) -> Any:
    """The tracer with class names; the head's file lies beside its card. InputError when it is damaged or another one."""
    if not card.weights.exists():
        raise InputError(f"the head of {card.name} is missing ({card.weights.name}); check the repository out again")
    check_sha256(card.weights, card.sha256)
    try:
        with safe_open(card.weights, "pt") as file:
            classes = json.loads((file.metadata() or {})["classes"])
            head = head_of({key: file.get_tensor(key) for key in file.keys()})  # noqa: SIM118 (not a dict)
    except (SafetensorError, KeyError, RuntimeError) as error:
        raise InputError(f"the head of {card.name} cannot be read ({str(error)[:80]}); check the repository out again") from error
    model = headed(dinov2.load(cards.card(BACKBONE), device), head, classes)
    return replace(model, identity=Identity(card.name, card.family, card.sha256))
