"""What every encoder–decoder recipe shares: padded batches, label-smoothed loss, greedy validation, snapshots, export."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from viz_core.decoding.greedy import greedy_choices
from viz_core.inputs.subwords import Subwords
from viz_core.inputs.symbols import Symbols
from viz_core.inputs.vocabulary import BEGIN, PAD
from viz_core.inputs.words import WordIds, drop_words
from viz_core.models import recurrent_file
from viz_core.models.translator import Translator
from viz_core.models.translator_file import TranslatorFile
from viz_core.training.history import snapshot
from viz_core.training.loop import Plan

VARIANTS = {
    "none": "no attention (one fixed vector)",
    "dot": "dot attention",
    "general": "general attention",
    "additive": "additive attention",
}
CHUNK = 20  # batches that are drawn, sorted by length and cut together, so that padding stays small


class Example(NamedTuple):
    """Source units and target ids (END last)."""

    source: tuple[str, ...]
    target: tuple[int, ...]


class Batch(NamedTuple):
    words: Tensor
    parts: Tensor | None
    target: Tensor  # int64 (N, T), PAD after END


@dataclass
class Seq2SeqRecipe:
    """A recipe for one variant. draw(rng, n, step) gives n training examples; development(stepper) metrics on development data;
    probes: sources whose alignment the scrubber replays; files: the family of the model."""

    name: str
    plan: Plan
    config: Any
    source_ids: WordIds
    target: Subwords | Symbols
    reader: str
    draw: Callable[[random.Random, int, int], list[Example]]
    development: Callable[[Translator], dict[str, float]]
    probes: Sequence[tuple[str, ...]]
    batch: int = 128
    smoothing: float = 0.1
    word_drop: float = 0.0
    files: TranslatorFile = recurrent_file.FILES

    def model(self) -> nn.Module:
        return self.files.module(self.config)

    def batches(self, start: int) -> Iterator[Batch]:
        chunk = start // CHUNK
        skip = start % CHUNK
        while True:
            rng = random.Random(self.plan.seed * 1_000_003 + chunk)
            examples = sorted(self.draw(rng, CHUNK * self.batch, chunk * CHUNK), key=lambda e: (len(e.target), len(e.source), rng.random()))
            cuts = [examples[i : i + self.batch] for i in range(0, len(examples), self.batch)]
            rng.shuffle(cuts)
            for cut in cuts[skip:]:
                yield self.collate(cut, rng)
            chunk, skip = chunk + 1, 0

    def collate(self, examples: Sequence[Example], rng: random.Random) -> Batch:
        words, parts = self.source_ids.encode([example.source for example in examples])
        if self.word_drop:
            words = drop_words(words, self.word_drop, torch.Generator().manual_seed(rng.getrandbits(32)))
        length = max(len(example.target) for example in examples)
        target = torch.tensor([[*e.target, *[PAD] * (length - len(e.target))] for e in examples])
        return Batch(words, parts, target)

    def loss(self, model: nn.Module, batch: Batch) -> Tensor:
        """Label-smoothed cross-entropy (Szegedy et al. 2016, §7) per real target position: maximises Σ log P(Y|X)."""
        device = model.bias.device
        target = batch.target.to(device)
        previous = F.pad(target[:, :-1], (1, 0), value=BEGIN)
        outputs = model(batch.words.to(device), None if batch.parts is None else batch.parts.to(device), previous)
        real = target.ne(PAD)
        return F.cross_entropy(model.logits(outputs[real]).float(), target[real], label_smoothing=self.smoothing)

    def stepper(self, model: nn.Module) -> Translator:
        return self.files.stepper(model, self.source_ids, self.target, self.reader)

    def validate(self, model: nn.Module) -> dict[str, float]:
        return self.development(self.stepper(model))

    def snapshot(self, model: nn.Module, step: int) -> dict[str, Any]:
        return snapshot(self.stepper(model), step, self.probes)

    def export(self, model: nn.Module, path: Path, facts: dict[str, Any]) -> None:
        tensors, metadata = self.files.store(self.stepper(model))
        save_file(tensors, path, metadata)
        path.with_name("facts.json").write_text(json.dumps({"recipe": self.name, **facts}, indent=1))


def outputs_of(stepper: Translator, sources: Sequence[Sequence[str]], batch: int = 250) -> list[str]:
    """Greedy outputs as text, decoded in batches of similar length, in the order given."""
    order = sorted(range(len(sources)), key=lambda i: len(sources[i]))
    out = [""] * len(sources)
    for start in range(0, len(order), batch):
        part = order[start : start + batch]
        encoded = [stepper.encode_units(sources[i]) for i in part]
        for i, choices in zip(part, greedy_choices(stepper, encoded), strict=True):
            out[i] = stepper.text(choices)
    return out


def with_plan(recipe: Seq2SeqRecipe, **changes: Any) -> Seq2SeqRecipe:
    """The same recipe under another plan (a tiny one in tests)."""
    return replace(recipe, plan=replace(recipe.plan, **changes))
