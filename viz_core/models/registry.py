"""Discovery: every module in this folder that defines `FAMILY` and `restore` is a family; nothing else is edited."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import lru_cache
from types import ModuleType

from torch import Tensor

from viz_core.models.protocol import Stepper
from viz_core.trace.errors import InputError


@lru_cache(maxsize=1)
def families() -> dict[str, ModuleType]:
    """Family name → module with `restore(metadata, tensors) -> Stepper`."""
    package = importlib.import_module("viz_core.models")
    modules = (importlib.import_module(f"viz_core.models.{info.name}") for info in pkgutil.iter_modules(package.__path__))
    return {module.FAMILY: module for module in modules if hasattr(module, "FAMILY") and hasattr(module, "restore")}


def restore(metadata: Mapping[str, str], tensors: Mapping[str, Tensor]) -> Stepper:
    """A stepper from a weights file's metadata and tensors; InputError when the file is not one of ours."""
    family = metadata.get("family", "")
    if family not in families():
        raise InputError(f"the weights are of family {family!r}; known families: {', '.join(sorted(families()))}")
    return families()[family].restore(metadata, tensors)
