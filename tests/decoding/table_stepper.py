"""A stepper written out by hand: p(next | everything said so far) from a function, no network.

What it computes can be checked with paper and pencil, so it is the oracle of the decoding tests. Its attention row
tells which outputs came before, so that a row that was not reordered with its hypothesis is seen at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from viz_core.models.protocol import Identity, Source
from viz_core.trace import AttentionMap, Axis, Candidates, Dense, Quantity, Step

END, BEGIN = 0, 1
Table = Callable[[str, tuple[int, ...]], Sequence[float]]  # (source text, choices so far) → probabilities


class State(NamedTuple):
    sources: tuple[Source, ...]
    said: tuple[tuple[tuple[int, ...], ...], ...]  # [N][B] choices so far


class Prediction(NamedTuple):
    state: State
    log_probs: Tensor
    weights: Tensor


class TableStepper:
    """labels: outputs by id, with END = 0 and BEGIN = 1 (which is never an output)."""

    unit, begin, end = "token", BEGIN, END
    identity = Identity("table", "table", "0" * 64)

    def __init__(self, labels: Sequence[str], table: Table, limit: int = 8) -> None:
        self.labels, self.table, self._limit = ("</s>", "<s>", *labels), table, limit

    def encode(self, text: str) -> Source:
        return self.encode_units(text.split(), text)

    def encode_units(self, units: Sequence[str], text: str = "") -> Source:
        unknown = tuple(i for i, unit in enumerate(units) if unit.startswith("?"))
        return Source(text or " ".join(units), Axis("token", tuple(units)), tuple(units), unknown)

    def start(self, sources: Sequence[Source]) -> State:
        return State(tuple(sources), tuple(((),) for _ in sources))

    def predict(self, state: State) -> Prediction:
        log_probs = [
            [[math.log(p) if p > 0 else -math.inf for p in self.table(source.text, said)] for said in hypotheses]
            for source, hypotheses in zip(state.sources, state.said, strict=True)
        ]
        length = max(len(source.axis) for source in state.sources)
        weights = [
            [[*attention(said, len(source.axis)), *[0.0] * (length - len(source.axis))] for said in hypotheses]
            for source, hypotheses in zip(state.sources, state.said, strict=True)
        ]
        return Prediction(state, torch.tensor(log_probs), torch.tensor(weights))

    def commit(self, prediction: Prediction, rows: Tensor, choices: Tensor) -> State:
        state = prediction.state
        said = tuple(
            tuple((*state.said[n][row], choice) for row, choice in zip(r, c, strict=True))
            for n, (r, c) in enumerate(zip(rows.tolist(), choices.tolist(), strict=True))
        )
        return State(state.sources, said)

    def step(self, state: State, choice: int) -> tuple[State, Step]:
        prediction = self.predict(state)
        return self.commit(prediction, torch.tensor([[0]]), torch.tensor([[choice]])), self.record(prediction, choice)

    def record(self, prediction: Prediction, choice: int, source: int = 0, hypothesis: int = 0) -> Step:
        said, keys = prediction.state.said[source][hypothesis], prediction.state.sources[source].axis
        row = prediction.log_probs[source, hypothesis].numpy()
        order = np.argsort(-row, kind="stable")
        order = order[np.isfinite(row[order])]
        weights = prediction.weights[source, hypothesis, : len(keys)].numpy()
        label = self.labels[choice]
        return Step(
            index=len(said),
            label=label,
            emitted=label,
            choice=choice,
            log_prob=float(row[choice]),
            candidates=Candidates(tuple(self.labels[i] for i in order), order, row[order]),
            attention=(AttentionMap("cross", Axis("token", (label,)), keys, Dense(weights[None, None, None])),),
            details=lambda: (Quantity("length", "t", (Axis("channel", ("",)),), [len(said)]),),
        )

    def introduce(self, state: State, source: int = 0) -> tuple[Quantity, ...]:
        axis = state.sources[source].axis
        return (Quantity("source length", "T", (Axis("channel", ("",)),), [len(axis)]),)

    def text(self, choices: Sequence[int]) -> str:
        return " ".join(self.labels[c] for c in choices if c != END)

    def choices(self, text: str) -> list[int]:
        return [*(self.labels.index(word) for word in text.split()), END]

    def limit(self, source: Source) -> int:
        return self._limit


def attention(said: tuple[int, ...], keys: int) -> list[float]:
    """A row that differs for different outputs so far."""
    raw = np.random.default_rng(list(said)).random(keys) + 0.1
    return (raw / raw.sum()).tolist()


def markov(labels: Sequence[str], rows: Mapping[str, Mapping[str, float]], limit: int = 8) -> TableStepper:
    """The next output depends on the last one only. rows: label (`<s>` first) → label → probability (0 when left out)."""
    names = ("</s>", "<s>", *labels)
    rows = {"</s>": {"</s>": 1.0}, **rows}  # in a batch, what has ended goes on until all have
    table = {name: [row.get(label, 0.0) for label in names] for name, row in rows.items()}
    return TableStepper(labels, lambda source, said: table[names[said[-1]] if said else "<s>"], limit)


def random_table(seed: int, outputs: int, limit: int, sharpness: float = 2.0) -> TableStepper:
    """A table drawn at random for every source and every history; `outputs` beside `</s>` and `<s>`."""

    def table(source: str, said: tuple[int, ...]) -> list[float]:
        logits = np.random.default_rng([seed, len(source), *map(ord, source), 999, *said]).normal(size=outputs + 2) * sharpness
        logits[BEGIN] = -np.inf
        weights = np.exp(logits)
        return (weights / weights.sum()).tolist()

    return TableStepper([f"w{i}" for i in range(outputs)], table, limit)
