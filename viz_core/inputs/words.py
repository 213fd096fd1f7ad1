"""Words with their characters as ids: how a source of words is given to a model."""

from __future__ import annotations

import json
from collections.abc import Sequence

import torch
from torch import Tensor

from viz_core.inputs.vocabulary import PAD, UNKNOWN, Vocabulary

PARTS = 4  # characters of a word that are looked at, always so many places: a word must not depend on its neighbours' lengths


class WordIds:
    """Words → ids, and characters of words → ids where the model composes words from characters (`parts`)."""

    def __init__(self, words: Vocabulary, parts: Vocabulary | None) -> None:
        self.words, self.parts = words, parts

    @classmethod
    def from_json(cls, document: str) -> WordIds:
        content = json.loads(document)
        return cls(Vocabulary(content["words"]), Vocabulary(content["parts"]) if content["parts"] else None)

    def to_json(self) -> str:
        parts = list(self.parts.symbols) if self.parts else None
        return json.dumps({"words": list(self.words.symbols), "parts": parts}, ensure_ascii=False)

    def unknown(self, words: Sequence[str]) -> tuple[int, ...]:
        """Positions of words that have no vector of their own."""
        return tuple(i for i, word in enumerate(words) if word not in self.words)

    def encode(self, sources: Sequence[Sequence[str]]) -> tuple[Tensor, Tensor | None]:
        """int64 (N, S) word ids and (N, S, P) character ids, both padded with PAD; (…, None) without parts."""
        length = max(len(source) for source in sources)
        rows = [[*self.words.ids(source), *[PAD] * (length - len(source))] for source in sources]
        if self.parts is None:
            return torch.tensor(rows), None
        empty = [PAD] * PARTS
        parts = [
            [[*self.parts.ids(word[:PARTS]), *empty[len(word[:PARTS]) :]] for word in source] + [empty] * (length - len(source))
            for source in sources
        ]
        return torch.tensor(rows), torch.tensor(parts)


def drop_words(words: Tensor, rate: float, generator: torch.Generator) -> Tensor:
    """Some words as unknown, so that training learns to read words by their characters alone."""
    chosen = torch.rand(words.shape, generator=generator) < rate
    return words.masked_fill(chosen & words.ne(PAD), UNKNOWN)
