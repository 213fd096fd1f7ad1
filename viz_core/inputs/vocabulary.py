"""Symbols and their ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from viz_core.trace.errors import InputError

PAD, UNKNOWN, BEGIN, END = 0, 1, 2, 3
SPECIALS = ("<pad>", "<unk>", "<s>", "</s>")


class Vocabulary:
    """A fixed list of symbols; the first four ids are padding, unknown, begin and end."""

    def __init__(self, symbols: Sequence[str]) -> None:
        if tuple(symbols[:4]) != SPECIALS:
            raise InputError(f"a vocabulary begins with {', '.join(SPECIALS)}; this one begins with {list(symbols[:4])}")
        self.symbols = tuple(symbols)
        self._ids = {symbol: i for i, symbol in enumerate(self.symbols)}

    @classmethod
    def build(cls, counts: Counter[str] | Iterable[str], minimum: int = 1, size: int | None = None) -> Vocabulary:
        """Most frequent symbols first (ties by symbol, so that the same data gives the same ids)."""
        counter = counts if isinstance(counts, Counter) else Counter(counts)
        ranked = sorted((s for s, n in counter.items() if n >= minimum), key=lambda s: (-counter[s], s))
        return cls(SPECIALS + tuple(ranked[: None if size is None else size - len(SPECIALS)]))

    def __len__(self) -> int:
        return len(self.symbols)

    def __contains__(self, symbol: str) -> bool:
        return symbol in self._ids

    def id(self, symbol: str) -> int:
        """The id of a symbol, UNKNOWN's when it is not in the list."""
        return self._ids.get(symbol, UNKNOWN)

    def ids(self, symbols: Iterable[str]) -> list[int]:
        return [self.id(symbol) for symbol in symbols]
