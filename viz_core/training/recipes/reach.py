"""How far back a network reaches: a plain RNN and an LSTM of the same size, same task, same steps, same seed.

Both see long distances only. With short ones among them a plain RNN of this size learns the task as well: it finds a state
for every letter that maps to itself, and keeps it although its gradient vanishes (latching, Bengio et al. 1994).
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F

from viz_core.evaluation.reach import accuracy
from viz_core.models.reach import CELLS, INPUTS, OUTPUTS, STOP, Config, Reach, ReachStepper, store
from viz_core.tasks import remember
from viz_core.training.history import snapshot
from viz_core.training.loop import Plan

PROBES = (5, 20, 40)  # fillers of the sources whose outputs are kept at snapshots
DEVELOPMENT_SEED = 7  # of the sources that `validate` looks at


@dataclass
class ReachRecipe:
    """Batches of one length each, so that nothing is padded."""

    name: str
    config: Config
    plan: Plan = Plan(steps=4_000, learning_rate=2e-3, warmup=100, weight_decay=0.0, average=0.99, validate_every=1000)
    batch: int = 64

    def model(self) -> Reach:
        return Reach(self.config)

    def batches(self, start: int) -> Iterator[tuple[Tensor, Tensor]]:
        """(symbols, right outputs), int64 (N, T) each."""
        step = start
        while True:
            rng = random.Random(self.plan.seed * 1_000_003 + step)
            fillers = rng.randint(*remember.TRAINED)
            yield tensors([remember.source(fillers, rng) for _ in range(self.batch)])
            step += 1

    def loss(self, model: Reach, batch: tuple[Tensor, Tensor]) -> Tensor:
        """Cross-entropy of the answer plus the mean one of all else (silence and the end), in full precision."""
        symbols, outputs = (item.to(model.output.bias.device) for item in batch)
        with torch.autocast(symbols.device.type, enabled=False):
            losses = F.cross_entropy(model(symbols).transpose(1, 2), outputs, reduction="none")  # (N, T)
        answer = losses[:, -2].mean()
        others = torch.cat([losses[:, :-2], losses[:, -1:]], dim=1).mean()
        return answer + others

    def validate(self, model: Reach) -> dict[str, float]:
        return {f"accuracy_{n}": accuracy(model, n, 64, DEVELOPMENT_SEED) for n in (*PROBES, 80)}

    def snapshot(self, model: Reach, step: int) -> dict[str, Any]:
        probes = [remember.held_out(n, 1, DEVELOPMENT_SEED)[0] for n in PROBES]
        return snapshot(ReachStepper(model), step, probes)

    def export(self, model: Reach, path: Path, facts: dict[str, Any]) -> None:
        values, metadata = store(ReachStepper(model))
        save_file(values, path, metadata)
        path.with_name("facts.json").write_text(json.dumps({"recipe": self.name, **facts}, indent=1))


def tensors(sources: list[tuple[str, ...]]) -> tuple[Tensor, Tensor]:
    """Symbols with the stop behind them, and what is right to say after each."""
    symbols = [[INPUTS.index(unit) for unit in (*units, STOP)] for units in sources]
    outputs = [[OUTPUTS.index(label) for label in (*remember.target(units), STOP)] for units in sources]
    return torch.tensor(symbols), torch.tensor(outputs)


def make(cell: str) -> ReachRecipe:
    return ReachRecipe(f"reach-{cell}", Config(cell))


RECIPES = {f"reach-{cell}": partial(make, cell) for cell in CELLS}
