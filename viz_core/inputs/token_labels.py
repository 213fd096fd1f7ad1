"""Tokens of any tokenizer as people read them: byte-safe, one sign for a space, never "�".

What a label shows:
- `▁` is a space that belongs to the token (GPT-2's Ġ, SentencePiece's ▁, GPT-1's </w>, and the space that WordPiece
  implies before a piece without ##). `⏎` is a line end, `⇥` a tab; other signs that cannot be seen are `⟨U+200B⟩`.
- A character that several tokens write together is `中⟨1/3⟩`: the first of its three tokens. That needs the tokens
  around it; alone, as a candidate, such a token is its bytes in hexadecimal: `⟨E4 B8⟩`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

SPACE = "▁"
SHOWN = {" ": SPACE, "\n": "⏎", "\r": "␍", "\t": "⇥"}
_NEIGHBOURS = re.compile(r"(?<=[0-9A-F]{2})⟩⟨(?=[0-9A-F]{2}[⟩ ])")


def visible(text: str) -> str:
    """The text with every sign that cannot be seen, or that stands for a broken one, spelled out."""
    return "".join(SHOWN.get(sign) or (f"⟨U+{ord(sign):04X}⟩" if _hidden(sign) else sign) for sign in text)


def _hidden(sign: str) -> bool:
    return sign == "\ufffd" or unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs")


def label_of(data: bytes) -> str:
    """The label of a token that stands alone, from the bytes that it writes."""
    return labels_of([data])[0]


def labels_of(pieces: Sequence[bytes]) -> list[str]:
    """The labels of neighbouring tokens, each given as the bytes that it writes."""
    data = b"".join(pieces)
    owner = [i for i, piece in enumerate(pieces) for _ in piece]
    parts: list[list[str]] = [[] for _ in pieces]
    for sign, start, stop in characters(data):
        writers = list(dict.fromkeys(owner[start:stop]))
        for number, writer in enumerate(writers, 1):
            share = f"⟨{number}/{len(writers)}⟩" if len(writers) > 1 else ""
            parts[writer].append(f"⟨{data[start]:02X}⟩" if sign is None else visible(sign) + share)
    return [_NEIGHBOURS.sub(" ", "".join(part)) for part in parts]


def characters(data: bytes) -> list[tuple[str | None, int, int]]:
    """Each character with its place [start, stop) in the bytes; a byte that is part of none stands alone, as None."""
    found: list[tuple[str | None, int, int]] = []
    place = 0
    while place < len(data):
        sign, stop = None, place + 1
        for end in range(place + 1, min(place + 4, len(data)) + 1):
            try:
                sign, stop = data[place:end].decode("utf-8"), end
                break
            except UnicodeDecodeError:
                continue
        found.append((sign, place, stop))
        place = stop
    return found


@lru_cache(maxsize=1)
def byte_of_sign() -> dict[str, int]:
    """GPT-2's signs for bytes (Radford et al. 2019, §2.2): printable ones stand for themselves, the others for 256, 257, …"""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in set(plain)]
    return {chr(byte): byte for byte in plain} | {chr(256 + n): byte for n, byte in enumerate(others)}
