"""Byte-pair encoding of target text (Sennrich et al. 2016), by the `tokenizers` library.

A word and a punctuation mark are never in one piece, so that pieces can be summed to words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from viz_core.inputs.vocabulary import END, SPECIALS

SPACE = "▁"
_UNIT = (  # o'clock, titles, negated verbs, clitics ('s 'll …), words, numbers, marks
    r"o'clock|(?:Mr|Mrs|Ms|Dr)\.|[A-Za-z]+n't|'(?:s|d|ll|re|ve|m)\b|[^\W\d_]+(?:-[^\W\d_]+)*|\d+(?:[.:,]\d+)*"
)
WORD = re.compile(rf"{_UNIT}|[^\s\w]")


def words(text: str) -> list[str]:
    """Words and punctuation marks of a target text, in order: the units alignments are counted in."""
    return WORD.findall(text)


class Subwords:
    """Text ↔ pieces ↔ ids. A piece that begins a spaced word begins with ▁."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self.symbols = tuple(tokenizer.id_to_token(i) for i in range(tokenizer.get_vocab_size()))

    @classmethod
    def train(cls, texts: Iterable[str], size: int) -> Subwords:
        tokenizer = Tokenizer(models.BPE(unk_token=SPECIALS[1]))
        tokenizer.normalizer = normalizers.NFKC()
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Metaspace(SPACE, prepend_scheme="always", split=False),
                pre_tokenizers.Split(Regex(rf"▁?(?:{_UNIT}|[^\s\w▁])|▁"), "isolated"),
            ]
        )
        tokenizer.decoder = decoders.Metaspace(SPACE, prepend_scheme="always")
        trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=list(SPECIALS), show_progress=False, min_frequency=2)
        tokenizer.train_from_iterator(texts, trainer)
        return cls(tokenizer)

    @classmethod
    def from_json(cls, document: str) -> Subwords:
        return cls(Tokenizer.from_str(document))

    def to_json(self) -> str:
        return self._tokenizer.to_str()

    def encode(self, text: str) -> list[int]:
        """Ids of the pieces, END last."""
        return [*self._tokenizer.encode(text).ids, END]

    def decode(self, ids: Sequence[int]) -> str:
        """Text of ids, specials left out."""
        return self._tokenizer.decode([int(i) for i in ids if i >= len(SPECIALS)], skip_special_tokens=True)


def word_of_piece(pieces: Sequence[str], text: str) -> list[int]:
    """For every piece the index into `words(text)` of the word it belongs to, −1 for specials.

    pieces: symbols of an encoding of `text`, in order (specials allowed anywhere). They spell the text as it was
    normalised for them (NFKC: "…" is three characters), so its words are counted in that form too.
    """
    ends, total = [], 0
    for word in words(text):
        total += len(unicodedata.normalize("NFKC", word))
        ends.append(total)
    out, seen, word = [], 0, 0
    for piece in pieces:
        if piece in SPECIALS:
            out.append(-1)
            continue
        length = len(piece.replace(SPACE, ""))
        while word < len(ends) - 1 and seen >= ends[word]:
            word += 1
        out.append(word)
        seen += length
    return out
