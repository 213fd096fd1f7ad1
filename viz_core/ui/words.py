"""Languages: which one the reader wants, and `_()` for every sentence that a page shows.

Catalogues lie in `locale/<language>/LC_MESSAGES/viz_core.po` (for translators) and `.mo` (what is read).
"""

from __future__ import annotations

import gettext
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import streamlit as st

from viz_core.ui import address

LOCALE = Path(__file__).parent / "locale"
LANGUAGES = {"en": "English", "zh_CN": "简体中文"}


def _(message: str) -> str:
    """The message in the reader's language."""
    return translation(language())(message)


def translation(code: str) -> Callable[[str], str]:
    """English message → message in a language; for use outside a run of the page as well."""
    return lambda message: message if code == "en" or not message else _catalogue(code).gettext(message)


def N_(message: str) -> str:  # noqa: N802 (gettext's customary name for "translate later")
    """Marks a message for the catalogue where it cannot be translated yet."""
    return message


def language() -> str:
    """The reader's language, one of `LANGUAGES`: the selector's; before it is drawn, what the address or the browser says."""
    if "lang" in st.session_state:
        return st.session_state["lang"]
    asked = _code(st.query_params.get("lang", ""))
    return asked if asked in LANGUAGES else _of_browser()


def choose() -> None:
    """The language selector, bound to `lang` in the address; the browser's language is the default."""
    address.take("lang", _of_browser(), _read, sticky=True)
    st.segmented_control("Language · 语言", list(LANGUAGES), format_func=LANGUAGES.get, key="lang", required=True)


def _of_browser() -> str:
    return "zh_CN" if str(st.context.locale or "").lower().startswith("zh") else "en"


def _code(text: str) -> str:
    """`zh`, `zh-CN` and `zh_CN` mean the same."""
    return "zh_CN" if text.lower() in ("zh", "zh-cn", "zh_cn") else text


def _read(text: str) -> str:
    return address.one_of(LANGUAGES, _("language"))(_code(text))


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(code: str) -> gettext.NullTranslations:
    return gettext.translation("viz_core", LOCALE, languages=[code], fallback=True)
