"""Steps a network along a tape, one tick a step: it sees x_t and, once the tape is blank, says a vector of bits.

What it says is not fed back, so there is nothing to choose between: the most probable vector is each bit's more probable value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property, partial
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from viz_core.models import ntm, tape_lstm
from viz_core.models.candidates import candidates
from viz_core.models.memory_edit import MemoryEdit, check_edits
from viz_core.models.protocol import Identity, Source
from viz_core.models.run_facts import run_facts
from viz_core.tasks.tapes import TASKS, Tape
from viz_core.trace import Axis, InputError, Quantity, Step, Trace

FAMILY = "tape"
SILENT = "·"  # what a machine says while it is shown the tape: nothing is asked of it
END = "■"  # never said: a run ends with its tape
NETWORKS = {"ntm": (ntm.NTM, ntm.Config), "lstm": (tape_lstm.TapeLSTM, tape_lstm.Config)}
MAX_CELLS = 1024
MOST_NUMBERS = 30_000_000  # of all memories of a trace, 120 MB: a longer tape needs fewer cells


class TapeState(NamedTuple):
    """Between two ticks. inner: the network's own; index: t, ticks done."""

    sources: tuple[Source, ...]
    inner: Any
    index: int


class TapePrediction(NamedTuple):
    """One tick. symbols: x_t, f32 (N, I); tick: the network's own; log_probs: f32 (N, 1, V), of a tick that asks for nothing
    all on silence; weights: NaN, for a beam node there is none."""

    state: TapeState
    symbols: Tensor
    tick: Any
    log_probs: Tensor
    weights: Tensor


@dataclass(frozen=True, eq=False)
class TapeStepper:
    """Steps a network on a task's tapes. cells: of the memory (None: as trained, or it has none); edits: memory cells that are
    overwritten by hand on the way."""

    module: Any
    task: ModuleType
    identity: Identity = Identity()
    cells: int | None = None
    edits: tuple[MemoryEdit, ...] = ()

    unit = "tick"

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Every vector of bits, the number it stands for being its id, then silence and the end."""
        bits = self.task.OUTPUTS
        return (*(f"{i:0{bits}b}" for i in range(2**bits)), SILENT, END)

    @property
    def silent(self) -> int:
        return len(self.labels) - 2

    @property
    def end(self) -> int:
        return len(self.labels) - 1

    begin = end

    @property
    def device(self) -> torch.device:
        return self.module.output.bias.device

    def with_cells(self, cells: int) -> TapeStepper:
        """The same machine with another number of memory cells; InputError for a network without a memory."""
        if not hasattr(self.module.config, "cells"):
            raise InputError(f"{self.identity.name} has no memory cells; choose a model with a memory to change their number")
        if isinstance(cells, bool) or not isinstance(cells, int) or not 1 <= cells <= MAX_CELLS:
            raise InputError(f"the number of cells is {cells!r}; give a whole number from 1 to {MAX_CELLS}")
        return replace(self, cells=cells)

    def intervened(self, edits: Sequence[object]) -> TapeStepper:
        """The same machine with memory cells overwritten, besides those that are already; nothing of the old one changes."""
        return replace(self, edits=(*self.edits, *check_edits(edits)))

    def encode(self, text: str) -> Source:
        tape: Tape = self.task.read(text)
        return Source(self.task.text(tape.inputs), Axis("step", tape.labels), tape)

    def encode_units(self, units: Sequence[str], text: str = "") -> Source:
        return self.encode(text or " ".join(units))

    def limit(self, source: Source) -> int:
        return len(source.axis)

    def text(self, choices: Sequence[int]) -> str:
        """The vectors it said, silence left out."""
        return " ".join(self.labels[choice] for choice in choices if choice not in (self.silent, self.end))

    def choices(self, text: str) -> list[int]:
        """Ids of vectors of bits; InputError for what is none."""
        for word in text.split():
            if word not in self.labels[:-1]:
                raise InputError(f"{word[:40]!r} is nothing this machine says; write vectors of {self.task.OUTPUTS} bits")
        return [self.labels.index(word) for word in text.split()]

    def start(self, sources: Sequence[Source]) -> TapeState:
        options = {} if self.cells is None else {"cells": self.cells}
        return TapeState(tuple(sources), self.module.start(len(sources), **options), 0)

    @torch.inference_mode()
    def predict(self, state: TapeState) -> TapePrediction:
        t, tapes = state.index, [source.ids for source in state.sources]
        blank = np.zeros(self.task.INPUTS, np.float32)
        seen = np.stack([tape.inputs[t] if t < len(tape.inputs) else blank for tape in tapes])
        symbols = torch.from_numpy(seen).to(self.device)
        inner = state.inner
        for edit in self.edits:
            inner = edit.applied(inner, t)
        tick = self.module.tick(symbols, inner)
        log_probs = pattern_log_probs(tick.logits)
        for row, tape in enumerate(tapes):
            if t < len(tape.inputs) - len(tape.targets):
                log_probs[row] = -torch.inf
                log_probs[row, self.silent] = 0
        weights = torch.full((len(tapes), 1, max(len(source.axis) for source in state.sources)), torch.nan)
        return TapePrediction(state, symbols, tick, log_probs[:, None], weights)

    def commit(self, prediction: TapePrediction, rows: Tensor, choices: Tensor) -> TapeState:
        if rows.shape[1] != 1:
            raise InputError("a beam search has nothing to search here: what the machine says is not fed back; decode greedily")
        return TapeState(prediction.state.sources, prediction.tick.after, prediction.state.index + 1)

    def step(self, state: TapeState, choice: int) -> tuple[TapeState, Step]:
        prediction = self.predict(state)
        rows = torch.zeros((1, 1), dtype=torch.long)
        return self.commit(prediction, rows, rows + choice), self.record(prediction, choice)

    def record(self, prediction: TapePrediction, choice: int, source: int = 0, hypothesis: int = 0) -> Step:
        found, log_probs = candidates(prediction.log_probs[source], [choice], self.labels)
        label = prediction.state.sources[source].axis.labels[prediction.state.index]
        said = "" if choice == self.silent else self.labels[choice]
        maps = self.module.maps(prediction.tick, source, label)
        details = partial(self._quantities, prediction, source)
        return Step(prediction.state.index, label, said, choice, log_probs[0], found[0] if said else None, maps, details)

    def _quantities(self, prediction: TapePrediction, source: int) -> tuple[Quantity, ...]:
        return self.module.quantities(prediction.symbols, prediction.tick, source)

    def introduce(self, state: TapeState, source: int = 0) -> tuple[Quantity, ...]:
        return ()

    @torch.inference_mode()
    def plain_log_probs(self, source: Source, choices: Sequence[int]) -> Tensor:
        tape: Tape = source.ids
        options = {} if self.cells is None else {"cells": self.cells}
        inputs = torch.from_numpy(tape.inputs)[None].to(self.device)
        log_probs = pattern_log_probs(self.module(inputs, **options)[0])
        log_probs[: len(tape.inputs) - len(tape.targets)] = 0  # silence, which nothing else competes with
        return log_probs[range(len(choices)), list(choices)]

    def trace(self, text: str | Source | Sequence[str], edits: Sequence[object] = ()) -> Trace:
        """The machine running along the whole tape. edits: `MemoryEdit`s besides those it carries."""
        if edits:
            return self.intervened(edits).trace(text)
        source = text if isinstance(text, Source) else self.encode(text) if isinstance(text, str) else self.encode_units(text)
        self._check_size(source)
        state, steps = self.start([source]), []
        for _ in range(len(source.axis)):
            prediction = self.predict(state)
            choice = int(prediction.log_probs[0, 0].argmax())
            steps.append(self.record(prediction, choice))
            state = TapeState(state.sources, prediction.tick.after, state.index + 1)
        output = self.text([step.choice for step in steps if step.choice is not None])
        return Trace(self._about(), source.text, source.axis, output, self.unit, tuple(steps), notes=self.notes(source, output))

    def notes(self, source: Source, output: str) -> tuple[str, ...]:
        """How many bits are wrong."""
        right = source.ids.targets
        said = np.array([[float(bit) for bit in word] for word in output.split()])
        return (f"{int((said != right).sum())} of {right.size} bits wrong",)

    def _check_size(self, source: Source) -> None:
        """InputError when the memories of all ticks would not fit."""
        width = getattr(self.module.config, "width", 0)
        cells = self.cells or getattr(self.module.config, "cells", 0)
        if 2 * len(source.axis) * cells * width > MOST_NUMBERS:
            most = MOST_NUMBERS // (2 * len(source.axis) * width)
            raise InputError(f"{cells} cells for {len(source.axis)} ticks are too many numbers to keep; use at most {most} cells, or a shorter tape")

    def _about(self) -> dict[str, object]:
        cells = self.cells or getattr(self.module.config, "cells", None)
        return run_facts(self.identity, self.edits, task=self.task.NAME, cells=cells)


def pattern_log_probs(logits: Tensor) -> Tensor:
    """Logits of independent bits, f32 (…, O) → log p of every vector of bits, −inf for silence and end, f32 (…, 2^O + 2)."""
    bits = logits.shape[-1]
    numbers = torch.arange(2**bits, device=logits.device)
    places = torch.arange(bits - 1, -1, -1, device=logits.device)
    patterns = (numbers[:, None] >> places & 1).to(logits.dtype)  # (V, O), the first bit the most significant
    log_probs = F.logsigmoid(logits) @ patterns.T + F.logsigmoid(-logits) @ (1 - patterns).T
    return F.pad(log_probs, (0, 2), value=-torch.inf)


def store(stepper: TapeStepper) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors (f32: a long tape needs every digit) and metadata for a safetensors file."""
    tensors = {name: value.detach().cpu().contiguous() for name, value in stepper.module.state_dict().items()}
    network = next(name for name, (kind, _) in NETWORKS.items() if type(stepper.module) is kind)
    config = json.dumps(asdict(stepper.module.config))
    return tensors, {"family": FAMILY, "network": network, "task": stepper.task.NAME, "config": config}


def restore(metadata: Mapping[str, str], tensors: Mapping[str, Tensor]) -> TapeStepper:
    """The stepper of a file, in evaluation mode."""
    network, config = NETWORKS[metadata["network"]]
    module = network(config(**json.loads(metadata["config"])))
    module.load_state_dict({name: value.float() for name, value in tensors.items()})
    return TapeStepper(module.eval().requires_grad_(False), TASKS[metadata["task"]])
