"""The words of captions in English and Chinese: one vocabulary, whose begin token says which language is written."""

from __future__ import annotations

import difflib
import itertools
import json
import re
from collections.abc import Iterable, Sequence

from viz_core.inputs.vocabulary import BEGIN, END, PAD, SPECIALS, UNKNOWN, Vocabulary
from viz_core.trace.errors import InputError

LANGUAGES = ("en", "zh")
_BETWEEN = {"en": " ", "zh": ""}
_LANGUAGE_OF = {f"<{language}>": language for language in LANGUAGES}
_MARKS = re.compile(r"[.,;:!?\"“”。，、；：！？]")


class CaptionWords:
    """Words ↔ ids. Ids 0–3 are the usual specials; then comes a begin token of each language (`<en>`, `<zh>`), which the decoder
    reads first.

    Captions are lower-case words without punctuation marks, English with spaces between them, Chinese without. languages: that
    can be written; first: id of the first word; never: ids that are no output.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary, self.symbols = vocabulary, vocabulary.symbols
        begun = itertools.takewhile(_LANGUAGE_OF.__contains__, self.symbols[len(SPECIALS) :])
        self.languages = tuple(_LANGUAGE_OF[token] for token in begun)
        self.first = len(SPECIALS) + len(self.languages)
        if not self.languages:
            raise InputError(f"a caption vocabulary has {' or '.join(_LANGUAGE_OF)} after its specials; this one has {list(self.symbols[4:6])}")
        self.never = (PAD, UNKNOWN, BEGIN, *range(len(SPECIALS), self.first))
        self._longest = max((len(word) for word in self.symbols[self.first :]), default=0)

    @classmethod
    def of(cls, words: Iterable[str], languages: Sequence[str] = LANGUAGES) -> CaptionWords:
        """A vocabulary of these words in this order, repeated ones once."""
        begun = (f"<{check_language(language)}>" for language in languages)
        return cls(Vocabulary((*SPECIALS, *begun, *dict.fromkeys(words))))

    @classmethod
    def from_json(cls, document: str) -> CaptionWords:
        return cls(Vocabulary(json.loads(document)))

    def to_json(self) -> str:
        return json.dumps(list(self.symbols), ensure_ascii=False)

    def __len__(self) -> int:
        return len(self.symbols)

    def begin(self, language: str) -> int:
        """The id that the decoder reads first to write this language."""
        return len(SPECIALS) + self.languages.index(check_language(language, self.languages))

    def ids(self, words: Sequence[str]) -> list[int]:
        """Ids of words that are cut already, END last; InputError names the first that is none of a caption's."""
        for word in words:
            if self.vocabulary.id(word) < self.first:
                raise self._unknown(word)
        return [*self.vocabulary.ids(words), END]

    def encode(self, text: str, language: str = LANGUAGES[0]) -> list[int]:
        """Ids of a caption as a person writes it, END last; case and punctuation marks do not count.

        Chinese is cut into the fewest words of the vocabulary. InputError names the first word that the model cannot write.
        """
        parts = _MARKS.sub(" ", text).split()
        if check_language(language, self.languages) == "en":
            return self.ids([part.lower() for part in parts])
        return self.ids([word for part in parts for word in self._cut(part)])

    def decode(self, ids: Sequence[int], language: str = LANGUAGES[0]) -> str:
        """The caption of ids as a person reads it; specials are left out."""
        return self.text([self.symbols[int(i)] for i in ids if i >= self.first], language)

    def text(self, words: Sequence[str], language: str = LANGUAGES[0]) -> str:
        """Words as a person reads them."""
        return _BETWEEN[check_language(language, self.languages)].join(words)

    def _cut(self, text: str) -> list[str]:
        """The fewest words that make `text`; of equally few those whose last ones are longer."""
        count, start = [0, *[len(text) + 1] * len(text)], [0] * (len(text) + 1)  # words up to a place, where the last begins
        for end in range(1, len(text) + 1):
            for begin in range(max(0, end - self._longest), end):
                if count[begin] + 1 < count[end] and self.vocabulary.id(text[begin:end]) >= self.first:
                    count[end], start[end] = count[begin] + 1, begin
        if count[-1] > len(text):
            reached = max(place for place, words in enumerate(count) if words <= len(text))
            raise self._unknown(text[reached : reached + 4])
        words, end = [], len(text)
        while end:
            words.append(text[start[end] : end])
            end = start[end]
        return words[::-1]

    def _unknown(self, word: str) -> InputError:
        close = difflib.get_close_matches(word[:40], self.symbols[self.first :], n=3, cutoff=0.5) or self.symbols[self.first : self.first + 5]
        return InputError(f"{word[:40]!r} is no word of this model's captions; write others, such as {', '.join(close)}")


def check_language(language: str, known: Sequence[str] = LANGUAGES) -> str:
    """The language itself; InputError unless it is one of `known`."""
    if language not in known:
        raise InputError(f"captions are not written in {str(language)[:40]!r}; use one of {', '.join(known)}")
    return language
