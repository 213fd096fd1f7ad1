"""`beam`: a beam search laid out by rank, column by column, so that even 16 hypotheses × 20 steps can be read."""

from __future__ import annotations

from collections import Counter

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from viz_core.figures import theme
from viz_core.figures.panels import NODE, SOURCE, Plot, Points, Reveal
from viz_core.figures.words import _
from viz_core.trace import BeamTree, InputError, Trace

PIECE = "▁"  # begins a subword that begins a word (Kudo & Richardson 2018)
FEW_ROWS = 8  # up to so many rows there is room for the score below every token
COLUMN = 9  # columns that fit with whole tokens
LENGTHS = ((COLUMN, 12, 84), (2 * COLUMN, 7, 60), (10**9, 4, 40))  # up to so many columns: characters of a token, pixels of a column


def beam(trace: Trace, pruned: bool = False) -> go.Figure:
    """The beam tree: x = step, top to bottom = rank within the step, a line from every hypothesis to its continuations.

    pruned: draw the candidates that were cut off as well (hollow), below the kept ones; otherwise their number stands
    below each column. The best output is drawn in bold. customdata of the last trace is the node index; nodes that are
    not drawn have no position. Raises InputError when the trace has no tree.
    """
    tree = _tree(trace)
    y = place(tree, pruned)
    rows = int(np.nanmax(y)) + 1
    figure = go.Figure(layout=theme.layout(_("Beam search, width {n}").format(n=tree.options.get("width", "?"))))
    best = set(tree.path(tree.best[0])) if tree.best else set()
    drawn = [node for node in range(1, len(tree)) if np.isfinite(y[node])]
    for name, nodes, style in (
        (_("cut off"), [n for n in drawn if tree.status[n] == "pruned"], dict(width=0.6, color=theme.STATUS["pruned"])),
        (_("kept"), [n for n in drawn if tree.status[n] != "pruned" and n not in best], dict(width=1.2, color=theme.STATUS["kept"])),
        (_("best output"), [n for n in drawn if n in best], dict(width=3.5, color=theme.STATUS["finished"])),
    ):
        if nodes:
            x, line = _edges(tree, y, np.array(nodes))
            faint = 0.5 if style["color"] == theme.STATUS["pruned"] else 1.0  # there are many of them
            figure.add_scatter(x=x, y=line, mode="lines", line=style, name=name, hoverinfo="skip", opacity=faint)
    if not pruned:
        _counts(figure, tree, rows)
    _nodes(figure, tree, y, rows, best)
    last = int(tree.step.max())
    marks = list(range(0, last + 1, max(1, (last + 1) // 20)))
    figure.update_xaxes(range=[-1.6, last + 0.9], tickvals=marks, ticktext=[str(s + 1) for s in marks], showgrid=False,
                        title=dict(text=_("step (top: best total so far)")))  # fmt: skip
    figure.update_yaxes(visible=False, range=[rows + 0.1, -0.75])
    figure.update_layout(height=int((46 if rows <= FEW_ROWS else 30 if rows <= 18 else 22) * (rows + 1) + 110),
                         legend=dict(orientation="h", x=0, y=1.01, yanchor="bottom"))  # fmt: skip
    return figure


def beam_panel(trace: Trace, pruned: bool = False) -> Plot:
    """`beam` for the player: revealed step by step; a hovered hypothesis lights its attention row in the other panels."""
    tree = _tree(trace)
    figure = beam(trace, pruned)
    figure.update_layout(title_text="")
    last = len(trace) - 1
    edges = tuple(step + 0.6 if step < last else float(tree.step.max()) + 2 for step in range(len(trace)))
    text = tuple("\n".join(node_lines(tree, node)) for node in range(len(tree)))
    points = Points(len(figure.data) - 1, NODE, tree.attention, SOURCE, tuple(int(s) for s in tree.step), tree.token, text, tuple(int(p) for p in tree.parent))
    width = 60 + _room(tree)[1] * (int(tree.step.max()) + 1)
    return Plot(_("Beam search: every hypothesis"), figure, None, Reveal("x", edges), None, points, wide=True, width=width)


def place(tree: BeamTree, pruned: bool) -> NDArray:
    """Row of every node within its step, best total on top, f64[node]; NaN for pruned nodes unless they are asked for."""
    y = np.full(len(tree), np.nan)
    cut = np.array([status == "pruned" for status in tree.status])
    for step in np.unique(tree.step):
        nodes = np.flatnonzero((tree.step == step) & (pruned | ~cut))
        y[nodes[np.lexsort((tree.rank[nodes], cut[nodes]))]] = np.arange(len(nodes))
    return y


def partial_text(tree: BeamTree, node: int) -> str:
    """The output up to a node as a person reads it: pieces joined to words."""
    tokens = [tree.token[n] for n in tree.path(node)]
    if any(PIECE in token for token in tokens):
        return "".join(tokens).replace(PIECE, " ").strip()
    return " ".join(tokens)


def readable(token: str) -> str:
    """A token without the mark of a word's beginning."""
    return token.replace(PIECE, "") or token


def node_lines(tree: BeamTree, node: int) -> list[str]:
    """All about a node, line by line: partial output, token, numbers, rank, status and why it was cut off."""
    lines = [partial_text(tree, node) or _("(nothing yet)")]
    if node == 0:
        return lines
    reason = f": {tree.reason[node]}" if tree.reason[node] else ""
    return [
        *lines,
        _("token {token}: log p = {p} nats").format(token=tree.token[node], p=_signed(tree.log_prob[node])),
        _("total Σ log p = {t}, normalised score = {s}").format(t=_signed(tree.total[node]), s=_signed(tree.score[node])),
        _("rank {r} of its step").format(r=int(tree.rank[node]) + 1),
        status_word(tree.status[node]) + reason,
    ]


def status_word(status: str) -> str:
    """A node's status as a reader knows it."""
    return {"root": _("start"), "kept": _("kept"), "finished": _("finished"), "pruned": _("cut off")}[status]


def _tree(trace: Trace) -> BeamTree:
    if trace.tree is None:
        raise InputError("this trace has no beam tree; run it with decoding='beam'")
    return trace.tree


def _nodes(figure: go.Figure, tree: BeamTree, y: NDArray, rows: int, best: set[int]) -> None:
    """Markers with tokens; scores below them while there is room."""
    labels = [theme.plain(theme.shorten(readable(token), _room(tree)[0])) if token else "" for token in tree.token]
    if rows <= FEW_ROWS:
        labels = [f"{label}<br><sub>{_signed(tree.score[n])}</sub>" if n else label for n, label in enumerate(labels)]
    figure.add_scatter(
        x=np.where(np.isfinite(y), tree.step, np.nan), y=y, mode="markers+text", customdata=np.arange(len(tree)),
        name=_("hypotheses"), showlegend=False, text=labels, textposition="top center", textfont=dict(size=12 if rows <= 18 else 10),
        hovertext=["<br>".join(map(theme.plain, node_lines(tree, node))) for node in range(len(tree))], hoverinfo="text",
        marker=dict(
            size=[11 if n in best else 8 for n in range(len(tree))], color=[theme.STATUS[status] for status in tree.status],
            symbol=["circle-open" if s == "pruned" else "square" if s == "finished" else "circle" for s in tree.status],
        ),
    )  # fmt: skip


def _room(tree: BeamTree) -> tuple[int, int]:
    """Characters of a token and pixels of a column."""
    columns = int(tree.step.max()) + 1
    return next((length, pixels) for most, length, pixels in LENGTHS if columns <= most)


def _counts(figure: go.Figure, tree: BeamTree, rows: int) -> None:
    """How many candidates each step cut off, below its column."""
    cut = Counter(int(step) for step, status in zip(tree.step, tree.status, strict=True) if status == "pruned")
    figure.add_scatter(
        x=list(cut), y=[rows - 0.4] * len(cut), mode="text", text=[f"+{n}" for n in cut.values()], showlegend=False,
        textfont=dict(color=theme.MASKED, size=11), hoverinfo="skip",
    )  # fmt: skip


def _edges(tree: BeamTree, y: NDArray, nodes: NDArray) -> tuple[NDArray, NDArray]:
    """x and y of lines parent → node, broken by NaN."""
    parents, gap = tree.parent[nodes], np.full(len(nodes), np.nan)
    return np.stack([tree.step[parents], tree.step[nodes], gap], 1).ravel(), np.stack([y[parents], y[nodes], gap], 1).ravel()


def _signed(value: float) -> str:
    return f"{value:.3f}".replace("-", "−")
