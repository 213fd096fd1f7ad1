"""A real encoder–decoder of a few thousand random weights."""

from __future__ import annotations

import torch

from viz_core.inputs.symbols import Symbols
from viz_core.inputs.vocabulary import SPECIALS, Vocabulary
from viz_core.inputs.words import WordIds
from viz_core.models.recurrent_seq2seq import Config, RecurrentSeq2Seq
from viz_core.models.recurrent_stepper import RecurrentStepper

LETTERS = "abcdefgh"


def tiny(seed: int = 0, score: str = "additive", outputs: int = 12, scale: float = 3.0) -> RecurrentStepper:
    """Reads letters a–h, writes o0, o1, …; scale: how far its distributions are from uniform."""
    torch.manual_seed(seed)
    module = RecurrentSeq2Seq(Config(score, len(LETTERS) + 4, 0, outputs + 4, embedding=16, hidden=24)).eval()
    with torch.no_grad():
        module.target.weight.mul_(scale)
        module.bias.add_(torch.randn(outputs + 4))
    source = WordIds(Vocabulary((*SPECIALS, *LETTERS)), None)
    target = Symbols(Vocabulary((*SPECIALS, *(f"o{i}" for i in range(outputs)))))
    return RecurrentStepper(module.requires_grad_(False), source, target, "letters")
