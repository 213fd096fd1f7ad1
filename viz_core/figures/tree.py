"""`tree`: every hypothesis a beam search looked at, column by column."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from viz_core.figures import theme
from viz_core.figures.words import _
from viz_core.trace import BeamTree, InputError, Trace

ROW = 26  # pixels a leaf


def tree(trace: Trace) -> go.Figure:
    """The beam tree: x = step, a line from every hypothesis to its continuations, the best path in bold.

    Hover names the partial output, log p of the token, the total, the ranking score and why a node was pruned.
    customdata of the last trace is the node index. Raises InputError when the trace has no tree.
    """
    if trace.tree is None:
        raise InputError("this trace has no beam tree; run it with decoding='beam'")
    beam = trace.tree
    y = place(beam)
    figure = go.Figure(layout=theme.layout(_("Beam search, width {n}").format(n=beam.options.get("width", "?")), 100))
    best = set(beam.path(beam.best[0])) if beam.best else set()
    inner = np.arange(1, len(beam))
    for name, nodes, style in (
        (_("looked at"), [n for n in inner if n not in best], dict(width=1, color=theme.STATUS["pruned"])),
        (_("best"), [n for n in inner if n in best], dict(width=3, color=theme.STATUS["finished"])),
    ):
        x, line_y = _edges(beam, y, np.array(nodes, int))
        figure.add_scatter(x=x, y=line_y, mode="lines", line=style, name=name, hoverinfo="skip")
    figure.add_scatter(
        x=beam.step, y=y, mode="markers+text", customdata=np.arange(len(beam)), name=_("hypotheses"), showlegend=False,
        text=[theme.plain(theme.shorten(token, 12)) for token in beam.token], textposition="top center",
        hovertext=["<br>".join(map(theme.plain, node_lines(beam, node))) for node in range(len(beam))], hoverinfo="text",
        marker=dict(size=9, color=[theme.STATUS[status] for status in beam.status],
                    symbol=["circle-open" if status == "pruned" else "circle" for status in beam.status]),
    )
    last = int(beam.step.max())
    shown = list(range(0, last + 1, max(1, last // 20)))
    figure.update_xaxes(range=[-1.5, last + 1.2], tickvals=shown, ticktext=[str(s + 1) for s in shown], title=dict(text=_("step")))
    figure.update_yaxes(visible=False, range=[float(y.max()) + 0.6, -1.0])
    figure.update_layout(height=int(min(max((y.max() + 1) * ROW + 130, 260), 900)), legend=dict(orientation="h", x=0, y=1.02, yanchor="bottom"))
    return figure


def place(beam: BeamTree) -> NDArray:
    """y of every node, f64[node]: leaves on rows of their own, in order of rank; a parent in the middle of its children."""
    children: list[list[int]] = [[] for _node in range(len(beam))]
    for node in range(1, len(beam)):
        children[beam.parent[node]].append(node)
    y = np.zeros(len(beam))
    row = 0
    stack = [(0, False)]
    while stack:  # depth first without recursion: trees may be deeper than Python's stack
        node, seen = stack.pop()
        if seen:
            y[node] = np.mean([y[child] for child in children[node]])
        elif children[node]:
            stack.append((node, True))
            stack += [(child, False) for child in sorted(children[node], key=lambda n: -beam.rank[n])]
        else:
            y[node] = row
            row += 1
    return y


def node_lines(beam: BeamTree, node: int) -> list[str]:
    """What a person reads when pointing at a node, line by line."""
    said = " ".join(beam.token[n] for n in beam.path(node)) or _("(nothing yet)")
    lines = [said]
    if node:
        lines.append(_("log p = {p} nats, total {t}, score {s}, rank {r}").format(
            p=f"{beam.log_prob[node]:.3f}", t=f"{beam.total[node]:.3f}", s=f"{beam.score[node]:.3f}", r=int(beam.rank[node]) + 1
        ))
        lines.append(beam.status[node] + (f": {beam.reason[node]}" if beam.reason[node] else ""))
    return lines


def _edges(beam: BeamTree, y: NDArray, nodes: NDArray) -> tuple[NDArray, NDArray]:
    """x and y of lines parent → node, broken by NaN."""
    gap = np.full(len(nodes), np.nan)
    parents = beam.parent[nodes] if len(nodes) else nodes
    x = np.stack([beam.step[parents], beam.step[nodes], gap], 1).ravel()
    return x, np.stack([y[parents], y[nodes], gap], 1).ravel()
