"""From tokens to words: which word each token belongs to, and attention between words.

Weights *to* a word are summed over its tokens (they are one key cut in pieces), weights *from* a word are averaged
(its tokens are several queries), so that rows still sum to 1 (Clark et al. 2019, §4.1).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from viz_core.trace import AttentionMap, Axis, Dense
from viz_core.trace.errors import ShapeError

_HAN = "㐀-䶿一-鿿豈-﫿぀-ヿ"  # written without spaces: every character is a word of its own
_WORD = re.compile(rf"[{_HAN}]|\d+(?:[.,]\d+)*|[^\W\d_{_HAN}]+(?:['’-][^\W\d_{_HAN}]+)*|[^\w\s]|\S")
Spans = Sequence[tuple[int, int]]


def words_of(text: str, spans: Spans, special: Sequence[bool]) -> tuple[int, ...]:
    """The word of each token, numbered 0, 1, … in order. spans: [start, end) characters of each token.

    A special token is a word of its own; words that share a token are one; a token of spaces belongs to the word after.
    """
    edges = [(match.start(), match.end()) for match in _WORD.finditer(text)]
    found: list[int] = []
    word, reached = -1, 0  # the number given out last; where its word ends (−1: it is still only spaces)
    for (start, end), alone in zip(spans, special, strict=True):
        ends = [stop for begin, stop in edges if begin < end and stop > start]
        waiting = reached < 0 and not alone
        if word < 0 or alone or (not waiting and (start >= reached or not ends)):
            word += 1
        reached = 0 if alone else max(reached, *ends) if ends else -1
        found.append(word)
    return tuple(found)


def to_words(attention: AttentionMap, keys: Sequence[int] | None = None, queries: Sequence[int] | None = None) -> AttentionMap:
    """Attention between words, dense. keys, queries: the word of each position of an axis, rising without a gap.

    Where none is given, the axis' own (`geometry["words"]`, which every text of a loaded model has); an axis without
    words stays as it is. Masked query rows are left out of the average. Raises ShapeError for a wrong number of words.
    """
    key_words = _words("key", attention.key_axis, keys)
    query_words = _words("query", attention.query_axis, queries)
    layers, heads = attention.weights.shape[:2]
    shape = (layers, heads, query_words[-1] + 1 if len(query_words) else 0, key_words[-1] + 1 if len(key_words) else 0)
    values = np.empty(shape, np.float32)
    for layer, head in np.ndindex(layers, heads):
        summed = _gathered(attention.map(layer, head).astype(np.float64).T, key_words).T
        values[layer, head] = _averaged(summed, query_words)
    axes = [
        _word_axis(axis, words) if given is not None or "words" in axis.geometry else axis
        for axis, words, given in ((attention.query_axis, query_words, queries), (attention.key_axis, key_words, keys))
    ]
    return AttentionMap(attention.site, *axes, Dense(values), attention.layers, attention.heads)


def _words(name: str, axis: Axis, given: Sequence[int] | None) -> NDArray:
    found = given if given is not None else axis.geometry.get("words") or range(len(axis))
    words = np.asarray(list(found), np.int64)
    if len(words) != len(axis) or not np.isin(np.diff(words), (0, 1)).all():
        raise ShapeError(
            f"the {name} axis has {len(axis)} positions but its words are {words.tolist()[:12]}; "
            "give one word number a position, rising without a gap"
        )
    return words - words[:1]


def _gathered(rows: NDArray, words: NDArray) -> NDArray:
    """Sums of the rows of each word; words rise without a gap."""
    return np.add.reduceat(rows, np.flatnonzero(np.diff(words, prepend=-1)), axis=0) if len(words) else rows


def _averaged(rows: NDArray, words: NDArray) -> NDArray:
    seen = ~np.isnan(rows).any(axis=1)
    count = _gathered(seen.astype(np.float64)[:, None], words)
    with np.errstate(invalid="ignore"):  # 0 / 0: a word whose rows are all masked stays NaN
        return _gathered(np.where(seen[:, None], rows, 0.0), words) / count


def _word_axis(axis: Axis, words: NDArray) -> Axis:
    """One position a word: labels joined without the spaces between words, spans from first to last character."""
    groups = [np.flatnonzero(words == word) for word in range(words[-1] + 1 if len(words) else 0)]
    spans, special = axis.geometry.get("spans"), axis.geometry.get("special")
    geometry: dict[str, object] = {}
    if spans is not None:
        geometry["spans"] = [[min(spans[i][0] for i in group), max(spans[i][1] for i in group)] for group in groups]
    if special is not None:
        geometry["special"] = [special[group[0]] for group in groups]
    return Axis(axis.kind, tuple(_joined([axis.labels[i] for i in group]) for group in groups), geometry)


def _joined(labels: Sequence[str]) -> str:
    """Tokens of one word in one label; the shares of a split character become the character again."""
    whole = re.sub(r"(\S)⟨1/(\d+)⟩(?:\1⟨\d+/\2⟩)*", r"\1", "".join(labels))
    return whole.strip("▁") or whole
