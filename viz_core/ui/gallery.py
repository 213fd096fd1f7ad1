"""The home page's pictures, one for every other page."""

from __future__ import annotations

import streamlit as st

from viz_core.ui import frame
from viz_core.ui.pictures import PICTURES
from viz_core.ui.words import _

IN_A_ROW = 3


def show() -> None:
    """A card for every page: its picture, one sentence, the link."""
    found = [page for page in frame.pages() if page.path.stem != frame.HOME]
    for start in range(0, len(found), IN_A_ROW):
        for column, page in zip(st.columns(IN_A_ROW), found[start : start + IN_A_ROW], strict=False):
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
