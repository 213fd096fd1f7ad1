"""The one place where a reader hears what went wrong: one sentence that names the value, what was expected, the remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from viz_core.ui.words import _, language
from viz_core.trace.errors import InputError
from viz_core.ui.sentences import translated

_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$<>:])")


@contextmanager
def told() -> Iterator[None]:
    """Shows an InputError of the block as a sentence; the page goes on below it and keeps every input."""
    try:
        yield
    except InputError as error:
        tell(error)
    except PermissionError as error:
        name = error.filename or "?"
        tell(_("the file {name} cannot be written; make its folder writable for the user who runs the app, then reload").format(name=name))


def tell(error: InputError | str) -> None:
    """One sentence in a red box."""
    st.error(plain(sentence(translated(str(error)))), icon=":material/error:")


def sentence(text: str) -> str:
    """One line that begins with a capital and ends with a full stop."""
    line = " ".join(text.split())
    stop = "。" if language() == "zh_CN" else "."
    return line[:1].upper() + line[1:] + ("" if line.endswith((".", "!", "?", "。")) else stop)


def plain(text: str) -> str:
    """Text as Streamlit shall show it, its Markdown taken literally."""
    return _MARKS.sub(r"\\\1", text)
