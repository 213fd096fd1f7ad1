"""Weights from disk to a stepper, checked against the card first. safetensors only: nothing is executed."""

from __future__ import annotations

from dataclasses import replace

from viz_core.models import registry
from viz_core.models.protocol import Identity, Stepper
from viz_core.zoo import local, packaged
from viz_core.zoo.cards import card
from viz_core.zoo.device import pick_device
from viz_core.zoo.weights_file import read_weights


def load(name: str, device: str = "auto") -> Stepper:
    """A trained model ready to be stepped (an encoder: to be traced).

    name: one of `names()`, or your own model (see `local.open_model`). device: `auto` (GPU when there is one), `cpu`,
    `cuda`, `cuda:1`, `mps`. Raises InputError for an unknown model or
    device, and when the weights file is missing, damaged or not the one the card names.
    """
    target = pick_device(device)
    if local.is_own(name):
        return local.open_model(name, device)
    about = card(name)
    if about.source is not None or about.family in packaged.loaders():  # or a head of ours on such a model
        return packaged.load(about, target)
    metadata, tensors = read_weights(about)
    stepper = registry.restore(metadata, tensors)
    stepper.module.to(target)  # type: ignore[attr-defined]
    return replace(stepper, identity=Identity(name, about.family, about.sha256))  # type: ignore[type-var]
