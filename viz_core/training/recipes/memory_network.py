"""Memory networks on all story families together: one and three hops, and one vector a sentence.

Sukhbaatar et al. 2015, §4.2: linear start (no softmax in the hops at first), random noise (empty sentences between the
others, so that ages are not learned by heart). Here with AdamW, in batches of stories of all kinds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F

from viz_core.evaluation.stories import judge, mean
from viz_core.inputs.story import words
from viz_core.models.memory_network import Config, MemoryNetwork, store
from viz_core.tasks.stories import FAMILIES, Story, split
from viz_core.training.loop import Plan
from viz_core.training.story_batches import Batch, Encoded

PROBED = 200  # validation stories of each family that `validate` looks at


@dataclass
class MemoryNetworkRecipe:
    """linear: share of the steps with linear start; noise: empty sentences added for each sentence."""

    name: str
    config: Config
    plan: Plan = Plan(steps=16_000, learning_rate=3e-3, warmup=200, weight_decay=0.0, validate_every=2000, save_every=1000, seed=1)
    batch: int = 128
    linear: float = 0.15
    noise: float = 0.1

    def model(self) -> MemoryNetwork:
        return MemoryNetwork(self.config, self.vocabulary)

    @cached_property
    def stories(self) -> list[Story]:
        """All families' training stories."""
        return [story for number in FAMILIES for story in split.training(number)]

    @cached_property
    def vocabulary(self) -> tuple[str, ...]:
        """Every word of the stories, and every answer, sorted."""
        texts = {text for story in self.stories for text in (*story.sentences, story.question)}
        return tuple(sorted({word for text in texts for word in words(text)} | {story.answer for story in self.stories}))

    @cached_property
    def encoded(self) -> Encoded:
        """The training stories as numbers."""
        return Encoded.of(self.stories, self.model())

    def batches(self, start: int) -> Iterator[Batch]:
        step = start
        while True:
            generator = torch.Generator().manual_seed(self.plan.seed * 1_000_003 + step)
            yield self.encoded.draw(self.batch, self.noise, step < self.linear * self.plan.steps, self.config.memory, generator)
            step += 1

    def loss(self, model: MemoryNetwork, batch: Batch) -> Tensor:
        """Cross-entropy of the answer, in full precision: at this size casting costs more than it saves."""
        with torch.autocast(model.embedding.device.type, enabled=False):
            device = model.embedding.device
            bags, story, there, questions, answers = (item.to(device) for item in batch[:5])
            ages = torch.arange(there.shape[1], device=device).flip(0)  # the last sentences stand below each other
            memory = model.memory(bags, ages, there, story)
            return F.cross_entropy(model(memory, model.ask(questions), batch.linear)[:, 0], answers)

    def validate(self, model: MemoryNetwork) -> dict[str, float]:
        """Errors and support of every family on validation stories where there is any, and their means."""
        found = {number: judge(model, split.validation(number)[:PROBED]) for number in FAMILIES}
        metrics = {f"mean_{key}": mean([one[key] for one in found.values()]) for key in ("error", "support")}
        metrics |= {f"{key}_{number}": one[key] for number, one in found.items() for key in ("error", "support")}
        return {name: value for name, value in metrics.items() if value is not None}

    def snapshot(self, model: MemoryNetwork, step: int) -> dict[str, Any]:
        """What the network answers to one validation story of each family."""
        probes = []
        for number in FAMILIES:
            story = split.validation(number)[0]
            found = judge(model, [story])
            probes.append({"source": [story.text], "right": not found["error"], "supported": not found["error"] and bool(found["support"])})
        return {"step": step, "probes": probes}

    def export(self, model: MemoryNetwork, path: Path, facts: dict[str, Any]) -> None:
        values, metadata = store(model)
        save_file(values, path, metadata)
        path.with_name("facts.json").write_text(json.dumps({"recipe": self.name, **facts}, indent=1))


NETWORKS = {
    "stories-memn2n-1hop": Config(hops=1),
    "stories-memn2n-3hop": Config(hops=3),
    "stories-memn2n-single": Config(hops=1, tying="single", encoding="bag"),
}
RECIPES = {name: partial(MemoryNetworkRecipe, name, config) for name, config in NETWORKS.items()}
TITLES = {
    "stories-memn2n-1hop": "Memory network, one hop: stories with questions of 16 kinds",
    "stories-memn2n-3hop": "Memory network, three hops: stories with questions of 16 kinds",
    "stories-memn2n-single": "Memory network, one hop, one vector a sentence: stories with questions of 16 kinds",
}
BESIDE = (
    "On the twenty kinds of bAbI itself, 10,000 stories each: mean error 6.6 % with position encoding, linear start and random "
    "noise (Sukhbaatar et al. 2015); the stories here are others, of sixteen kinds"
)


def about(name: str) -> dict[str, Any]:
    """What the card says besides the numbers."""
    return {
        "name": name, "task": "stories", "mechanism": name.removeprefix("stories-"), "title": TITLES[name], "licence": "Apache-2.0",
        "data": "Stories written by this project's generator after bAbI's descriptions (viz_core.tasks.stories); 16 kinds, 10,000 each; 1,000 others of each held out",
        "beside": BESIDE, "examples": [split.held_out(number)[0].text for number in (2, 1, 3, 7, 15, 16)],
    }  # fmt: skip
