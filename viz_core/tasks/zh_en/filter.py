"""Keep protected sentences, and anything close to them, out of training.

A training sentence is refused when its Chinese or its English is a near-duplicate
of a protected sentence in any of these ways. Chinese is compared without
punctuation and spaces, English as lower-case words.

1. Equal Chinese, or equal English.
2. Chinese: sets of character bigrams with Jaccard similarity ≥ 0.75.
3. Chinese: edit distance ≤ 1, the longer sentence having at least 5 characters.
4. Chinese: one contained in the other, the shorter at least 0.8 of the longer.
5. English: sets of words with Jaccard similarity ≥ 0.85, both with at least 5
   words and lengths that differ by at most 1.

``Protected(..., strict=False)`` applies 1 and 3 only.

Every rule first looks up the few protected sentences that could match, so that
streams of hundreds of thousands of sentences pass: an inverted index over bigrams
(2, 4), single deletions (3: two strings at distance 1 share one), and for 5 the
prefix filter of Bayardo, Ma & Srikant 2007, "Scaling up all pairs similarity
search", section 3.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from viz_core.tasks.metrics import edit_distance
from viz_core.tasks.zh_en.grammar.english import target_words
from viz_core.tasks.zh_en.pair import is_punctuation

BIGRAM_JACCARD = 0.75
CONTAINED_RATIO = 0.8
EDIT_LENGTH = 5
ENGLISH_JACCARD = 0.85
ENGLISH_LENGTH = 5


def source_key(source: str | Iterable[str]) -> str:
    """Chinese text or words as one string without punctuation and spaces, Latin letters in lower case."""
    return "".join(c for c in "".join(source).lower() if c.isalnum())


def target_key(target: str) -> tuple[str, ...]:
    """English as lower-case words without punctuation."""
    plain = target.lower().replace("’", "'")
    return tuple(word for word in target_words(plain) if not is_punctuation(word))


class Protected:
    """Sentences that training must not contain, with indexes for fast comparison.

    ``sources`` are Chinese sentences (text or words), ``targets`` English ones; the
    two lists need not belong together.
    """

    def __init__(
        self, sources: Iterable[str | Sequence[str]], targets: Iterable[str] = (), *, strict: bool = True
    ) -> None:
        self._sources = sorted({key for key in map(source_key, sources) if key})
        self._targets = sorted({key for key in map(target_key, targets) if key})
        self._target_set = frozenset(self._targets)
        self._source_set = frozenset(self._sources)
        self._deletions: dict[str, set[str]] = defaultdict(set)
        for key in self._sources:
            for shorter in _deletions(key):
                self._deletions[shorter].add(key)
        self._bigrams: dict[str, list[int]] = defaultdict(list)
        self._bigram_counts = [0] * len(self._sources)
        self._rarity: Counter[str] = Counter()
        self._prefixes: dict[str, list[int]] = defaultdict(list)
        if strict:
            self._index_bigrams()
            self._index_prefixes()

    def allows(self, source: str | Sequence[str], target: str) -> bool:
        """Whether a training pair is no near-duplicate of a protected sentence."""
        return not self.matches_source(source_key(source)) and not self.matches_target(target_key(target))

    def matches_source(self, key: str) -> bool:
        """Whether a ``source_key`` is a near-duplicate of a protected one (rules 1 to 4)."""
        return key in self._source_set or self._within_one_edit(key) or self._overlaps(key)

    def matches_target(self, key: tuple[str, ...]) -> bool:
        """Whether a ``target_key`` is a near-duplicate of a protected one (rules 1 and 5)."""
        if key in self._target_set:
            return True
        words = set(key)
        if len(key) < ENGLISH_LENGTH or not self._prefixes:
            return False
        candidates = {index for word in self._prefix(words) for index in self._prefixes.get(word, ())}
        return any(
            abs(len(self._targets[index]) - len(key)) <= 1
            and _jaccard(words, set(self._targets[index])) >= ENGLISH_JACCARD
            for index in candidates
        )

    def _within_one_edit(self, key: str) -> bool:
        if len(key) < EDIT_LENGTH - 1:
            return False
        candidates = {found for shorter in _deletions(key) for found in self._deletions.get(shorter, ())}
        return any(
            max(len(found), len(key)) >= EDIT_LENGTH and edit_distance(found, key) <= 1 for found in candidates
        )

    def _overlaps(self, key: str) -> bool:
        """Rules 2 and 4, from the number of bigrams shared with each protected sentence."""
        bigrams = _bigrams(key)
        shared = Counter(index for bigram in bigrams for index in self._bigrams.get(bigram, ()))
        for index, common in shared.items():
            if common >= BIGRAM_JACCARD * (len(bigrams) + self._bigram_counts[index] - common):
                return True
            other = self._sources[index]
            short, long = sorted((key, other), key=len)
            if len(short) >= CONTAINED_RATIO * len(long) and short in long:
                return True
        return False

    def _index_bigrams(self) -> None:
        for index, key in enumerate(self._sources):
            bigrams = _bigrams(key)
            self._bigram_counts[index] = len(bigrams)
            for bigram in bigrams:
                self._bigrams[bigram].append(index)

    def _index_prefixes(self) -> None:
        self._rarity.update(word for key in self._targets for word in set(key))
        for index, key in enumerate(self._targets):
            if len(key) >= ENGLISH_LENGTH:
                for word in self._prefix(set(key)):
                    self._prefixes[word].append(index)

    def _prefix(self, words: set[str]) -> list[str]:
        """The rarest words, enough that two similar sets must share one of them."""
        # The threshold is lowered by a hair so that rounding never loses a pair.
        needed = math.ceil(ENGLISH_JACCARD * len(words) - 1e-9)
        return sorted(words, key=lambda word: (self._rarity[word], word))[: len(words) - needed + 1]


def _bigrams(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def _deletions(text: str) -> set[str]:
    return {text} | {text[:i] + text[i + 1 :] for i in range(len(text))}


def _jaccard(first: set[str], second: set[str]) -> float:
    return len(first & second) / len(first | second)
