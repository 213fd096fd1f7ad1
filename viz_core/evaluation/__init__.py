"""Metrics of a trained model on held-out data, one file a task: `evaluate(name, n, seed, **options)`.

A task's file defines `TASK` and `evaluate(stepper, n, seed, **options) -> dict`; files are found, not listed.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import random
from functools import lru_cache
from types import ModuleType
from typing import Any

from viz_core import zoo
from viz_core.decoding.options import whole
from viz_core.trace.errors import InputError


@lru_cache(maxsize=1)
def evaluators() -> dict[str, ModuleType]:
    """Task name → module."""
    modules = (importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__))
    return {module.TASK: module for module in modules if hasattr(module, "TASK")}


def evaluate(name: str, n: int | None = None, seed: int = 0, device: str = "auto", **options: Any) -> dict[str, Any]:
    """Held-out metrics of a model as one flat dict, `model`, `n` and `seed` included.

    n: how many held-out items (None: all). options: the task's own, by name. The same arguments give the same numbers.
    Raises InputError for an unknown model or option, and for an n or a seed that is no whole number (n ≥ 1, seed ≥ 0).
    """
    if n is not None:
        whole("n", n, 1, 2**31)
    whole("seed", seed, 0, 2**53)
    task = zoo.card(name).task
    if task not in evaluators():
        raise InputError(f"{name} is of task {task!r}, which has no evaluation; tasks with one: {', '.join(sorted(evaluators()))}")
    function = evaluators()[task].evaluate
    known = [p for p in inspect.signature(function).parameters if p not in ("stepper", "n", "seed")]
    for option in options:
        if option not in known:
            raise InputError(f"{task} has no option {option!r}; it has: {', '.join(known) or 'none'}")
    return {"model": name, "seed": seed, **function(zoo.load(name, device), n, seed, **options)}


def sample(items: list, n: int | None, seed: int) -> list:
    """n of the items drawn with a seed, without repetition; all in their order when n is None or not fewer."""
    return items if n is None or n >= len(items) else random.Random(seed).sample(items, n)
