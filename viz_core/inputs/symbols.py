"""Outputs that are written with spaces between symbols (phonemes): the same interface as `Subwords`."""

from __future__ import annotations

import json
from collections.abc import Sequence

from viz_core.inputs.vocabulary import END, SPECIALS, Vocabulary
from viz_core.trace.errors import InputError


class Symbols:
    """Space-separated symbols ↔ ids."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.symbols = vocabulary.symbols

    @classmethod
    def from_json(cls, document: str) -> Symbols:
        return cls(Vocabulary(json.loads(document)))

    def to_json(self) -> str:
        return json.dumps(list(self.symbols), ensure_ascii=False)

    def encode(self, text: str) -> list[int]:
        """Ids, END last; InputError names the first symbol that the model cannot write."""
        for symbol in text.split():
            if symbol not in self.vocabulary:
                known = " ".join(self.symbols[len(SPECIALS) :])
                raise InputError(f"{symbol!r} is not an output of this model; write these, with spaces between: {known}")
        return [*self.vocabulary.ids(text.split()), END]

    def decode(self, ids: Sequence[int]) -> str:
        return " ".join(self.symbols[int(i)] for i in ids if i >= len(SPECIALS))
