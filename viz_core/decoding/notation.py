"""Decoding options as one line of text (for addresses and the command line) and as mappings.

`greedy`, `sampling:temperature=0.8,top_k=20,seed=3`, `beam:width=4,length_penalty=0.6,normalisation=wu`,
`forced:reference=I am Chinese.` or `forced:ids=17.9.3`; a prefix is ids and holes with dots between:
`beam:width=2,prefix=17._.4`.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import fields

from viz_core.decoding.options import METHODS, Decoding
from viz_core.trace.errors import InputError

HOLE = "_"  # a step of a prefix at which nothing is forced
WHOLE = {"max_steps", "top_k", "seed", "width", "n_best"}
REAL = {"temperature", "top_p", "length_penalty"}


def parse(value: Decoding | str | Mapping[str, object]) -> Decoding:
    """Options from text, from a mapping with `method` and option names (values may be text), or as they are.

    Raises InputError that names the method, option or value that cannot be used.
    """
    if isinstance(value, Decoding):
        return value
    if isinstance(value, str):
        value = _split(value)
    if not isinstance(value, Mapping):
        raise InputError(f"decoding is a {type(value).__name__}; give {', '.join(METHODS)}, or options such as Beam(width=4)")
    given = dict(value)
    method = str(given.pop("method", "greedy"))
    cls = METHODS.get(method)
    if cls is None:
        raise InputError(f"decoding method {method[:40]!r} is unknown; use one of {', '.join(METHODS)}")
    if method == "forced" and "ids" in given:
        given["reference"] = _ids(given.pop("ids"))
        if isinstance(given["reference"], str):
            raise InputError(f"ids is {given['reference'][:40]!r}; give whole numbers with dots between, or the text as reference=")
    known = [field.name for field in fields(cls)]
    for name in given:
        if name not in known:
            close = difflib.get_close_matches(str(name), known, n=1)
            hint = f"did you mean {close[0]!r}" if close else f"it has {', '.join(known)}"
            raise InputError(f"{method} decoding has no option {str(name)[:40]!r}; {hint}")
    return cls(**{str(name): _value(str(name), item) for name, item in given.items()})


def to_text(decoding: Decoding) -> str:
    """One line that `parse` reads back to equal options; only options that differ from the default are written."""
    out = []
    for field in sorted(fields(decoding), key=lambda field: field.name == "reference"):  # the reference takes the rest
        value = getattr(decoding, field.name)
        if value == field.default:
            continue
        name = "ids" if field.name == "reference" and isinstance(value, tuple) else field.name
        out.append(f"{name}=" + (".".join(HOLE if i is None else str(i) for i in value) if isinstance(value, tuple) else str(value)))
    return decoding.method + (":" + ",".join(out) if out else "")


def _split(text: str) -> dict[str, object]:
    method, _, rest = text.partition(":")
    out: dict[str, object] = {"method": method.strip()}
    while rest.strip():
        part, rest = (rest, "") if rest.lstrip().startswith("reference=") else rest.split(",", 1) if "," in rest else (rest, "")
        name, equals, value = part.partition("=")
        if not equals:
            raise InputError(f"decoding option {part[:40]!r} has no value; write name=value, with commas between, as in beam:width=4")
        out[name.strip()] = value.strip()
    return out


def _value(name: str, value: object) -> object:
    """Text as the number or list that the option wants; what is neither stays, and the option's own check names it."""
    if not isinstance(value, str):
        return value
    try:
        if name in WHOLE:
            return int(value)
        if name in REAL:
            return float(value)
    except ValueError:
        return value
    return _ids(value) if name == "prefix" else value


def _ids(value: object) -> object:
    """`17._.4` as (17, None, 4); anything else as it is."""
    parts = value.split(".") if isinstance(value, str) and value else []
    if not parts or not all(part == HOLE or (part.isascii() and part.isdigit()) for part in parts):
        return value
    return tuple(None if part == HOLE else int(part) for part in parts)
