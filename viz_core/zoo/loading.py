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
from viz_core.zoo.cards import card


def load(name: str, device: str = "auto") -> Stepper:
    """A trained model ready to be stepped.

    device: `auto` (GPU when there is one), `cpu`, `cuda`, `cuda:1`, `mps`. Raises InputError for an unknown model or
    device, and when the weights file is missing, damaged or not the one the card names.
    """
    about = card(name)
    target = pick_device(device)
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


def pick_device(device: str = "auto") -> torch.device:
    """`auto` → cuda, mps or cpu; InputError for one that this machine does not have."""
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        target = torch.device(device)
        torch.empty(1, device=target)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise InputError(f"device {device!r} cannot be used here; use 'auto' or 'cpu'") from error
    return target
