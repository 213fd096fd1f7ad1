"""How a typed source becomes the positions of a model: `letters` or `chinese` words."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from viz_core.inputs.segment import segment
from viz_core.trace.errors import InputError

MAX_CHARACTERS = 400  # far beyond any trained length; longer input is a mistake or an attack




def clean(text: str) -> str:
    """NFC text without control characters; InputError when nothing or too much is left."""
    visible = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in unicodedata.normalize("NFC", text))
    visible = "".join(c for c in visible if unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn")).strip()
    if not visible:
        raise InputError("the input is empty; type at least one character")
    if len(visible) > MAX_CHARACTERS:
        raise InputError(f"the input has {len(visible):,} characters; at most {MAX_CHARACTERS} are read, so shorten it")
    return visible


def letters(text: str) -> tuple[str, ...]:
    """One English word or name as lower-case letters; accents are taken off; InputError for anything else."""
    typed = clean(text)
    plain = unicodedata.normalize("NFKD", typed.replace("’", "'")).lower()
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    for character in plain:
        if not ("a" <= character <= "z" or character == "'"):
            shown = "a space" if character == " " else f"{character!r}"
            raise InputError(f"{typed[:40]!r} has {shown}; this model reads one word of the letters a–z and the apostrophe")
    if not any("a" <= c <= "z" for c in plain):
        raise InputError(f"{typed[:40]!r} has no letter; this model reads one word of the letters a–z and the apostrophe")
    return tuple(plain)


def chinese(text: str) -> tuple[str, ...]:
    """Chinese words and punctuation; InputError when there is no Chinese character at all."""
    typed = clean(text)
    if not any("㐀" <= c <= "鿿" or "豈" <= c <= "﫿" or "\U00020000" <= c <= "\U0003ffff" for c in typed):
        raise InputError(f"{typed[:40]!r} has no Chinese character; this model reads Chinese, for example 我是中国人")
    return tuple(segment(typed))


READERS: dict[str, Callable[[str], tuple[str, ...]]] = {"letters": letters, "chinese": chinese}
