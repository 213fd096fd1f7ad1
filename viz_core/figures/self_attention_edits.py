"""Numbers that a reader changed, as the address keeps them: `x.0.1~2.5_q.0.1.5~-3`.

A key names the tensor, its head (tensors that all heads share have none), and the indices; word indices are those of the
text as written, so that a changed number stays with its word when the words are shuffled.
"""

from __future__ import annotations

import math
import re

from viz_core.figures.words import _
from viz_core.models.self_attention import Numbers
from viz_core.trace.errors import InputError

MOST = 60
LARGEST = 1e30
SCORES = ("e", "s", "m")  # −∞ is a mask there
WEIGHTS = ("wq", "wk", "wv", "wo", "bq", "bk", "bv", "aq", "ak", "av", "beta")
_EDIT = re.compile(r"([a-z]{1,4})((?:\.\d{1,4}){2,4})~(-inf|-?\d+\.?\d*(?:e-?\d{1,3})?)")


def check(text: str, numbers: Numbers) -> str:
    """The text when every part of it can be used; InputError names the first that cannot."""
    parts = text.split("_") if text else []
    if len(parts) > MOST:
        raise InputError(_("the link changes {n} numbers; it may change at most {most}").format(n=len(parts), most=MOST))
    for part in parts:
        _check(part, numbers)
    return text


def of_weights(text: str) -> str:
    """The edits that do not belong to a word: those of weights, biases and β, kept when other words are read."""
    return "_".join(part for part in text.split("_") if part.split(".")[0] in WEIGHTS)


def _check(part: str, numbers: Numbers) -> None:
    found = re.fullmatch(_EDIT, part)
    sizes = _sizes(numbers)
    if found is None or found[1] not in sizes:
        raise InputError(_("the changed number {value} in the link cannot be read; it should look like x.0.1~2.5").format(value=repr(part[:40])))
    indices, limits = [int(index) for index in found[2].split(".")[1:]], sizes[found[1]]
    if len(indices) != len(limits) or any(index >= limit for index, limit in zip(indices, limits, strict=True)):
        shape = " × ".join(map(str, limits))
        raise InputError(_("the changed number {value} in the link has no place; the sizes there are {shape}, counted from 0").format(value=repr(part[:40]), shape=shape))
    value = -math.inf if found[3] == "-inf" else float(found[3])
    if not abs(value) <= LARGEST and not (value == -math.inf and found[1] in SCORES):
        raise InputError(_("the changed number {value} in the link is too large; give at most 1e30").format(value=repr(part[:40])))


def _sizes(numbers: Numbers) -> dict[str, tuple[int, ...]]:
    """How many indices each place of a key has, the larger of the sizes with and without projections."""
    heads, words, width, depth = numbers.heads, len(numbers.words), numbers.x.shape[1], numbers.depth
    hidden, most = numbers.additive[0].shape[2], max(width, depth)
    sizes: dict[str, tuple[int, ...]] = {
        "x": (words, width), "wo": (heads * depth, width), "c": (words, max(heads * depth, width)), "o": (words, width),
        "beta": (1, 1), "p": (heads, words, words, most), "aq": (heads, most, hidden), "ak": (heads, most, hidden), "av": (heads, 1, hidden),
    }  # fmt: skip
    sizes |= {f"w{name}": (heads, width, depth) for name in "qkv"}
    sizes |= {name: (heads, words, most) for name in "qkvz"}
    sizes |= {name: (heads, words, words) for name in "esma"}
    return sizes | ({f"b{name}": (heads, 1, depth) for name in "qkv"} if numbers.biases is not None else {})
