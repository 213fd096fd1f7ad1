"""The equations of a paper with the real numbers of each step: `Quantity` → what the player's formula panel reads."""

from __future__ import annotations

import re
from functools import lru_cache
from xml.etree import ElementTree

import latex2mathml.converter
import numpy as np

from viz_core.figures import pack
from viz_core.figures.words import _
from viz_core.trace import Quantity

_MATHML_TAG = re.compile(r"\{http://www\.w3\.org/1998/Math/MathML\}(math|semantics|annotation|m[a-z]+)")
HEAD = 5  # numbers of a tensor that are always sent, exact to five digits


@lru_cache(maxsize=2048)
def mathml(latex: str, display: str = "inline") -> str:
    """LaTeX as MathML, which browsers draw without any library; "" when it cannot be converted (the LaTeX is shown then).

    The converter does not escape what stands in \\text{…}, so the result must be well-formed MathML and nothing else; the
    player checks it once more before it enters the page.
    """
    if not latex:
        return ""
    try:
        markup = latex2mathml.converter.convert(latex, display=display)
        tags = [node.tag for node in ElementTree.fromstring(markup).iter()]
    except Exception:  # a trace from a file may hold any text here; the converter has no common error class
        return ""
    return markup if all(re.fullmatch(_MATHML_TAG, tag) for tag in tags) else ""


def definition(quantity: Quantity, ids: dict[tuple[str, ...], str]) -> dict[str, object]:
    """What does not change from step to step: name, symbol, equation, source, axes.

    ids: position id by axis labels, so that a vector over the source tokens links with the other panels.
    """
    return {
        "name": tensor_name(quantity.name),
        "symbol": mathml(quantity.symbol) or None,
        "latex": quantity.symbol,
        "equation": mathml(quantity.equation, "block") or None,
        "equation_latex": quantity.equation,
        "source": quantity.source,
        "axes": [{"one": _kind_word(axis.kind)[0], "many": _kind_word(axis.kind)[1], "id": ids.get(axis.labels)} for axis in quantity.axes],
        "labels": list(quantity.axes[0].labels) if len(quantity.axes) == 1 and quantity.axes[0].kind != "channel" else None,
    }


def tensor_name(name: str) -> str:
    """A tensor's name in the reader's language; of one in a box of a layered model ("decoder 2 cross-attention · scores"),
    box and tensor."""
    box, dot, tensor = name.rpartition(" · ")
    number = re.search(r"\d+", box)
    if not dot:
        return _(name)
    place = _(box) if number is None else _(box.replace(number[0], "layer {n}", 1)).format(n=int(number[0]))
    return f"{place} · {_(tensor)}"


def _kind_word(kind: str) -> tuple[str, str]:
    """The axis kind as a reader's word, for one and for several."""
    return {
        "token": (_("token"), _("tokens")), "patch": (_("patch"), _("patches")), "frame": (_("frame"), _("frames")),
        "cell": (_("memory cell"), _("cells")), "point": (_("point"), _("points")), "sentence": (_("sentence"), _("sentences")),
        "node": (_("node"), _("nodes")), "channel": (_("channel"), _("channels")), "step": (_("step"), _("steps")),
        "vocabulary": (_("vocabulary"), _("vocabulary")), "layer": (_("layer"), _("layers")), "head": (_("head"), _("heads")),
    }[kind]  # fmt: skip


def numbers(quantity: Quantity) -> dict[str, object]:
    """What is sent for every step: shape and the first numbers."""
    values = np.asarray(quantity.values)
    return {"shape": list(values.shape), "head": [pack.brief(float(x)) for x in values.ravel()[:HEAD]]}


def same_tensor(quantity: Quantity) -> tuple[str, str, str, str, int, tuple[str, ...]]:
    """Quantities with equal keys are the same tensor at different steps."""
    labels = quantity.axes[0].labels if len(quantity.axes) == 1 and quantity.axes[0].kind != "channel" else ()
    return (quantity.name, quantity.symbol, quantity.equation, quantity.source, len(quantity.axes), labels)
