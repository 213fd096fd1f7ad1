"""Weights from disk to a stepper, checked against the card first. safetensors only: nothing is executed."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open

from viz_core.models import registry
from viz_core.models.protocol import Identity, Stepper
from viz_core.trace.errors import InputError
from viz_core.zoo import local, packaged
from viz_core.zoo.cards import card
from viz_core.zoo.device import pick_device


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
    check_hash(about.weights, about.sha256, name)
    try:
        with safe_open(about.weights, "pt") as file:
            metadata = file.metadata() or {}
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (not a dict)
    except SafetensorError as error:
        raise InputError(f"the weights of {name} ({about.weights.name}) are no safetensors file; restore the file") from error
    stepper = registry.restore(metadata, tensors)
    stepper.module.to(target)  # type: ignore[attr-defined]
    return replace(stepper, identity=Identity(name, about.family, about.sha256))  # type: ignore[type-var]


def check_hash(path: Path, expected: str, name: str) -> None:
    """Raises InputError unless the file's SHA-256 is the expected one."""
    if not path.exists():
        raise InputError(f"the weights of {name} are missing ({path.name}); check the repository out again")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != expected:
        raise InputError(
            f"the weights of {name} have SHA-256 {found[:12]}… but its card says {expected[:12]}…; "
            "the file is damaged or another version: check the repository out again"
        )
