"""Chinese → English with a Transformer, on the words, pairs and steps of the recurrent variants (`zh_en`)."""

from __future__ import annotations

import random
from functools import partial
from typing import Any

from viz_core.inputs.segment import segment
from viz_core.models import transformer_file
from viz_core.models.transformer import Config
from viz_core.training.loop import Plan
from viz_core.training.recipes import zh_en
from viz_core.training.seq2seq import Example, Seq2SeqRecipe


def make(name: str) -> Seq2SeqRecipe:
    source_ids, target = zh_en.codecs()
    config = Config(len(source_ids.words), len(source_ids.parts or ()), len(target.symbols), dropout=0.2)
    return Seq2SeqRecipe(
        name, Plan(10_000, learning_rate=2e-3, warmup=1_000), config, source_ids, target, "chinese",
        _draw, zh_en.development, [tuple(segment(text)) for text in zh_en.PROBES], batch=256, smoothing=0.1, word_drop=0.1,
        files=transformer_file.FILES,
    )


def _draw(rng: random.Random, count: int) -> list[Example]:
    return rng.choices(zh_en.examples(), k=count)


RECIPES = {name: partial(make, name) for name in ("zh-en-transformer",)}
