"""A chart that does not follow steps, in the page's own colours, light or dark."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st


def chart(figure: go.Figure, key: str) -> None:
    """Shows a figure under Streamlit's theme, its title above it; paper, ink and grid give way. key: unique on the page."""
    st.markdown(f"**{figure.layout.title.text}**")
    figure.update_layout(paper_bgcolor=None, plot_bgcolor=None, font_color=None, title_text="", margin_t=20)
    figure.for_each_xaxis(_uncoloured)
    figure.for_each_yaxis(_uncoloured)
    st.plotly_chart(figure, key=key, theme="streamlit", config={"displayModeBar": False})


def _uncoloured(axis: go.layout.XAxis | go.layout.YAxis) -> None:
    axis.update(gridcolor=None, linecolor=None)
