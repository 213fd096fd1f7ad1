"""A model's safetensors file, checked against its card. Nothing is executed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from safetensors import SafetensorError, safe_open
from torch import Tensor

from viz_core.trace.errors import InputError
from viz_core.zoo.cards import Card


def read_weights(card: Card) -> tuple[dict[str, str], dict[str, Tensor]]:
    """Metadata and tensors; InputError when the file is missing, damaged or not the one that the card names."""
    check_hash(card.weights, card.sha256, card.name)
    try:
        with safe_open(card.weights, "pt") as file:
            return file.metadata() or {}, {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (not a dict)
    except SafetensorError as error:
        raise InputError(f"the weights of {card.name} ({card.weights.name}) are no safetensors file; restore the file") from error


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
