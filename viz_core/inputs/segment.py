"""Chinese text into words.

jieba cuts a run of Chinese characters where the product of its words' relative
frequencies is largest, with the words and frequencies of ``words.txt`` in place of its
own dictionary. A character that starts no listed word stands alone.

A person who wants other words writes them with spaces or "/" between, and those
boundaries win. Full-width letters and digits become plain ones (Unicode NFKC); the
Chinese marks ，。？！：； stay as they are, and every punctuation mark is a word of
its own. Traditional characters are not converted.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from viz_core.trace.errors import InputError

if TYPE_CHECKING:
    from jieba import Tokenizer

WORDS_FILE = Path(__file__).parent / "words.txt"

_CHINESE_MARKS = frozenset("，。？！：；（）")
_HAN = "㐀-䶿一-鿿豈-﫿々〇\U00020000-\U0003134f"
_HAN_RUN = re.compile(f"[{_HAN}]+")
_GIVEN_BOUNDARY = re.compile(rf"/|(?<=[{_HAN}])\s+(?=[{_HAN}])")
# A number with its decimals, time or percent; Chinese characters; a Latin word; or one mark.
_PIECE = re.compile(rf"\d+(?:[.,:]\d+)*%?|[{_HAN}]+|[^\W\d_{_HAN}]+(?:['’-][^\W\d_{_HAN}]+)*|\S")


def normalise(text: str) -> str:
    """NFKC, but the Chinese marks ，。？！：；（） stay as they are."""
    return "".join(c if c in _CHINESE_MARKS else unicodedata.normalize("NFKC", c) for c in text)


def segment(text: str) -> list[str]:
    """The words and punctuation marks of a Chinese text.

    Text with spaces or "/" between Chinese words is taken as already cut: each part
    is one word, marks at its ends still separate. Raises InputError on text without
    a word.
    """
    plain = normalise(text)
    given = _GIVEN_BOUNDARY.search(plain) is not None
    words = []
    for piece in _PIECE.findall(plain.replace("/", " ") if given else plain):
        words += [piece] if given or not _HAN_RUN.fullmatch(piece) else _tokenizer().lcut(piece, HMM=False)
    if not any(word[0].isalnum() for word in words):
        raise InputError(f"The text {text!r} holds no word; expected a Chinese sentence such as '我是中国人。'; type one.")
    return words


def word_frequency(word: str) -> int:
    """The word's frequency in ``words.txt`` (0 where it is not listed)."""
    return _tokenizer().FREQ.get(word) or 0


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    """jieba with the words of ``words.txt``, read afresh: jieba's own cache lies in a folder that others may write to."""
    from jieba import Tokenizer  # a quarter of a second, and only Chinese input needs it

    tokenizer = Tokenizer()
    with WORDS_FILE.open("rb") as file:
        tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(file)
    tokenizer.initialized = True
    return tokenizer
