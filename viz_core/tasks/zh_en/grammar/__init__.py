"""A grammar of everyday sentences, Chinese → English, with exact word links."""

from .english import target_words
from .sampling import Sentence, from_pattern, held_out, is_held_out, pattern_ids, sample, training

__all__ = ["Sentence", "from_pattern", "held_out", "is_held_out", "pattern_ids", "sample", "target_words", "training"]
