"""Chinese text into words.

Words come from jieba's dictionary (MIT licence), read on first use. A person who
wants other words writes them with spaces or "/" between, and those boundaries win.
Full-width letters and digits become plain ones (Unicode NFKC); the Chinese marks
，。？！：； stay as they are, and every punctuation mark is a word of its own.
Characters are not converted: traditional text stays traditional.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from functools import lru_cache
from types import ModuleType

from viz_core.trace.errors import InputError

_CHINESE_MARKS = "，。？！：；（）"
_HAN = r"㐀-䶿一-鿿豈-﫿々〇\U00020000-\U0003134f"
_GIVEN_BOUNDARY = re.compile(rf"/|(?<=[{_HAN}])\s+(?=[{_HAN}])")
# A number with its decimals or its colon, a Latin word, a run of Han characters, or one mark.
_PIECE = re.compile(rf"\d+(?:[.,:]\d+)*%?|[{_HAN}]+|[^\W\d_{_HAN}]+(?:['’-][^\W\d_{_HAN}]+)*|\S")


def normalise(text: str) -> str:
    """NFKC, with the Chinese marks ，。？！：；（） left as they are and ``...`` written ……."""
    kept = "".join(c if c in _CHINESE_MARKS else unicodedata.normalize("NFKC", c) for c in text)
    return re.sub(r"\.{3,}", "……", kept)


def segment(text: str) -> list[str]:
    """The words and punctuation marks of a Chinese text.

    Where the text has spaces or "/" between Chinese words, it is taken as already
    cut, and each part is one word (marks at its ends still separate). Raises
    InputError on text without a word.
    """
    plain = normalise(text).strip()
    given = _GIVEN_BOUNDARY.search(plain) is not None
    parts = re.split(r"[\s/]+", plain) if given else plain.split()
    words = [word for part in parts for piece in _PIECE.findall(part) for word in _words(piece, given)]
    if not any(c.isalnum() for word in words for c in word):
        raise InputError(f"The text {text!r} holds no word; expected a Chinese sentence such as '我是中国人。'; type one.")
    return words


def _words(piece: str, given: bool) -> list[str]:
    if given or not re.match(rf"[{_HAN}]", piece):
        return [piece]
    return _jieba().lcut(piece, HMM=False)


def dictionary_frequency(word: str) -> int:
    """How often jieba's dictionary counted this word (0 where it does not list it)."""
    return _jieba().dt.FREQ.get(word) or 0


@lru_cache(maxsize=1)
def _jieba() -> ModuleType:
    import jieba  # reads a dictionary of 5 MB on first use

    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()
    return jieba
