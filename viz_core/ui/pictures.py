"""The home page's pictures: `python -m viz_core.ui.pictures` runs the trained models and draws what really happened.

Small SVGs that read on light and dark pages: no background, grey letters, one blue whose strength is the number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

import numpy as np

from viz_core.trace import Trace

FOLDER = Path(__file__).parent / "pictures"
WIDTH, HEIGHT, EDGE = 420, 250, 14
INK, WEIGHT, BEST = "#7c8494", "#3b6fd4", "#d9730d"
FAINT = 0.15  # weights that a thumbnail leaves out


def alignment(trace: Trace) -> str:
    """The alignment matrix: a row an output token, a column a source word, strength = α."""
    rows = trace.attention(trace.sites[0])
    weights, columns = rows.map(), rows.key_axis.labels
    left, top = 88, 34
    wide, high = (WIDTH - left - EDGE) / len(columns), (HEIGHT - top - EDGE) / len(weights)
    marks = [_text(left + (j + 0.5) * wide, top - 12, label, "middle") for j, label in enumerate(columns)]
    for i, row in enumerate(weights):
        marks.append(_text(left - 10, top + (i + 0.65) * high, trace.steps[i].emitted.replace("▁", ""), "end"))
        marks += [_cell(left + j * wide, top + i * high, wide, high, float(value)) for j, value in enumerate(row)]
    return _svg(marks, f"{trace.source} → {trace.output}")


def beam(trace: Trace) -> str:
    """The beam tree: every hypothesis that was continued, the best one in orange."""
    tree = trace.tree
    assert tree is not None, "a beam search has a tree"
    kept = [n for n in range(1, len(tree)) if tree.status[n] != "pruned"]
    best = set(tree.path(tree.best[0]))
    steps = max(int(tree.step[n]) for n in kept) + 1
    levels = [[n for n in kept if tree.step[n] == step] for step in range(steps)]
    place = {0: (EDGE, HEIGHT / 2)}
    for step, nodes in enumerate(levels):
        for k, node in enumerate(sorted(nodes, key=lambda n: place[int(tree.parent[n])][1])):
            place[node] = (EDGE + (step + 1) * (WIDTH - 4 * EDGE) / steps, HEIGHT * (k + 1) / (len(nodes) + 1))
    marks = []
    for node in sorted(kept, key=lambda n: n in best):
        (x0, y0), (x1, y1) = place[int(tree.parent[node])], place[node]
        colour, width = (BEST, 2.5) if node in best else (WEIGHT, 1)
        marks.append(f'<path d="M{x0:.0f} {y0:.0f}L{x1:.0f} {y1:.0f}" stroke="{colour}" stroke-width="{width}"/>')
        marks.append(_text(x1, y1 - 6, tree.token[node].replace("▁", ""), "middle", 11, BEST if node in best else INK))
    return _svg(marks, f"{trace.source} → {trace.output}")


def gates(trace: Trace) -> str:
    """The forget gate: a column a step, a row a channel, strength = how much of the cell is kept."""
    values = trace.series("forget gate")[:, :40]
    left, top = EDGE, 34
    wide, high = (WIDTH - 2 * EDGE) / len(values), (HEIGHT - top - EDGE) / values.shape[1]
    marks = [_text(left + (i + 0.5) * wide, top - 12, step.emitted.replace("▁", ""), "middle", 12) for i, step in enumerate(trace.steps)]
    marks += [_cell(left + i * wide, top + j * high, wide, high, float(v)) for (i, j), v in np.ndenumerate(values)]
    return _svg(marks, f"{trace.source} → {trace.output}")


def wall(trace: Trace) -> str:
    """Heads of an encoder: a row a layer, a column a head, each a map of who attends to whom."""
    rows, columns = len(trace.steps), 6
    wide, high = (WIDTH - EDGE) / columns, (HEIGHT - EDGE) / rows
    marks = []
    for (i, j), _index in np.ndenumerate(np.empty((rows, columns))):
        weights = trace.steps[i].attention[0].map(0, j)
        cell_wide, cell_high = (wide - 8) / len(weights), (high - 6) / len(weights)
        left, top = EDGE / 2 + j * wide, EDGE / 2 + i * high
        marks.append(f'<rect x="{left:.1f}" y="{top:.1f}" width="{wide - 8:.1f}" height="{high - 6:.1f}" fill-opacity="0.07"/>')
        seen = [(q, k) for q, k in np.ndindex(weights.shape) if weights[q, k] > FAINT]
        marks += [_cell(left + k * cell_wide, top + q * cell_high, cell_wide, cell_high, float(weights[q, k])) for q, k in seen]
    return _svg(marks, trace.source)


def change(before: Trace, after: Trace) -> str:
    """What is said before and after an edit: a bar for the probability of every output."""
    marks = []
    for row, (trace, colour) in enumerate(((before, WEIGHT), (after, BEST))):
        wide, floor = (WIDTH - 2 * EDGE) / len(trace.steps), (row + 1) * HEIGHT / 2 - 32
        for i, step in enumerate(trace.steps):
            tall = 74 * float(np.exp(step.log_prob))
            marks.append(f'<rect x="{EDGE + i * wide + 4:.1f}" y="{floor - tall:.1f}" width="{wide - 8:.1f}" height="{tall:.1f}" fill="{colour}"/>')
            marks.append(_text(EDGE + (i + 0.5) * wide, floor + 18, step.emitted.replace("▁", ""), "middle"))
    return _svg(marks, f"{before.output} → {after.output}")


class Made(NamedTuple):
    """How a picture is made. model: its name, or a task whose best model is taken; edits: of a second run beside the first, as
    `explain.edit_notation` reads them."""

    draw: Callable[..., str]
    model: str
    decoding: str
    source: str
    edits: str = ""


PICTURES = {  # by name of the page's file
    "alignment": Made(alignment, "zh-en", "greedy", "他昨天没有去学校。"),
    "beam_search": Made(beam, "zh-en", "beam:width=3", "我喜欢茶。"),
    "inside_the_lstm": Made(gates, "zh-en", "greedy", "我是中国人"),
    "heads": Made(wall, "minilm", "greedy", "The animal did not cross the street because it was too tired."),
    "what_if": Made(change, "g2p-lstm-general", "greedy", "attention", "off.cross.0.0.uniform"),
}


def main(pages: Sequence[str] = tuple(PICTURES)) -> None:
    """Draws the pictures again from today's weights."""
    from viz_core import driver, zoo
    from viz_core.explain.edit_notation import parse
    from viz_core.ui.choices import best_variant

    FOLDER.mkdir(exist_ok=True)
    for page in pages:
        made = PICTURES[page]
        model = zoo.load(made.model if made.model in zoo.names() else best_variant(made.model).name)
        trace = driver.run(model, made.source, made.decoding)
        changed = [driver.run(model, made.source, made.decoding, parse(made.edits))] if made.edits else []
        (FOLDER / f"{page}.svg").write_text(made.draw(trace, *changed), encoding="utf-8")
        print(f"{page}: {trace.run['model']}: {trace.source} → {trace.output}")


def _cell(x: float, y: float, wide: float, high: float, value: float) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" fill-opacity="{max(value, 0.04):.2f}"/>'


def _text(x: float, y: float, text: str, anchor: str, size: int = 13, colour: str = INK) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">{escape(text)}</text>'


def _svg(marks: Iterable[str], title: str) -> str:
    font = "system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" fill="{WEIGHT}" font-family="{font}">'
        f"<title>{escape(title)}</title>{''.join(marks)}</svg>\n"
    )


if __name__ == "__main__":
    main()
