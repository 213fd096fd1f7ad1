"""The home page's pictures, one for every other page."""

from __future__ import annotations

import streamlit as st

from viz_core.ui import frame
from viz_core.ui.pictures import PICTURES
from viz_core.ui.words import _

# Streamlit's columns do not go on in a second row without one card growing over the whole width.
GRID = """<style>
.st-key-gallery .stHorizontalBlock { display: grid; grid-template-columns: repeat(auto-fill, minmax(max(13.5rem, 30%), 1fr)); }
.st-key-gallery .stColumn { width: 100%; min-width: 0; }
</style>"""


def show() -> None:
    """A card for every page: its picture, one sentence, the link."""
    found = [page for page in frame.pages() if page.path.stem != frame.HOME]
    st.html(GRID)
    with st.container(key="gallery"):
        for column, page in zip(st.columns(len(found)), found, strict=True):
            with column.container(border=True, height="stretch"):
                _card(page)


def _card(page: frame.About) -> None:
    made = PICTURES.get(page.path.stem)
    query = dict(made.link) if made and page.picture else None  # the link opens the run of the picture
    st.page_link(str(page.path), query_params=query, label=f"**{_(page.title)}**", icon=":material/arrow_forward:", icon_position="right")
    if page.picture:
        alt = _("{title}: drawn from a real run").format(title=_(page.title))
        st.image(page.picture.read_text(encoding="utf-8"), width="stretch", alt=alt)
    st.markdown(_(page.summary))
