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
from viz_core.zoo.cards import Card


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
    card = zoo.card(name)
    task = card.task
    if task not in evaluators():
        raise InputError(_unmeasured(card))
    function = evaluators()[task].evaluate
    known = [p for p in inspect.signature(function).parameters if p not in ("stepper", "n", "seed")]
    for option in options:
        if option not in known:
            raise InputError(f"{task} has no option {option!r}; it has: {', '.join(known) or 'none'}")
    return {"model": name, "seed": seed, **function(zoo.load(name, device), n, seed, **options)}


def _unmeasured(card: Card) -> str:
    """Why there are no numbers, and what a model's makers report where others trained it."""
    why = f"{card.name} is of task {card.task!r}, which has no evaluation"
    if card.source is not None:
        why += ": others trained it, and no held-out data of that task come with this program"
    reported = f"; its makers report: {card.beside}" if card.source is not None and card.beside else ""
    return f"{why}{reported}; tasks with one: {', '.join(sorted(evaluators()))}"


def sample(items: list, n: int | None, seed: int) -> list:
    """n of the items drawn with a seed, without repetition; all in their order when n is None or not fewer."""
    return items if n is None or n >= len(items) else random.Random(seed).sample(items, n)
