"""The two reach models with random weights beside the tiny zoo; for tests of the page only."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from safetensors.torch import save_file

from viz_core.models.reach import store, untrained


def build(folder: Path) -> None:
    for cell in ("rnn", "lstm"):
        place = folder / "test" / f"reach-{cell}"
        place.mkdir(parents=True)
        tensors, metadata = store(untrained(cell))
        save_file(tensors, place / "model.safetensors", metadata)
        content = {
            "name": place.name, "family": "reach", "task": "reach", "mechanism": cell, "title": "random weights for tests",
            "licence": "none", "data": "none", "parameters": 1, "training": {}, "metrics": {"accuracy_0": 0.1, "accuracy_40": 0.2},
            "sha256": hashlib.sha256((place / "model.safetensors").read_bytes()).hexdigest(), "beside": "", "examples": ["CAB?"],
        }  # fmt: skip
        (place / "card.json").write_text(json.dumps(content), encoding="utf-8")
