"""Text ↔ the tokens of a loaded tokenizer, byte-safe, each with its place in the text and the word it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from viz_core.inputs.token_labels import SPACE, byte_of_sign, characters, label_of, labels_of
from viz_core.inputs.token_words import words_of
from viz_core.trace import Axis
from viz_core.trace.errors import InputError

BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>")  # how SentencePiece writes a byte that is in no piece
MAX_CHARACTERS = 1_000_000  # far beyond any model's positions; tokenizing more would only take time


@dataclass(frozen=True)
class TokenText:
    """A text as a model reads it. text: what was tokenized; ids; axis: kind `token`, with `spans` (characters [start, end)
    of the text), `special` (True at tokens that the tokenizer adds) and `words` (see `token_words`) in its geometry;
    segments: token type of each position (0; 1 for the second text of a pair)."""

    text: str
    ids: tuple[int, ...]
    axis: Axis
    segments: tuple[int, ...]


class Labels(Sequence[str]):
    """The label of every id, made at first use: vocabularies are large and few of their tokens are ever shown."""

    def __init__(self, tokens: PretrainedTokens, size: int) -> None:
        self._tokens, self._size, self._found = tokens, size, dict[int, str]()

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._size))]
        place = int(index) + (self._size if index < 0 else 0)
        if not 0 <= place < self._size:
            raise IndexError(f"there is no token {index}; this vocabulary has ids 0 … {self._size - 1}")
        if place not in self._found:
            self._found[place] = self._tokens.label(place)
        return self._found[place]

    def __iter__(self) -> Iterator[str]:
        return (self[i] for i in range(self._size))


class PretrainedTokens:
    """A transformers tokenizer (fast or Python) behind byte-safe labels. size: outputs of the model, which may be more
    than the tokenizer knows."""

    def __init__(self, tokenizer: Any, size: int) -> None:
        self.tokenizer = tokenizer
        self.special = frozenset(tokenizer.all_special_ids)
        self.labels = Labels(self, size)
        backend = getattr(tokenizer, "backend_tokenizer", None)
        decoder = repr(backend.decoder) if backend is not None else type(tokenizer).__name__
        self._bytes = "ByteLevel" in decoder or hasattr(tokenizer, "byte_decoder")
        self._pieces_of_words = "WordPiece" in decoder or "Bert" in decoder
        self._added = {int(i): str(token) for i, token in tokenizer.added_tokens_decoder.items()}

    def encode(self, text: str, pair: str | None = None, limit: int | None = None, special: bool = True) -> TokenText:
        """A text, or two that the tokenizer joins, as tokens; spans of the second count on after the first and a line end.

        limit: the most tokens that the model reads; special: with the tokens that the tokenizer adds. Raises InputError
        for empty text and for more tokens than the limit.
        """
        for given in (text, pair):
            self._check(given)
        encoded = self.tokenizer(
            text, pair, add_special_tokens=special, truncation=False, return_token_type_ids=True, verbose=False
        )
        ids = tuple(encoded["input_ids"])
        if limit is not None and len(ids) > limit:
            raise InputError(f"the text has {len(ids):,} tokens; this model reads at most {limit:,}, so shorten it")
        whole = text if pair is None else f"{text}\n{pair}"
        segments = tuple(encoded.get("token_type_ids") or [0] * len(ids))
        added = self._added_by_tokenizer(encoded, ids)
        spans = self._spans(encoded, ids, added, text, pair)
        if all(added):
            raise InputError(f"the text {text[:40]!r} has no token that this model can read; type at least one word")
        return TokenText(whole, ids, self._axis(ids, whole, spans, added), segments)

    def label(self, token: int) -> str:
        """The label of one id that stands alone."""
        if self._spelled(token):
            return self._piece(token)
        return label_of(self.data(token)) if self._piece(token) else f"⟨unused {token}⟩"

    def data(self, token: int) -> bytes:
        """The bytes that a token writes; WordPiece pieces without ## with the space that stands before them."""
        piece = self._piece(token)
        if found := BYTE.fullmatch(piece):
            return bytes.fromhex(found[1])
        if token in self._added:
            return piece.encode()
        if self._bytes:
            signs = byte_of_sign()
            ended = piece.removesuffix("</w>")
            data = bytes(signs[sign] for sign in ended) if all(sign in signs for sign in ended) else ended.encode()
            return data + (b" " if ended != piece else b"")
        if self._pieces_of_words:
            return piece[2:].encode() if piece.startswith("##") and len(piece) > 2 else f" {piece}".encode()
        return piece.replace("</w>", " ").replace(SPACE, " ").encode()

    def text(self, ids: Sequence[int]) -> str:
        """What ids write, special tokens left out; bytes that are no whole character in hexadecimal."""
        shown = [int(i) for i in ids if int(i) not in self.special and self._piece(int(i))]
        text = self.tokenizer.decode(shown, skip_special_tokens=True)
        if "\ufffd" not in text:
            return text
        parts = labels_of([b"".join(self.data(i) for i in shown)])[0]
        text = parts.replace(SPACE, " ").replace("⏎", "\n").replace("⇥", "\t")
        return text if self._bytes else text.lstrip(" ")

    def output_axis(self, ids: Sequence[int]) -> Axis:
        """Ids that a model has written as positions, with `spans` into their text, `special` and `words`."""
        return self.continued("", Axis("token", (), {"spans": [], "special": []}), ids)

    def continued(self, text: str, axis: Axis, ids: Sequence[int]) -> Axis:
        """The axis of a text and what a model has written after it; its spans count through both."""
        special = [i in self.special for i in ids]
        pieces = [b"" if alone else self.data(i) for i, alone in zip(ids, special, strict=True)]
        found = characters(b"".join(pieces))
        place_of = [place for place, (_, start, stop) in enumerate(found) for _ in range(start, stop)]  # of each byte
        written = "".join(sign or "\ufffd" for sign, _, _ in found)
        spans, reached = [], 0
        for piece in pieces:
            places = place_of[reached : reached + len(piece)]
            reached += len(piece)
            start, end = trimmed(written, places[0], places[-1] + 1) if places else (-len(text), -len(text))
            spans.append((len(text) + start, len(text) + end))
        labels = (*axis.labels, *self._labels(ids, "", []))
        spans, special = [*axis.geometry["spans"], *spans], [*axis.geometry["special"], *special]
        words = words_of(text + written, spans, special)
        return Axis("token", labels, {"spans": [list(span) for span in spans], "special": special, "words": list(words)})

    def _check(self, text: object) -> None:
        if text is None:
            return
        if not isinstance(text, str) or not text.strip():
            raise InputError("the text is empty; type at least one character" if isinstance(text, str) else
                             f"the text is a {type(text).__name__}; give text")  # fmt: skip
        if len(text) > MAX_CHARACTERS:
            raise InputError(f"the text has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read, so shorten it")

    def _piece(self, token: int) -> str:
        if token in self._added:
            return self._added[token]
        piece = self.tokenizer.convert_ids_to_tokens(token) if token < len(self.tokenizer) else None
        return piece or ""

    def _spelled(self, token: int) -> bool:
        """Special and added tokens are shown as they are written, `<|im_end|>`, unless they are text themselves."""
        added = self._added.get(token, "").strip()
        return token in self.special or bool(added) and not BYTE.fullmatch(added)

    def _added_by_tokenizer(self, encoded: Any, ids: Sequence[int]) -> list[bool]:
        """True at special tokens, whether the tokenizer added them or a person (a chat template) wrote them."""
        return [i in self.special and i != self.tokenizer.unk_token_id for i in ids]

    def _axis(self, ids: Sequence[int], text: str, spans: Sequence[tuple[int, int]], special: Sequence[bool]) -> Axis:
        words = words_of(text, spans, special)
        geometry = {"spans": [list(span) for span in spans], "special": list(special), "words": list(words)}
        return Axis("token", tuple(self._labels(ids, text, spans)), geometry)

    def _labels(self, ids: Sequence[int], text: str, spans: Sequence[tuple[int, int]]) -> list[str]:
        """Labels in a text: split characters by their share, and WordPiece's space only where the text has one."""
        pieces = [b"" if self._spelled(i) else self.data(i) for i in ids]
        if self._pieces_of_words and text:
            spaced = [start > 0 and text[start - 1].isspace() for start, _ in spans]
            pieces = [piece if space else piece.removeprefix(b" ") for piece, space in zip(pieces, spaced, strict=True)]
        out: list[str] = []
        run: list[bytes] = []  # of neighbours without a special token between
        for i, piece in zip([*ids, -1], [*pieces, b""], strict=True):
            if i < 0 or self._spelled(i):
                out += labels_of(run) if run else []
                out += [self._piece(i)] if i >= 0 else []
                run = []
            else:
                run.append(piece)
        return out

    def _spans(
        self, encoded: Any, ids: Sequence[int], added: Sequence[bool], text: str, pair: str | None
    ) -> list[tuple[int, int]]:
        """Characters of each token without the spaces around it; (0, 0) for tokens that the text does not have."""
        if not getattr(self.tokenizer, "is_fast", False):
            return self._searched(ids, added, text if pair is None else f"{text}\n{pair}")
        backend = encoded.encodings[0]
        out = []
        for (start, end), sequence in zip(backend.offsets, backend.sequence_ids, strict=True):
            part, shift = (pair or "", len(text) + 1) if sequence == 1 else (text, 0)
            start, end = trimmed(part, start, end)
            out.append((0, 0) if sequence is None else (start + shift, end + shift))
        return out

    def _searched(self, ids: Sequence[int], added: Sequence[bool], text: str) -> list[tuple[int, int]]:
        """Spans for a tokenizer that does not tell them: each piece where it is found next, or nowhere."""
        place, out = 0, []
        for i, alone in zip(ids, added, strict=True):
            piece = "" if alone else self.data(i).decode("utf-8", "ignore").strip()
            start = text.lower().find(piece.lower(), place) if piece else -1
            start = start if start >= 0 else place
            end = start + len(piece) if text[start : start + len(piece)].lower() == piece.lower() else start
            out.append((0, 0) if alone else (start, end))
            place = place if alone else end
        return out


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Characters [start, end) without the spaces around them; as they are when there is nothing else."""
    piece = text[start:end]
    lead, tail = len(piece) - len(piece.lstrip()), len(piece) - len(piece.rstrip())
    return (start + lead, end - tail) if lead < len(piece) else (start, end)
