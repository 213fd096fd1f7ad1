"""A tiny untrained encoder–decoder for tests: letters in, phonemes out."""

from __future__ import annotations

import torch

from viz_core.inputs.symbols import Symbols
from viz_core.inputs.vocabulary import SPECIALS, Vocabulary
from viz_core.inputs.words import WordIds
from viz_core.models.recurrent_seq2seq import Config, RecurrentSeq2Seq
from viz_core.models.recurrent_stepper import RecurrentStepper

LETTERS = tuple("abcdefghijklmnopqrstuvwxyz'")
PHONEMES = ("AA", "B", "K", "S", "T")


def tiny(score: str = "general", seed: int = 0, parts: bool = False) -> RecurrentStepper:
    """A model of 12 hidden units with random weights."""
    torch.manual_seed(seed)
    words = Vocabulary(SPECIALS + (("我", "是", "中国", "人") if parts else LETTERS))
    characters = Vocabulary(SPECIALS + tuple("我是中国人")) if parts else None
    target = Symbols(Vocabulary(SPECIALS + PHONEMES))
    config = Config(score, len(words), len(characters or ()), len(target.symbols), embedding=8, hidden=12)
    module = RecurrentSeq2Seq(config).eval().requires_grad_(False)
    return RecurrentStepper(module, WordIds(words, characters), target, "chinese" if parts else "letters")
