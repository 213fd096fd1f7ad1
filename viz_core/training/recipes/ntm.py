"""Machines with a memory, and a plain LSTM beside them, on the tape tasks of Graves et al. 2014 (§4)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from viz_core.evaluation import copy as copy_metric
from viz_core.evaluation import recall as recall_metric
from viz_core.evaluation import repeat_copy as repeat_metric
from viz_core.models import ntm, tape_lstm
from viz_core.models.tape_stepper import TapeStepper, store
from viz_core.tasks.tapes import VALIDATION_SEED, copy, recall, repeat_copy
from viz_core.training.loop import Plan
from viz_core.training.tape_history import snapshot

PLAN = Plan(steps=6_000, learning_rate=2e-3, warmup=100, weight_decay=0.0, average=0.998, validate_every=500)


def copied(module: nn.Module) -> dict[str, float]:
    """Wrong bits at trained and longer lengths, on tapes of other seeds than the held-out ones."""
    lengths = ((20, 64), (60, 32), (120, 16))
    return {f"bit_error_rate_{length}": copy_metric.at_length(module, length, n, 0, base=VALIDATION_SEED) for length, n in lengths}


def recalled(module: nn.Module) -> dict[str, float]:
    return {f"accuracy_{items}": recall_metric.accuracy(module, items, 100, 0, base=VALIDATION_SEED) for items in (2, 4, 6, 9, 12)}


def repeated(module: nn.Module) -> dict[str, float]:
    return repeat_metric.development(module, 100, 0, base=VALIDATION_SEED)


DEVELOPMENT: dict[str, Callable[[nn.Module], dict[str, float]]] = {
    copy.NAME: copied, repeat_copy.NAME: repeated, recall.NAME: recalled,
}  # fmt: skip


@dataclass
class TapeRecipe:
    """Batches of one length each, so that nothing is padded."""

    name: str
    task: ModuleType
    make: Callable[[], nn.Module]
    plan: Plan = PLAN
    batch: int = 16
    grown: int = 0  # steps until tapes have their full range (repeat copy): short ones first

    def model(self) -> nn.Module:
        return self.make()

    def batches(self, start: int) -> Iterator[tuple[Tensor, Tensor]]:
        """(tape, right bits of its last ticks), f32 (B, T, I) and (B, A, O)."""
        step = start
        while True:
            rng = np.random.default_rng((self.plan.seed, step))
            inputs, targets = self.draw(rng, step)
            yield torch.from_numpy(inputs), torch.from_numpy(targets)
            step += 1

    def draw(self, rng: np.random.Generator, step: int) -> tuple[NDArray, NDArray]:
        """One batch; while tapes still grow, length and number of times are drawn from the lower part of their range."""
        if step >= self.grown:
            return self.task.draw(rng, self.batch)
        low, high = self.task.TRAINED
        most = low + 1 + (high - low - 1) * step // self.grown
        length, times = rng.integers(low, most + 1, 2)
        return self.task.draw(rng, self.batch, int(length), int(times))

    def loss(self, model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
        """Cross-entropy a bit in nats over the ticks that must answer, in full precision: a weighting in bfloat16 does not sum to 1."""
        device = next(model.parameters()).device
        inputs, targets = (item.to(device) for item in batch)
        with torch.autocast(device.type, enabled=False):
            return F.binary_cross_entropy_with_logits(model(inputs)[:, -targets.shape[1] :], targets)

    def validate(self, model: nn.Module) -> dict[str, float]:
        return DEVELOPMENT[self.task.NAME](model)

    def snapshot(self, model: nn.Module, step: int) -> dict[str, Any]:
        return snapshot(TapeStepper(model, self.task), step)

    def export(self, model: nn.Module, path: Path, facts: dict[str, Any]) -> None:
        values, metadata = store(TapeStepper(model, self.task))
        save_file(values, path, metadata)
        path.with_name("facts.json").write_text(json.dumps({"recipe": self.name, **facts}, indent=1))


def machine(task: ModuleType, **options: Any) -> Callable[[], ntm.NTM]:
    return lambda: ntm.NTM(ntm.Config(task.INPUTS, task.OUTPUTS, **options))


def recurrent(task: ModuleType) -> Callable[[], tape_lstm.TapeLSTM]:
    return lambda: tape_lstm.TapeLSTM(tape_lstm.Config(task.INPUTS, task.OUTPUTS))


@dataclass(frozen=True)
class Variant:
    """One model of the zoo. title: what its card says it is; steps, learning_rate: where its plan differs from `PLAN`."""

    task: ModuleType
    make: Callable[[], nn.Module]
    title: str
    steps: int = PLAN.steps
    learning_rate: float = PLAN.learning_rate
    grown: int = 0
    seed: int = PLAN.seed


NTM = "Neural Turing Machine (128 cells of 20 numbers, one read and one write head)"
VARIANTS = {
    # Seeds 1 and 2 were tried; both copy 1 to 20 and 60 without a wrong bit, at 120 seed 2 is better on the validation tapes.
    "copy-ntm-lstm": Variant(copy, machine(copy), f"Copy: {NTM}, LSTM controller", seed=2),
    "copy-ntm-ff": Variant(copy, machine(copy, controller=ntm.FEED_FORWARD), f"Copy: {NTM}, feed-forward controller", 3_000),
    "copy-ntm-simple": Variant(
        copy, machine(copy, addressing=ntm.CONTENT), "Copy: the simple form, one head with key, erase and add only", 1_500
    ),
    "copy-lstm": Variant(copy, recurrent(copy), "Copy: a plain LSTM without a memory, three layers of 256", 6_000, 1e-3),
    "repeat-copy-ntm-lstm": Variant(repeat_copy, machine(repeat_copy), f"Repeat copy: {NTM}, LSTM controller", 8_000, grown=4_000),
    "recall-ntm-lstm": Variant(recall, machine(recall), f"Associative recall: {NTM}, LSTM controller", 4_000),
}  # fmt: skip


def make(name: str) -> TapeRecipe:
    variant = VARIANTS[name]
    plan = replace(PLAN, steps=variant.steps, learning_rate=variant.learning_rate, seed=variant.seed)
    return TapeRecipe(name, variant.task, variant.make, plan, grown=variant.grown)


RECIPES = {name: partial(make, name) for name in VARIANTS}
DATA = {
    copy.NAME: "random tapes of 1 to 20 vectors of 8 bits, fresh at every step; evaluated on others, also longer ones",
    repeat_copy.NAME: "random tapes of 1 to 10 vectors of 8 bits, to be said 1 to 10 times, fresh at every step; evaluated on others",
    recall.NAME: "random tapes of 2 to 6 items of three 6-bit vectors, fresh at every step; evaluated on others, also of 7 to 12 items",
}
BESIDE = {
    copy.NAME: "Graves et al. 2014, §4.1: no wrong bits at trained lengths, few at 120; the LSTM there fails soon beyond 20",
    repeat_copy.NAME: "Graves et al. 2014, §4.2: right inside the trained range",
    recall.NAME: "Graves et al. 2014, §4.3: nearly perfect to 12 items",
}


def about(name: str) -> dict[str, Any]:
    """What the card of a machine says besides its numbers."""
    variant = VARIANTS[name]
    task = variant.task.NAME
    return {
        "name": name, "task": task, "mechanism": name.removeprefix(f"{task}-"), "licence": "Apache-2.0", "title": variant.title,
        "data": DATA[task], "beside": BESIDE[task], "examples": tuple(examples(variant.task)),
    }  # fmt: skip


def examples(task: ModuleType) -> list[str]:
    """The task's shortest example, and two drawn with a seed."""
    rng = np.random.default_rng(0)
    return [task.EXAMPLE, *(task.text(task.draw(rng, 1, length)[0][0]) for length in (4, 6))]
