"""Machines with random weights beside the tiny zoo; for tests of the page only."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from viz_core.models import ntm, tape_lstm
from viz_core.models.tape_stepper import TapeStepper, store
from viz_core.tasks.tapes import copy, recall, repeat_copy

SMALL = {"cells": 16, "width": 4, "hidden": 6}
MACHINES = {
    "copy-ntm-lstm": (copy, lambda: ntm.NTM(ntm.Config(copy.INPUTS, copy.OUTPUTS, **SMALL))),
    "copy-ntm-simple": (copy, lambda: ntm.NTM(ntm.Config(copy.INPUTS, copy.OUTPUTS, **SMALL, addressing=ntm.CONTENT))),
    "copy-lstm": (copy, lambda: tape_lstm.TapeLSTM(tape_lstm.Config(copy.INPUTS, copy.OUTPUTS, 5, 2))),
    "repeat-copy-ntm-lstm": (repeat_copy, lambda: ntm.NTM(ntm.Config(repeat_copy.INPUTS, repeat_copy.OUTPUTS, **SMALL))),
    "recall-ntm-lstm": (recall, lambda: ntm.NTM(ntm.Config(recall.INPUTS, recall.OUTPUTS, **SMALL, reads=2, writes=2))),
}


def build(folder: Path) -> None:
    for name, (task, make) in MACHINES.items():
        place = folder / "test" / name
        place.mkdir(parents=True)
        torch.manual_seed(0)
        tensors, metadata = store(TapeStepper(make(), task))
        save_file(tensors, place / "model.safetensors", metadata)
        content = {
            "name": name, "family": "tape", "task": task.NAME, "mechanism": name.removeprefix(f"{task.NAME}-"), "licence": "none",
            "title": "random weights for tests", "data": "none", "parameters": 1, "training": {}, "beside": "", "examples": [task.EXAMPLE],
            "metrics": {"bit_error_rate_20": 0.1, "bit_error_rate_60": 0.4}, "sha256": hashlib.sha256((place / "model.safetensors").read_bytes()).hexdigest(),
        }  # fmt: skip
        (place / "card.json").write_text(json.dumps(content), encoding="utf-8")
