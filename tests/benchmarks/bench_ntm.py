"""Steps per second of the Neural Turing Machine against a straightforward per-step implementation of the same size.

The other side is `tests/models/ntm_reference.py`: head by head, tape by tape, as public implementations are written. The paper's
copy sizes (128 cells × 20, controller of 100, one read and one write head), batches of 16 tapes of 10 vectors; training is a
whole step (forward, backward, clipping, Adam), inference a forward pass. Each pair is measured alternately in one run; on a GPU
too when there is one. Run as a script, it prints one JSON object.
"""

from __future__ import annotations

import copy as copies
import json
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.models.ntm_reference import Reference
from viz_core.models.ntm import NTM, Config
from viz_core.tasks.tapes import copy

BATCH, LENGTH, REPEATS = 16, 10, 12


def bench(repeats: int = REPEATS) -> dict[str, float]:
    """`train` and `infer`: how many times the reference's steps per second (both in ms beside); one pair a device."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # so that the threads of small products do not add their noise
    try:
        found = _on("cpu", repeats)
        if torch.cuda.is_available():
            found |= {f"{name}_cuda": value for name, value in _on("cuda", repeats).items()}
    finally:
        torch.set_num_threads(threads)
    return {name: round(value, 3) for name, value in found.items()}


def _on(device: str, repeats: int) -> dict[str, float]:
    torch.manual_seed(0)
    ours = NTM(Config(copy.INPUTS, copy.OUTPUTS))
    theirs = Reference(copies.deepcopy(ours))
    inputs, targets = (torch.from_numpy(item).to(device) for item in copy.draw(np.random.default_rng(0), BATCH, LENGTH))
    with torch.device(device):
        pair = [ours.to(device), theirs.to(device)]
        found: dict[str, float] = {}
        for name, work in (("train", training), ("infer", inference)):
            ratio, mine, other = alternate([work(module, inputs, targets) for module in pair], repeats, device)
            found |= {name: ratio, f"{name}_ms": mine, f"{name}_reference_ms": other}
    return found


def training(module: nn.Module, inputs: Tensor, targets: Tensor) -> Callable[[], None]:
    optimizer = torch.optim.Adam(module.parameters(), 1e-4)

    def step() -> None:
        loss = F.binary_cross_entropy_with_logits(module(inputs)[:, -targets.shape[1] :], targets)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(module.parameters(), 1.0)
        optimizer.step()

    return step


def inference(module: nn.Module, inputs: Tensor, targets: Tensor) -> Callable[[], None]:
    def step() -> None:
        with torch.inference_mode():
            module(inputs)

    return step


def alternate(works: list[Callable[[], None]], repeats: int, device: str) -> tuple[float, float, float]:
    """Median of the second's time over the first's in alternate pairs, and both medians in ms."""
    times: list[list[float]] = []
    for repeat in range(repeats + 2):
        row = [0.0, 0.0]
        for index in (0, 1) if repeat % 2 else (1, 0):
            start = time.perf_counter()
            works[index]()
            if device == "cuda":
                torch.cuda.synchronize()
            row[index] = time.perf_counter() - start
        times.append(row)
    kept = times[2:]  # the first two warm up
    ratio = statistics.median(other / mine for mine, other in kept)
    return ratio, *(1000 * statistics.median(column) for column in zip(*kept, strict=True))  # type: ignore[return-value]


if __name__ == "__main__":
    print(json.dumps(bench()))
