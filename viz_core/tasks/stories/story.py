"""A story, a question about it, the one-word answer, and the sentences that the answer follows from."""

from __future__ import annotations

from dataclasses import dataclass

from viz_core.trace.errors import InputError


@dataclass(frozen=True)
class Story:
    """sentences: in order, each with its full stop. support: indices of the sentences that are needed, ascending."""

    sentences: tuple[str, ...]
    question: str
    answer: str
    support: tuple[int, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "support", tuple(sorted(set(self.support))))
        if not self.sentences or not self.support or not 0 <= self.support[0] <= self.support[-1] < len(self.sentences):
            raise InputError(f"a story of {len(self.sentences)} sentences has support {self.support}; give indices of its sentences")

    @property
    def text(self) -> str:
        """Story and question as one text."""
        return " ".join((*self.sentences, self.question))
