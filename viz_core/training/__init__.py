"""One loop and one short recipe per model; `python -m viz_core train RECIPE`."""

from __future__ import annotations

import importlib
import math
import pkgutil
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from viz_core.trace.errors import InputError


@lru_cache(maxsize=1)
def known_recipes() -> dict[str, Callable[[], Any]]:
    """Recipe name → a function that makes it; every module in `recipes/` is looked at."""
    package = importlib.import_module("viz_core.training.recipes")
    found: dict[str, Callable[[], Any]] = {}
    for info in pkgutil.iter_modules(package.__path__):
        found |= importlib.import_module(f"{package.__name__}.{info.name}").RECIPES
    return found


def run_recipe(name: str, folder: Path | None = None, device: str = "auto", minutes: float = math.inf) -> dict[str, Any]:
    """Trains or resumes a recipe, prints progress; InputError for an unknown name or minutes ≤ 0."""
    from viz_core.training.loop import train
    from viz_core.zoo import pick_device

    if name not in known_recipes():
        raise InputError(f"there is no recipe {name!r}; recipes: {', '.join(sorted(known_recipes()))}")
    if not minutes > 0:
        raise InputError(f"minutes is {minutes}; train for more than 0 minutes")
    return train(known_recipes()[name](), folder or Path("runs") / name, str(pick_device(device)), minutes)
