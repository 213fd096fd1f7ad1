"""A box that one of many options is chosen from, and stays chosen whatever it is called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import streamlit as st

T = TypeVar("T")


class _Drawn(NamedTuple):
    """What the box held when it was last drawn."""

    chosen: Any
    names: list[str]


def select(label: str, options: Sequence[T], name: Callable[[T], str], key: str, first: T | None = None, **shown: Any) -> T:
    """Draws the box and returns the chosen option; `first` (without it the first of all) to begin with and when the one
    before is no option any more. name: what an option is called; key: of the choice in `st.session_state`; shown: what else
    `st.selectbox` takes.

    Streamlit knows a choice by what it is called on the screen. Once an option's name changes (another language, another
    output), the browser still sends the old one, and `st.session_state[key]` is that text, of no use to anybody; so the
    choice is kept here, and the browser is told its new name.
    """
    names, before = [name(option) for option in options], st.session_state.get(_kept(key))
    value = st.session_state.get(key)
    if value not in options and isinstance(value, str) and before is not None:
        value = before.chosen
    if value not in options:
        value = options[0] if first is None else first
    if key not in st.session_state or value != st.session_state[key] or (before is not None and before.names != names):
        st.session_state[key] = value
    chosen = st.selectbox(label, options, format_func=name, key=key, **shown)
    st.session_state[_kept(key)] = _Drawn(chosen, names)
    return chosen


def _kept(key: str) -> str:
    return f" chosen {key}"
