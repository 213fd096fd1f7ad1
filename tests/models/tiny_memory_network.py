"""A memory network with random weights that knows every word of the story families."""

from __future__ import annotations

from functools import cache
from random import Random

import torch

from viz_core.inputs.story import words
from viz_core.models.memory_network import Config, MemoryNetwork
from viz_core.models.memory_network_stepper import MemoryNetworkStepper
from viz_core.tasks.stories import FAMILIES


@cache
def vocabulary() -> tuple[str, ...]:
    stories = [family.draw(rng) for family in FAMILIES.values() for rng in [Random(0)] for _ in range(300)]
    texts = {text for story in stories for text in (*story.sentences, story.question)}
    return tuple(sorted({word for text in texts for word in words(text)} | {story.answer for story in stories}))


def stepper(hops: int = 3, tying: str = "adjacent", scale: float = 8.0, **config: object) -> MemoryNetworkStepper:
    """scale: random weights that much larger than at the start of training, so that attention is not uniform."""
    torch.manual_seed(1)
    module = MemoryNetwork(Config(hops, 8, tying, **config), vocabulary()).eval().requires_grad_(False)  # type: ignore[arg-type]
    module.embedding.mul_(scale)
    return MemoryNetworkStepper(module)
