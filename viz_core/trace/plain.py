"""JSON values: the only things a record keeps beside text and arrays, so that every trace can be saved."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from viz_core.trace.errors import InputError

MAX_DEPTH = 32  # nested lists and mappings; deeper ones are a mistake (or an attack on a file)
MAX_WHOLE = 2**63 - 1
SIMPLE = frozenset((str, bool, type(None)))  # nothing to check or to copy


def plain(what: str, value: object, depth: int = 0) -> object:
    """A deep copy of `value` out of None, bool, int, finite float, str, list and dict with text keys.

    Tuples and NumPy arrays become lists and NumPy numbers become Python numbers, which is what a loaded trace holds.
    Raises InputError, naming `what`, for anything else.
    """
    if depth > MAX_DEPTH:
        raise InputError(f"{what} is nested more than {MAX_DEPTH} levels deep; give a flatter structure")
    if type(value) in SIMPLE:
        return value
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int) and abs(value) <= MAX_WHOLE:
        return int(value)
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    if isinstance(value, list | tuple):
        return [plain(what, item, depth + 1) for item in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {str(key): plain(f"{what}[{key!r}]", item, depth + 1) for key, item in value.items()}
    raise InputError(
        f"{what} holds {_short(value)}, which JSON cannot keep; "
        "use text, finite numbers, true, false, null, lists, and mappings with text keys"
    )


def plain_mapping(what: str, value: object) -> dict[str, object]:
    """`plain` for a mapping; InputError when it is something else."""
    if not isinstance(value, Mapping):
        raise InputError(f"{what} is {_short(value)}; give a mapping from names to JSON values")
    return plain(what, value)  # type: ignore[return-value]


def text(what: str, value: object) -> str:
    """`value` when it is text; InputError otherwise."""
    if not isinstance(value, str):
        raise InputError(f"{what} is {_short(value)}; give text")
    return value


def _short(value: object) -> str:
    """A value and its type for a message. Containers and large integers are named by type only."""
    simple = isinstance(value, float | str) or (isinstance(value, int) and abs(value) <= MAX_WHOLE)
    return f"{str(value)[:40]!r} ({type(value).__name__})" if simple else f"a value of type {type(value).__name__}"
