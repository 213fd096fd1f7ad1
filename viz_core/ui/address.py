"""The page's state in its address, so that a link reopens the same view.

Streamlit's own `bind="query-params"` writes an option as it is displayed (a translated label) and drops values that it
cannot read without a word. Here the address holds stable names, whatever the language, and a value that cannot be used
is told to the reader. Each control is prepared by `take(key, …)` and drawn with the same `key`.

Who wins when address and controls differ: the controls if the reader changed one since the last run (the browser may
not have heard of the address we sent yet), otherwise the address (a link, or the browser's Back button).
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar

import streamlit as st

from viz_core.trace.errors import InputError

T = TypeVar("T")
LONGEST = 2000  # characters of one value; longer input is refused by every model and would only break the address
_STATE = " address"


@dataclass
class _Known:
    """What the address and the control held when we last looked. text: None for the default."""

    text: str | None
    value: Any
    default: Any
    write: Callable[[Any], str]


@dataclass
class _Address:
    """Everything about one session. taken: keys of this run. moved: the reader changed a control since the last run."""

    page: str
    known: dict[str, _Known]
    taken: dict[str, None]
    moved: bool = False
    turned: bool = False  # to another page


def begin(page: str) -> None:
    """At the start of a run of the page."""
    state: _Address = st.session_state.setdefault(_STATE, _Address(page, {}, {}))
    state.turned = state.page != page
    if state.turned:
        state.known, state.page = {}, page
    state.taken = {}
    state.moved = any(key in st.session_state and st.session_state[key] != k.value for key, k in state.known.items())


def take(
    key: str, default: T, read: Callable[[str], T] = str, write: Callable[[T], str] = str, sticky: bool = False
) -> T:
    """Puts the value of a control into `st.session_state[key]` before the control is drawn, and returns it.

    read: text of the address → value, InputError when it cannot be used (then the sentence is shown and the default
    taken). sticky: kept when the reader turns to another page.
    """
    state = _state()
    text = st.query_params.get(key)
    known = state.known.get(key)
    fresh = known is None or key not in st.session_state
    if fresh or (not state.moved and text != known.text):
        value = default
        if text is not None:
            value = _read(text, read, default)
        elif sticky and fresh and f"{_STATE} {key}" in st.session_state:
            value = st.session_state[f"{_STATE} {key}"]
        st.session_state[key] = value
        state.known[key] = _Known(text, value, default, write)
    elif isinstance(st.session_state[key], str) and isinstance(default, int | float):  # what an option was called, see `select`
        st.session_state[key] = known.value
    elif st.session_state[key] == known.default != default:  # an untouched control follows its default
        st.session_state[key] = default
    state.known[key].default, state.known[key].write = default, write
    state.taken[key] = None
    if sticky:
        st.session_state[f"{_STATE} {key}"] = st.session_state[key]
    return st.session_state[key]


def finish() -> None:
    """At the end of a run: writes what is not the default into the address, as one entry of the browser's history."""
    state = _state()
    before = {key: st.query_params.get_all(key) for key in st.query_params}
    after = {key: value for key, value in before.items() if key not in state.known}
    for key in state.taken:
        known, value = state.known[key], st.session_state.get(key)
        text = None if value == known.default or value is None else known.write(value)
        known.text, known.value = text if text is None or len(text) <= LONGEST else None, value
        if known.text is not None:
            after[key] = [known.text]
    state.known = {key: state.known[key] for key in state.taken}
    if after != before:
        st.query_params.from_dict(after)


def _state() -> _Address:
    """The session's address; a page that runs by itself (a test) begins here."""
    if _STATE not in st.session_state:
        begin("")
    return st.session_state[_STATE]


def _read(text: str, read: Callable[[str], T], default: T) -> T:
    from viz_core.ui.errors import tell

    try:
        return read(text)
    except InputError as error:
        tell(error)
        return default


def one_of(options: Collection[str], what: str) -> Callable[[str], str]:
    """A reader that accepts one of the options."""

    def read(text: str) -> str:
        if text in options:
            return text
        from viz_core.ui.words import _

        close = difflib.get_close_matches(text, options, n=1)
        sentence = _("{what} {value} is unknown; use {known}")
        raise InputError(sentence.format(what=what, value=repr(text[:60]), known=", ".join(close or filter(None, options))))

    return read


def whole(what: str, low: int, high: int) -> Callable[[str], int]:
    """A reader of whole numbers from low to high."""

    def read(text: str) -> int:
        if not (text.isascii() and text.removeprefix("-").isdigit()) or not low <= int(text[:20]) <= high:
            raise _outside(what, text, low, high)
        return int(text)

    return read


def real(what: str, low: float, high: float) -> Callable[[str], float]:
    """A reader of numbers from low to high."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            raise _outside(what, text, low, high)
        return value

    return read


def _outside(what: str, text: str, low: float, high: float) -> InputError:
    from viz_core.ui.words import _

    whole_numbers = isinstance(low, int) and isinstance(high, int)
    sentence = _("{what} is {value}; give a whole number from {low} to {high}") if whole_numbers else _("{what} is {value}; give a number from {low} to {high}")
    return InputError(sentence.format(what=what, value=repr(text[:60]), low=low, high=high))


def held(*keys: str) -> dict[str, str]:
    """What a link needs to carry these controls along: those that differ from their defaults."""
    known = {key: _state().known[key] for key in keys if key in _state().known}
    values = {key: (st.session_state.get(key), k) for key, k in known.items()}
    return {key: k.write(value) for key, (value, k) in values.items() if value is not None and value != k.default}


def reset(*keys: str) -> None:
    """Puts controls back to their defaults, those of the next run when they differ from today's."""
    known = _state().known
    for key in keys:
        if key in known:
            st.session_state[key] = known[key].default
