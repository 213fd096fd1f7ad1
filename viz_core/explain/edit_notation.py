"""Edits as short text of letters, digits, `.`, `-`, `_` and `~`, which an address carries as it is.

One edit is its fields with dots between, `_` for "every"; edits have `~` between:
`off.SITE.LAYER.HEAD.HOW`, `edge.SITE.LAYER.HEAD.QUERY.KEY`, `temp.SITE.LAYER.HEAD.HUNDREDTHS`,
`row.SITE.LAYER.HEAD.QUERY.KEYS.KEY-PARTS.…` with the weights that are not 0 in ten-thousandths (parts).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from viz_core.layers.edits import AblateHead, BlockEdge, Edit, SetWeights, Temperature
from viz_core.trace import InputError

PARTS = 10_000
MOST_KEYS = 4_096
FORMS = "off.SITE.LAYER.HEAD.HOW, edge.SITE.LAYER.HEAD.QUERY.KEY, temp.SITE.LAYER.HEAD.HUNDREDTHS or row.SITE.LAYER.HEAD.QUERY.KEYS.KEY-PARTS"


def to_text(edits: Iterable[Edit]) -> str:
    """The edits as text that `parse` reads; weights rounded to ten-thousandths, temperatures to hundredths."""
    return "~".join(map(_written, edits))


def parse(text: str) -> tuple[Edit, ...]:
    """Edits from text; InputError names the edit that cannot be read."""
    return tuple(_read(part) for part in text.split("~") if part)


def rounded(weights: Sequence[float]) -> tuple[int, ...]:
    """Non-negative weights as whole ten-thousandths that sum to 10,000 exactly (largest remainders rounded up).

    Raises InputError when no weight is above 0.
    """
    total = float(sum(weights))
    if not total > 0 or min(weights) < 0:
        raise InputError(f"the weights sum to {total:.4g}; give numbers that are not negative, at least one above 0")
    exact = [weight / total * PARTS for weight in weights]
    parts = [int(value) for value in exact]
    order = sorted(range(len(parts)), key=lambda i: parts[i] - exact[i])
    for i in order[: PARTS - sum(parts)]:
        parts[i] += 1
    return tuple(parts)


def _written(edit: Edit) -> str:
    place = [_field(edit.site), _field(edit.layer), _field(edit.head)]
    if isinstance(edit, AblateHead):
        return ".".join(["off", *place, edit.how])
    if isinstance(edit, BlockEdge):
        return ".".join(["edge", *place, str(edit.query), str(edit.key)])
    if isinstance(edit, Temperature):
        return ".".join(["temp", *place, str(round(edit.value * 100))])
    parts = [f"{key}-{part}" for key, part in enumerate(rounded(edit.weights)) if part]
    return ".".join(["row", *place, str(edit.query), str(len(edit.weights)), *parts])


def _field(value: object) -> str:
    return "_" if value is None else str(value)


def _read(text: str) -> Edit:
    kind, *fields = text.split(".")
    try:
        site, layer, head = (None if field == "_" else field for field in fields[:3])
        place = {"layer": None if layer is None else _whole(layer), "head": None if head is None else _whole(head), "site": site}
        rest = fields[3:]
        if kind == "off" and len(rest) == 1:
            return AblateHead(how=rest[0], **place)  # type: ignore[arg-type]
        if kind == "edge" and len(rest) == 2:
            return BlockEdge(_whole(rest[0]), _whole(rest[1]), **place)  # type: ignore[arg-type]
        if kind == "temp" and len(rest) == 1:
            return Temperature(_whole(rest[0]) / 100, **place)  # type: ignore[arg-type]
        if kind == "row" and len(rest) >= 3:
            return SetWeights(query=_whole(rest[0]), weights=_weights(_whole(rest[1]), rest[2:]), **place)  # type: ignore[arg-type]
    except (ValueError, IndexError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"the edit {text[:60]!r} cannot be read; write {FORMS}") from error
    raise InputError(f"the edit {text[:60]!r} cannot be read; write {FORMS}")


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ValueError(text)
    return int(text)


def _weights(keys: int, parts: Sequence[str]) -> tuple[float, ...]:
    """The row of `keys` weights with the given ten-thousandths."""
    if not 0 < keys <= MOST_KEYS:
        raise InputError(f"a row of {keys} weights cannot be set; give 1 to {MOST_KEYS}")
    row = [0.0] * keys
    for part in parts:
        key, count = part.split("-")
        row[_whole(key)] = _whole(count) / PARTS
    return tuple(row)
