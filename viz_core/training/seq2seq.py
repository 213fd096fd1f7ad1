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
from viz_core.training.distillation import Lesson, corrected, lesson, taught
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
    lesson: Lesson | None = None  # what teachers think of it
    share: float = 0.0  # of the lesson in the loss


@dataclass
class Seq2SeqRecipe:
    """A recipe for one variant. draw(rng, n, step) gives n training examples; development(stepper) metrics on development data;
    probes: sources whose alignment the scrubber replays; files: the family of the model; share(step): of what teachers think in
    the loss, see `distillation`; teachers() gives them; trust(example, step): their part in what they teach of an example, the rest
    of which is what was written."""

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
    share: Callable[[int], float] = lambda step: 0.0
    teachers: Callable[[], Sequence[nn.Module]] = tuple
    trust: Callable[[Example, int], float] = lambda example, step: 1.0

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
                yield self.collate(cut, rng, chunk * CHUNK)
            chunk, skip = chunk + 1, 0

    def collate(self, examples: Sequence[Example], rng: random.Random, step: int) -> Batch:
        words, parts = self.source_ids.encode([example.source for example in examples])
        length = max(len(example.target) for example in examples)
        target = torch.tensor([[*e.target, *[PAD] * (length - len(e.target))] for e in examples])
        share, known = self.share(step), None
        if share:
            real = target.ne(PAD)
            trust = torch.tensor([self.trust(example, step) for example in examples]).repeat_interleave(real.sum(1))
            known = corrected(lesson(self.teachers(), words, parts, target), target[real], trust)  # teachers see every word
        if self.word_drop:
            words = drop_words(words, self.word_drop, torch.Generator().manual_seed(rng.getrandbits(32)))
        return Batch(words, parts, target, known, share)

    def loss(self, model: nn.Module, batch: Batch) -> Tensor:
        """Label-smoothed cross-entropy (Szegedy et al. 2016, §7) per real target position: maximises Σ log P(Y|X). In its place
        that of what the teachers think, for the batch's share of it."""
        device = model.bias.device
        target = batch.target.to(device)
        previous = F.pad(target[:, :-1], (1, 0), value=BEGIN)
        outputs = model(batch.words.to(device), None if batch.parts is None else batch.parts.to(device), previous)
        real = target.ne(PAD)
        logits = model.logits(outputs[real]).float()
        written = F.cross_entropy(logits, target[real], label_smoothing=self.smoothing)
        if batch.lesson is None:
            return written
        known = Lesson(*(each.to(device) for each in batch.lesson))
        return (1 - batch.share) * written + batch.share * taught(logits.log_softmax(-1), known)

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
