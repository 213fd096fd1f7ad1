"""The frame around every page: discovery, navigation, language, address.

A page is a file in `pages/`; nothing lists it anywhere else. It says about itself, as plain constants at its top:
TITLE, SUMMARY (one sentence for the home page) and ORDER (a number; the home page has 0). They are read without running
the file, so that a page costs nothing until it is opened.
"""

from __future__ import annotations

import ast
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import streamlit as st

from viz_core.ui import address, words
from viz_core.ui.words import _

PAGES = Path(__file__).parents[2] / "pages"
PICTURES = Path(__file__).parent / "pictures"
HOME = "home"
SIDEBAR = 236  # pixels
# Streamlit leaves a third of a wide page empty and squeezes columns on a narrow one; the pictures need the room.
STYLE = """<style>
.stMainBlockContainer { padding: 2.6rem 2.2rem 4rem; }
.stMainBlockContainer h1 { padding-top: 0; }
.stMainBlockContainer p { max-width: 62rem; }
.stColumn { min-width: min(100%, 14rem); }
.st-key-runs > div > .stHorizontalBlock > .stColumn, .st-key-runs > .stHorizontalBlock > .stColumn { min-width: min(100%, 26rem); }
</style>"""
_framed: ContextVar[bool] = ContextVar("viz_core_ui_framed", default=False)


@dataclass(frozen=True)
class About:
    """What a page says about itself. picture: a committed drawing of a real run, when there is one."""

    path: Path
    title: str
    summary: str
    order: float

    @property
    def picture(self) -> Path | None:
        found = PICTURES / f"{self.path.stem}.svg"
        return found if found.exists() else None


def run() -> None:
    """The whole app: one run of the page that is open."""
    st.set_page_config(page_title="Attention microscope", page_icon="🔬", layout="wide", initial_sidebar_state=SIDEBAR)
    found = pages()
    open_page = st.navigation(_navigation(found), expanded=True)
    address.begin(open_page.url_path)
    st.html(STYLE)
    with st.sidebar:
        words.choose()
    token = _framed.set(True)
    try:
        open_page.run()
        address.finish()
    finally:
        _framed.reset(token)


def _navigation(found: tuple[About, ...]) -> list:
    """Titles in the reader's language."""
    return [st.Page(page.path, title=_(page.title), default=page.path.stem == HOME) for page in found]


def pages(folder: Path = PAGES) -> tuple[About, ...]:
    """All pages in their order."""
    found = [_about(path, path.stat().st_mtime_ns) for path in folder.glob("*.py") if not path.name.startswith("_")]
    return tuple(sorted(found, key=lambda page: (page.order, page.title)))


@lru_cache(maxsize=256)
def _about(path: Path, changed: int) -> About:
    """The constants of a page's file. changed: its time of change, so that an edited file is read again."""
    constants: dict[str, object] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Constant):
            constants[node.targets[0].id] = node.value.value
    title = str(constants.get("TITLE", path.stem.replace("_", " ").capitalize()))
    return About(path, title, str(constants.get("SUMMARY", "")), float(constants.get("ORDER", 1000)))  # type: ignore[arg-type]


def head(title: str, intro: str) -> None:
    """A page's title and what it shows, in two sentences. Every page begins with it.

    When the first request to a fresh server names a page, Streamlit runs that file from `pages/` alone, without app.py;
    then the frame is put around it here.
    """
    if not _framed.get():
        run()
        st.stop()
    st.title(title)
    st.markdown(intro)
