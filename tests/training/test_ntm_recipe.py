"""The recipes of machines with a memory: seeded batches, growing tapes, and a run from first step to a file of the zoo."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from viz_core.models import ntm
from viz_core.models.tape_stepper import restore
from viz_core.tasks.tapes import copy
from viz_core.training.loop import train
from viz_core.training.recipes.ntm import RECIPES, VARIANTS, about, machine, make


@pytest.mark.parametrize("name", RECIPES)
def test_the_same_step_gives_the_same_batch(name):
    recipe = make(name)
    later = recipe.batches(0)
    next(later)
    for one, two in zip(next(later), next(recipe.batches(1)), strict=True):
        assert torch.equal(one, two)


@pytest.mark.parametrize("name", RECIPES)
def test_every_card_says_what_it_is(name):
    said = about(name)
    assert said["name"] == f"{said['task']}-{said['mechanism']}" and said["licence"] == "Apache-2.0"
    task = VARIANTS[name].task
    assert len(said["examples"]) == 3 and all(len(task.read(text).targets) for text in said["examples"])


def test_tapes_grow_to_their_full_range():
    recipe = make("repeat-copy-ntm-lstm")
    longest = lambda step: max(recipe.draw(np.random.default_rng(seed), step)[0].shape[1] for seed in range(60))  # noqa: E731
    assert longest(0) <= 2 + 1 + 4 + 1 < longest(2_000) < longest(recipe.grown)


def test_loss_counts_the_answer_alone():
    recipe, tape = make("copy-ntm-lstm"), copy.read("10110010")
    inputs, targets = torch.from_numpy(tape.inputs)[None], torch.from_numpy(tape.targets)[None]

    class Says(torch.nn.Module):
        def __init__(self, early: float) -> None:
            super().__init__()
            self.early = torch.nn.Parameter(torch.tensor(early))

        def forward(self, symbols):
            return torch.cat([self.early.expand(1, 2, 8), 100.0 * (2 * targets - 1)], dim=1)

    assert recipe.loss(Says(50.0), (inputs, targets)).item() == pytest.approx(0, abs=1e-6)


def test_a_whole_run_ends_in_a_file_of_the_zoo(tmp_path):
    recipe = make("copy-ntm-lstm")
    recipe.make = machine(copy, cells=8, width=4, hidden=6)
    recipe.plan = replace(recipe.plan, steps=3, validate_every=3, warmup=1)
    recipe.validate = lambda model: {}
    train(recipe, tmp_path, progress=False)
    stepper = restore({"family": "tape", "network": "ntm", "task": "copy", "config": config(tmp_path)}, load_file(tmp_path / "model.safetensors"))
    assert isinstance(stepper.module, ntm.NTM) and stepper.trace("1 0").output
    snapshots = json.loads((tmp_path / "history.json").read_text())
    assert snapshots[-1]["probes"][0]["output"][-1] and "step" in snapshots[-1]


def config(folder) -> str:
    from safetensors import safe_open

    with safe_open(folder / "model.safetensors", "pt") as file:
        return file.metadata()["config"]
