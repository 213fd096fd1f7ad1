"""A typed story with a question: cut into sentences and words, with errors that say what is wrong and where."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Sequence

from viz_core.trace.errors import InputError

LONGEST = 100  # words of a sentence that are read
REMEDY = "write sentences and then one question, for example: Mary went to the kitchen. Where is Mary?"
_SENTENCE = re.compile(r"[^.?!\n]+[.?!]?")
_NUMBER = re.compile(r"^\s*\d+\s+")  # line numbers, as bAbI's files have them


def split_story(text: str) -> tuple[tuple[str, ...], str]:
    """The sentences of a story and its question, the last sentence, which ends in `?`.

    Raises InputError for a text without a story or without a question, and for a question that is not last.
    """
    parts = [" ".join(_NUMBER.sub("", part).split()) for part in _SENTENCE.findall(text)]
    return check_story([part for part in parts if words(part)])


def check_story(parts: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """Story and question from sentences, the question last; InputError when they are none."""
    if not parts:
        raise InputError(f"the story is empty; {REMEDY}")
    asked = [i for i, part in enumerate(parts) if part.endswith("?")]
    if not asked:
        raise InputError(f"the text has no question, no sentence ends in a question mark; {REMEDY}")
    if len(asked) > 1:
        raise InputError(f"the text has {len(asked)} questions; ask one question, after the story")
    if len(parts) == 1:
        raise InputError(f"the question {shown(parts[0])} has no story before it; {REMEDY}")
    if asked[0] != len(parts) - 1:
        raise InputError(f"the question {shown(parts[asked[0]])} stands before {shown(parts[asked[0] + 1])}; put the question last")
    for number, part in enumerate(parts, start=1):
        if len(words(part)) > LONGEST:
            raise InputError(f"sentence {number} has {len(words(part)):,} words; at most {LONGEST} are read, so shorten it")
    return tuple(parts[:-1]), parts[-1]


def words(sentence: str) -> tuple[str, ...]:
    """The words of a sentence in lower case, without punctuation."""
    return tuple(word for piece in re.split(r"[\s.,;:!?\"()]+", sentence.lower()) if (word := piece.strip("'’")))


def unknown_words(sentences: Sequence[str], vocabulary: Collection[str]) -> list[str]:
    """Words that are not in the vocabulary, each once, in order."""
    return list(dict.fromkeys(word for sentence in sentences for word in words(sentence) if word not in vocabulary))


def check_words(sentences: Sequence[str], vocabulary: Collection[str]) -> None:
    """Raises InputError that names the words which are not in the vocabulary, and a known one that is spelt like the first.

    Entries with a comma are answers that list several things; they are no words.
    """
    unknown = unknown_words(sentences, vocabulary)
    if unknown:
        close = difflib.get_close_matches(unknown[0], vocabulary, n=1, cutoff=0.75)
        named = ", ".join(shown(word, 24) for word in unknown[:4]) + (f" and {len(unknown) - 4} more" if len(unknown) > 4 else "")
        hint = f"; did you mean {close[0]!r}?" if close else ""
        known = sum("," not in word for word in vocabulary)
        raise InputError(f"the model never saw {named}; use the {known} words it knows{hint}")


def shown(text: str, longest: int = 50) -> str:
    """A piece of text for a message, never longer than a line."""
    return repr(text if len(text) <= longest else text[: longest - 1] + "…")
