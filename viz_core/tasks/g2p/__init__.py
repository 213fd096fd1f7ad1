"""Spelling to pronunciation: English words in letters, the answer in phonemes."""

from viz_core.tasks.g2p.cmudict import PHONEMES, SYMBOLS, Entry
from viz_core.tasks.g2p.scoring import evaluate
from viz_core.tasks.g2p.split import development, held_out, training

__all__ = ["PHONEMES", "SYMBOLS", "Entry", "development", "evaluate", "held_out", "training"]
