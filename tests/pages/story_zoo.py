"""Two memory networks with random weights; for tests of the page only."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from tests.models.tiny_memory_network import vocabulary
from viz_core.models.memory_network import Config, MemoryNetwork, store

METRICS = {"mean_error": 0.25, "mean_support": 0.5, "error_task_1": 0.1, "error_task_2": 0.4}


def build(folder: Path) -> None:
    for name, config in (("stories-memn2n-3hop", Config(3, 8)), ("stories-memn2n-1hop", Config(1, 8))):
        place = folder / "test" / name
        place.mkdir(parents=True)
        torch.manual_seed(0)
        tensors, metadata = store(MemoryNetwork(config, vocabulary()))
        save_file(tensors, place / "model.safetensors", metadata)
        content = {
            "name": name, "family": "memory-network", "task": "stories", "mechanism": name.removeprefix("stories-"),
            "title": "random weights for tests", "licence": "none", "data": "none", "parameters": 1, "training": {}, "metrics": METRICS,
            "sha256": hashlib.sha256((place / "model.safetensors").read_bytes()).hexdigest(), "beside": "", "examples": [],
        }  # fmt: skip
        (place / "card.json").write_text(json.dumps(content), encoding="utf-8")
