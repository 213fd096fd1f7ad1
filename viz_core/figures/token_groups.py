"""Which positions of a token axis are special tokens, and which tokens make up a word."""

from __future__ import annotations

import re

from viz_core.trace import Axis

_SPECIAL = re.compile(r"\[[A-Z]+\d*\]|<[^<>\s]+>|<\|[^<>\s]*\|>")  # [CLS], [SEP], <s>, </s>, <pad>, <|im_start|>
_BLANK = "Ġ▁Ċ \n\t"  # what tokenizers write for a blank in front of a word


def special(axis: Axis) -> list[int]:
    """Positions of [CLS], [SEP], <s>, <|…|> and their like: what the axis says, else what the labels look like."""
    known = axis.geometry.get("special")
    if isinstance(known, list):
        return [i for i, flag in enumerate(known) if flag]
    return [i for i, label in enumerate(axis.labels) if _SPECIAL.fullmatch(label.strip())]


def words(axis: Axis) -> list[int]:
    """For every position the number of its word, counted from 0; a special token is a word of its own.

    Taken from the axis (`geometry["words"]`) where it is there; else from the marks of the tokenizer: `##` goes on with
    a word, a blank (also written Ġ or ▁) begins one; without any marks each token is a word, as it is split.
    """
    known = axis.geometry.get("words")
    if isinstance(known, list) and len(known) == len(axis):
        return _counted(known)
    alone = set(special(axis))
    labels = axis.labels
    hashes = any(label.startswith("##") for label in labels)
    blanks = any(label[:1] in _BLANK and label for label in labels)
    number, out = -1, []
    for i, label in enumerate(labels):
        goes_on = label.startswith("##") if hashes else blanks and label[:1] not in _BLANK and _joins(labels[i - 1], label)
        if i == 0 or i in alone or i - 1 in alone or not goes_on:
            number += 1
        out.append(number)
    return out


def _joins(before: str, label: str) -> bool:
    """Two letters or digits that touch are of one word; a punctuation mark is none."""
    return bool(before and label) and before[-1].isalnum() and label[0].isalnum()


def _counted(names: list[object]) -> list[int]:
    """Runs of equal names numbered from 0."""
    number, out = -1, []
    for i, name in enumerate(names):
        if i == 0 or name != names[i - 1]:
            number += 1
        out.append(number)
    return out
