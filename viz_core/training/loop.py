"""The one training loop: AdamW, warm-up and cosine decay, clipping, averaged weights, mixed precision, resumable."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from tqdm import tqdm

from viz_core.training import checkpoint
from viz_core.training.history import History

HISTORY = "history.json"


@dataclass(frozen=True)
class Plan:
    """How to train. steps: optimiser steps of the whole run; average: decay of the running mean of the weights;
    validate_every, save_every: steps; restarts: steps, in order, at which the rate warms up anew (Loshchilov & Hutter 2017);
    swa: those of the restarts before which weights are kept: the model is the mean of them and of the last ones (stochastic
    weight averaging, Izmailov et al. 2018, §3.2)."""

    steps: int
    learning_rate: float = 2e-3
    warmup: int = 400
    weight_decay: float = 0.01
    clip: float = 1.0
    average: float = 0.999
    validate_every: int = 1000
    save_every: int = 500
    seed: int = 1
    restarts: tuple[int, ...] = ()
    swa: tuple[int, ...] = ()


class Recipe(Protocol):
    """What the loop needs to know of a model and its task."""

    name: str
    plan: Plan

    def model(self) -> nn.Module: ...
    def batches(self, start: int) -> Iterator[Any]:
        """Batches from step `start` on; the same start gives the same batches."""
    def loss(self, model: nn.Module, batch: Any) -> Tensor: ...
    def validate(self, model: nn.Module) -> dict[str, float]:
        """Metrics on development data, never on held-out data."""
    def snapshot(self, model: nn.Module, step: int) -> dict[str, Any]:
        """What the training scrubber replays of this step, JSON values with `step` among them."""
    def export(self, model: nn.Module, path: Path, facts: dict[str, Any]) -> None:
        """Write the model's file: weights, vocabularies, how it was trained."""


def rate(plan: Plan, step: int) -> float:
    """Learning rate at a step of its cycle: linear warm-up, then half a cosine to 2 % of the peak."""
    start = max((each for each in plan.restarts if each <= step), default=0)
    end = min((each for each in plan.restarts if each > step), default=plan.steps)
    done = step - start
    if done < plan.warmup:
        return plan.learning_rate * (done + 1) / plan.warmup
    progress = (done - plan.warmup) / max(1, end - start - plan.warmup)
    return plan.learning_rate * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, progress))))


def snapshot_steps(plan: Plan, count: int = 14) -> set[int]:
    """Steps at which the scrubber gets a picture: dense at first, where alignment emerges."""
    return {round(plan.steps ** (i / (count - 1)) * 20 ** (1 - i / (count - 1))) for i in range(count)}


def train(recipe: Recipe, folder: Path, device: str = "cpu", minutes: float = math.inf, progress: bool = True,
          cancelled: Callable[[], bool] = lambda: False) -> dict[str, Any]:
    """Runs or resumes a recipe in `folder`; stops at the plan's last step, after `minutes`, or when cancelled.

    Writes checkpoint.safetensors, log.jsonl, history.json and, at the end of the plan, model.safetensors (averaged weights);
    cycle-STEP.safetensors at every step of `Plan.swa`.
    Returns the last line of the log.
    """
    plan = recipe.plan
    torch.manual_seed(plan.seed)
    model = recipe.model().to(device)
    average = {name: value.detach().clone() for name, value in model.state_dict().items()}
    optimizer = torch.optim.AdamW(model.parameters(), lr=plan.learning_rate, betas=(0.9, 0.98), weight_decay=plan.weight_decay)
    folder.mkdir(parents=True, exist_ok=True)
    state = {"step": 0, "seconds": 0.0}
    if (folder / "checkpoint.safetensors").exists():
        state = checkpoint.load(folder / "checkpoint.safetensors", model, average, optimizer)
    started, entry, running = time.monotonic() - state["seconds"], {}, 0.0
    snapshots, first = snapshot_steps(plan), state["step"]
    bar = tqdm(total=plan.steps, initial=first, disable=not progress, desc=recipe.name, mininterval=10)
    for step, batch in zip(range(first, plan.steps), recipe.batches(first), strict=False):
        running = 0.98 * running + 0.02 * _update(model, optimizer, recipe, plan, step, batch, device)
        _blend(average, model, plan.average, step)
        bar.update()
        done = step + 1
        state = {"step": done, "seconds": time.monotonic() - started}
        if done in plan.swa:
            save_file(average, _cycle(folder, done))
        if done in snapshots:
            picture = recipe.snapshot(_averaged(recipe, average, device), done)
            History.load(folder / HISTORY).with_snapshot(picture).save(folder / HISTORY)
        if done % plan.validate_every == 0 or done == plan.steps:
            metrics = recipe.validate(_averaged(recipe, average, device))
            entry = {**state, "loss": running / (1 - 0.98 ** (done - first)), **metrics}
            with (folder / "log.jsonl").open("a") as log:
                log.write(json.dumps(entry) + "\n")
            bar.set_postfix({k: round(v, 4) for k, v in entry.items() if k not in ("step", "seconds")})
        stop = cancelled() or (time.monotonic() - started) / 60 > minutes
        if done % plan.save_every == 0 or done == plan.steps or stop:
            checkpoint.save(folder / "checkpoint.safetensors", model, average, optimizer, state)
        if stop:
            break
    if state["step"] >= plan.steps:
        facts = {"plan": asdict(plan), "minutes": state["seconds"] / 60, "device": device, "threads": torch.get_num_threads()}
        ends = [average, *(load_file(_cycle(folder, step), device) for step in plan.swa)]
        recipe.export(_averaged(recipe, _mean(ends), device), folder / "model.safetensors", facts)
    return entry


def mixed(device: str) -> bool:
    """Is a training faster there in bfloat16? On GPUs, and on CPUs with tiles for it; on others it takes half as long again."""
    return not device.startswith("cpu") or torch.cpu.get_capabilities().get("amx_bf16", False)


def _update(model: nn.Module, optimizer: torch.optim.Optimizer, recipe: Recipe, plan: Plan, step: int, batch: Any, device: str) -> float:
    """One optimiser step; returns the loss."""
    model.train()
    torch.manual_seed(plan.seed * 1_000_003 + step)  # dropout of a step is the same after a resume
    for group in optimizer.param_groups:
        group["lr"] = rate(plan, step)
    with torch.autocast(device.split(":")[0], torch.bfloat16, enabled=mixed(device)):
        loss = recipe.loss(model, batch)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), plan.clip)
    optimizer.step()
    return float(loss.detach())


@torch.no_grad()
def _blend(average: dict[str, Tensor], model: nn.Module, decay: float, step: int) -> None:
    """Running mean of the weights, short at the beginning (Polyak & Juditsky 1992)."""
    weight = 1 - min(decay, (1 + step) / (10 + step))
    for name, value in model.state_dict().items():
        average[name].lerp_(value, weight) if value.is_floating_point() else average[name].copy_(value)


def _cycle(folder: Path, step: int) -> Path:
    """The weights with which the cycle up to a restart ended."""
    return folder / f"cycle-{step}.safetensors"


def _mean(weights: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of every tensor; of counters the first one's."""
    first = weights[0]
    return {name: torch.stack([each[name] for each in weights]).mean(0) if value.is_floating_point() else value for name, value in first.items()}


def _averaged(recipe: Recipe, average: dict[str, Tensor], device: str) -> nn.Module:
    """A model in evaluation mode with the averaged weights."""
    model = recipe.model().to(device)
    model.load_state_dict(average)
    return model.eval()
