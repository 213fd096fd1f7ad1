"""Stories with questions: how often the answer is wrong, and whether hops look at the sentences that it follows from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from viz_core.models.memory_network import MemoryNetwork
from viz_core.models.memory_network_batch import read
from viz_core.tasks.stories import FAMILIES, Story, split
from viz_core.trace.errors import InputError

if TYPE_CHECKING:
    from viz_core.models.memory_network_stepper import MemoryNetworkStepper

TASK = "stories"


def evaluate(stepper: MemoryNetworkStepper, n: int | None, seed: int, tasks: int | Sequence[int] = tuple(FAMILIES)) -> dict[str, Any]:
    """`mean_error` over the tasks; of each task `error_task_<number>` and `support_task_<number>`; all 0–1.

    support: of the right answers, the share in which the largest weight of all hops lies on a supporting sentence;
    `mean_support` is its mean over the tasks (None where no answer is right). n: stories of each task (None: all 1,000 held-out ones), drawn with the seed.
    """
    from viz_core.evaluation import sample

    found: dict[str, float | None] = {}
    chosen = numbers(tasks)
    for number in chosen:
        stories = sample(list(split.held_out(number)), n, seed)
        found |= {f"{key}_task_{number}": value for key, value in judge(stepper.module, stories).items()}
    count = min(split.HELD_OUT, n or split.HELD_OUT) * len(chosen)
    means = {f"mean_{key}": mean([found[f"{key}_task_{number}"] for number in chosen]) for key in ("error", "support")}
    return {"n": count, **means, **found}


def mean(values: Sequence[float | None]) -> float | None:
    """The mean of what was measured; None where nothing was."""
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def numbers(tasks: int | Sequence[int]) -> tuple[int, ...]:
    """Family numbers, each once; InputError for one that is not there."""
    chosen = tuple(dict.fromkeys([tasks] if isinstance(tasks, int | float) else tasks))
    for number in chosen:
        if number not in FAMILIES:
            raise InputError(f"tasks has {number!r}; there are the families {', '.join(map(str, FAMILIES))}")
    return chosen


@torch.inference_mode()
def judge(module: MemoryNetwork, stories: Sequence[Story]) -> dict[str, float | None]:
    """`error` and `support` over stories; support is None where no answer is right."""
    right, supported = [], []
    for start in range(0, len(stories), 250):
        part = stories[start : start + 250]
        batch = read(module, [story.sentences for story in part], [story.question for story in part])
        memory, query, weights = batch.memory, batch.query, []
        for number in range(module.config.hops):
            hop = module.hop(memory, query, number)
            weights.append(hop.weights[:, 0])
            query = hop.query
        said = module.answer(query)[:, 0].argmax(-1).tolist()
        looked = torch.stack(weights).amax(0).argmax(-1).tolist()
        right += [module.vocabulary[i] == story.answer for i, story in zip(said, part, strict=True)]
        supported += [i in story.support for i, story in zip(looked, part, strict=True)]
    right, supported = np.array(right), np.array(supported)
    return {"error": float(1 - right.mean()), "support": float(supported[right].mean()) if right.any() else None}
