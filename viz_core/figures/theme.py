"""Colours and layout shared by every figure: readable in light and dark, and for colour-blind eyes."""

from __future__ import annotations

import plotly.graph_objects as go

Scale = list[tuple[float, str]]


def _scale(*colours: str) -> Scale:
    """Evenly spaced stops from 0 to 1."""
    return [(i / (len(colours) - 1), colour) for i, colour in enumerate(colours)]


# One hue, lightness changes monotonically, zero close to the page: nothing attended to looks like nothing.
WEIGHTS_LIGHT = _scale("#f4f6fb", "#c3d3f1", "#85a6e4", "#4672cc", "#234a9d", "#0f2557")
WEIGHTS_DARK = _scale("#171b26", "#213763", "#3260b4", "#6495e8", "#a9caf8", "#f0f6ff")
# Diverging around zero for quantities with a sign.
SIGNED_LIGHT = _scale("#8c3b00", "#e08a3c", "#f6f6f6", "#5b8bd8", "#163a86")
SIGNED_DARK = _scale("#ffb066", "#b3611b", "#20242f", "#3f73c4", "#a9caf8")

INK, PAPER, LINE = "#1f2430", "#ffffff", "#d9dce3"
MASKED = "#9aa0ab"
ACCENT = "#d9730d"  # hovered or chosen: orange against the blue of the weights
STATUS = {"root": "#6b7280", "kept": "#3563c0", "finished": "#15803d", "pruned": "#b0b5bf"}


def plain(label: str) -> str:
    """A label as Plotly shall show it: its pseudo-HTML (`<b>`, `<a>`, entities) is taken literally."""
    return label.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def layout(title: str, height: int = 360) -> go.Layout:
    """The common layout; the player replaces ink and paper by those of the page."""
    axis = dict(gridcolor=LINE, zeroline=False, linecolor=LINE, ticks="", automargin=True)
    return go.Layout(
        template=go.layout.Template(),
        title=dict(text=plain(title), x=0, xref="paper", font=dict(size=15)),
        font=dict(color=INK, size=13),
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        margin=dict(l=60, r=20, t=50, b=40),
        height=height,
        xaxis=axis,
        yaxis=axis,
        hovermode="closest",
    )


def ticks(labels: tuple[str, ...], limit: int = 64) -> dict[str, object]:
    """Axis settings that put a label at every position (every n-th when there are more than `limit`).

    A position is its index, so that equal labels stay apart.
    """
    stride = max(1, -(-len(labels) // limit))
    shown = list(range(0, len(labels), stride))
    return dict(tickmode="array", tickvals=shown, ticktext=[plain(shorten(labels[i])) for i in shown])


def shorten(label: str, length: int = 18) -> str:
    """At most `length` characters, an ellipsis for the rest; blanks made visible."""
    if not label.strip():
        return "␣"
    return label if len(label) <= length else label[: length - 1] + "…"
