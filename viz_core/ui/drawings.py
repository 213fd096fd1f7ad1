"""Small SVGs of runs, for the home page: no background, grey letters, one blue whose strength is the number.

So they read on light and dark pages. There are no words in them but those of the runs: they need no translation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from viz_core.trace import Trace

WIDTH, HEIGHT, EDGE = 420, 250, 14
INK, WEIGHT, BEST = "#7c8494", "#3b6fd4", "#d9730d"
FAINT = 0.15  # weights that a thumbnail leaves out
SHADES = 20  # strengths of a map's blue


def alignment(trace: Trace) -> str:
    """The alignment matrix: a row an output token, a column a source word, strength = α."""
    rows = trace.attention(trace.sites[0])
    weights, columns = rows.map(), rows.key_axis.labels
    left, top = 88, 34
    wide, high = (WIDTH - left - EDGE) / len(columns), (HEIGHT - top - EDGE) / len(weights)
    marks = [_text(left + (j + 0.5) * wide, top - 12, label, "middle") for j, label in enumerate(columns)]
    for i, row in enumerate(weights):
        marks.append(_text(left - 10, top + (i + 0.65) * high, _plain(trace.steps[i].emitted), "end"))
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
        marks.append(_text(x1, y1 - 6, _plain(tree.token[node]), "middle", 11, BEST if node in best else INK))
    return _svg(marks, f"{trace.source} → {trace.output}")


def gates(trace: Trace) -> str:
    """The forget gate: a column a step, a row a channel, strength = how much of the cell is kept."""
    values = trace.series("forget gate")[:, :40]
    left, top = EDGE, 34
    wide, high = (WIDTH - 2 * EDGE) / len(values), (HEIGHT - top - EDGE) / values.shape[1]
    marks = [_text(left + (i + 0.5) * wide, top - 12, _plain(step.emitted), "middle", 12) for i, step in enumerate(trace.steps)]
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
            marks.append(_text(EDGE + (i + 0.5) * wide, floor + 18, _plain(step.emitted), "middle"))
    return _svg(marks, f"{before.output} → {after.output}")


def cross(trace: Trace) -> str:
    """Cross-attention of a Transformer: a row a layer, a column a head, each a map of outputs × source words."""
    rows = trace.attention("cross")
    layers, heads = len(rows.layers), len(rows.heads)
    columns, outputs = rows.key_axis.labels, [_plain(step.emitted) for step in trace.steps]
    left, top, gap = 46, 24, 8
    wide, high = (WIDTH - left - EDGE + gap) / heads, (HEIGHT - top - EDGE + gap) / layers
    cell_wide, cell_high = (wide - gap) / len(columns), (high - gap) / len(outputs)
    marks = [_text(left + h * wide + (j + 0.5) * cell_wide, top - 8, label, "middle", 12) for h in range(heads) for j, label in enumerate(columns)]
    for layer in range(layers):
        y = top + layer * high
        marks += [_text(left - 5, y + (i + 0.8) * cell_high, label, "end", 9) for i, label in enumerate(outputs)]
        for head in range(heads):
            x = left + head * wide
            marks.append(_ground(x, y, wide - gap, high - gap))
            marks.append(_heat(rows.map(layer, head), x, y, cell_wide, cell_high))
    return _svg(marks, f"{trace.source} → {trace.output}")


def by_hand(words: Sequence[str], stages: Sequence[tuple[str, NDArray]]) -> str:
    """Scores on their way to weights: a table of words × words for every stage, its number in every cell; the last one in blue."""
    left, top, gap, count = 80, 78, 20, len(words)
    wide, high = (WIDTH - left - EDGE - gap * (len(stages) - 1)) / len(stages), 112
    marks = [_text(left - 10, top + (i + 0.57) * high / count, word, "end") for i, word in enumerate(words)]
    for k, (name, values) in enumerate(stages):
        x, last = left + k * (wide + gap), k == len(stages) - 1
        marks.append(_text(x + wide / 2, top - 14, name, "middle", 16))
        marks.append(_ground(x, top, wide, high))
        if last:
            marks.append(_heat(values, x, top, wide / count, high / count))
        else:
            marks.append(_text(x + wide + gap / 2, top + high / 2 + 5, "→", "middle", 16))
        for (i, j), value in np.ndenumerate(values):
            number, colour = (f"{value:.2f}" if last else f"{round(float(value), 1):g}"), "#fff" if last and value > 0.5 else INK
            marks.append(_text(x + (j + 0.5) * wide / count, top + (i + 0.57) * high / count, number, "middle", 14, colour))
    return _svg(marks, " ".join(words))


def memory(trace: Trace) -> str:
    """A machine that copies: the tape it saw, where it wrote (orange) and read (blue), cells × ticks, and what it said."""
    write, read = (trace.attention(site).map().T for site in ("write", "read"))
    written = int(np.flatnonzero((write > 0.5).any(axis=1)).max()) + 2  # cells behind these stay as they were
    wide, bit = (WIDTH - 2 * EDGE) / len(trace), 4
    seen = _bits([*trace.source.split(), *[""] * len(trace)][: len(trace)])
    said = _bits([step.emitted for step in trace.steps])
    top = 2 * EDGE + bit * len(seen)
    floor = HEIGHT - 2 * EDGE - bit * len(said)
    high = (floor - top) / written
    marks = [_ground(EDGE, top, WIDTH - 2 * EDGE, floor - top)]
    marks += [_heat(seen, EDGE, EDGE, wide, bit, INK), _heat(said, EDGE, HEIGHT - EDGE - bit * len(said), wide, bit, INK)]
    marks += [_heat(write[:written], EDGE, top, wide, high, BEST), _heat(read[:written], EDGE, top, wide, high)]
    return _svg(marks, f"{trace.source} → {trace.output}")


def hops(trace: Trace) -> str:
    """A memory network on a story: a row a sentence, a column a hop, strength = the match; below, question and answer."""
    weights, sentences = trace.attention("hop").map().T, trace.source_axis.labels
    left, top, foot, cell = 296, 30, 38, 34
    high = (HEIGHT - top - foot) / len(sentences)
    marks = [_text(left - 10, top + (i + 0.65) * high, sentence, "end") for i, sentence in enumerate(sentences)]
    marks += [_ground(left, top, cell * weights.shape[1], high * len(sentences)), _heat(weights, left, top, cell, high)]
    marks += [_text(left + (k + 0.5) * cell, top - 9, str(k + 1), "middle", 12) for k in range(weights.shape[1])]
    question = trace.source.removeprefix(" ".join(sentences)).strip()
    marks.append(_text(left - 10, HEIGHT - EDGE, question, "end", 14))
    marks.append(_text(left, HEIGHT - EDGE, f"→ {trace.output}", "start", 14, BEST))
    return _svg(marks, f"{question} → {trace.output}")


def looks(trace: Trace) -> str:
    """Where [CLS] looks in the last layer: a map of the picture's patches for every head; full blue is 4 × the uniform weight."""
    found = trace.steps[-1].attention[0]
    rows, cols, prefix = (int(found.key_axis.geometry[name]) for name in ("rows", "cols", "prefix"))  # type: ignore[call-overload]
    heads, gap, lines = len(found.heads), 10, 2
    in_a_row = -(-heads // lines)
    side = min((WIDTH - 2 * EDGE - gap * (in_a_row - 1)) / in_a_row / cols, (HEIGHT - 2 * EDGE - gap * (lines - 1)) / lines / rows)
    wide, high = cols * side + gap, rows * side + gap
    left, top = (WIDTH - in_a_row * wide + gap) / 2, (HEIGHT - lines * high + gap) / 2
    marks = []
    for head in range(heads):
        weights = found.rows(0, head, [0])[0, prefix:].reshape(rows, cols)
        x, y = left + head % in_a_row * wide, top + head // in_a_row * high
        marks += [_ground(x, y, wide - gap, high - gap), _heat(np.minimum(weights * len(found.key_axis) / 4, 1), x, y, side, side)]
    return _svg(marks, trace.source)


def caption(trace: Trace) -> str:
    """Where each word of a caption looks: a map of the picture's patches a word; full blue is the largest weight of all."""
    rows, cols = (int(trace.source_axis.geometry[name]) for name in ("rows", "cols"))  # type: ignore[call-overload]
    maps = trace.attention(trace.sites[0]).map()[:-1].reshape(-1, rows, cols)  # the end is no word
    gap, foot, lines = 12, 20, 1 if len(maps) < 4 else 2
    in_a_row = -(-len(maps) // lines)
    side = min((WIDTH - 2 * EDGE + gap) / in_a_row - gap, (HEIGHT - 2 * EDGE + gap) / lines - gap - foot) / max(rows, cols)
    wide, high = cols * side + gap, rows * side + gap + foot
    left, top = (WIDTH - in_a_row * wide + gap) / 2, (HEIGHT - lines * high + gap) / 2
    marks = []
    for i, weights in enumerate(maps):
        x, y = left + i % in_a_row * wide, top + i // in_a_row * high
        marks += [_ground(x, y, wide - gap, rows * side), _heat(weights / maps.max(), x, y, side, side)]
        marks.append(_text(x + cols * side / 2, y + rows * side + 15, trace.steps[i].emitted, "middle"))
    return _svg(marks, trace.output)


def blocks(values: NDArray, title: str) -> str:
    """A long map in blocks, queries × keys, f32[block, block]; strength = the share of a block."""
    side = HEIGHT - 2 * EDGE
    x = (WIDTH - side) / 2
    marks = [_ground(x, EDGE, side, side), _heat(values, x, EDGE, side / values.shape[1], side / values.shape[0])]
    return _svg(marks, title)


def _plain(piece: str) -> str:
    """A token without the mark of a word's beginning."""
    return piece.replace("▁", "")


def _bits(words: Sequence[str]) -> NDArray:
    """Vectors of bits as columns, 0/1[bit, tick]; where nothing is written, nothing is set."""
    count = max(len(word) for word in words)
    return np.array([[float(word[i : i + 1] == "1") for word in words] for i in range(count)])


def _ground(x: float, y: float, wide: float, high: float) -> str:
    """The field that a map lies on: without it, weights near 0 have no place."""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" fill-opacity="0.07"/>'


def _heat(values: NDArray, left: float, top: float, wide: float, high: float, colour: str = WEIGHT) -> str:
    """A map of many cells: one path for every strength, in units of cells, a fifth as long as a rectangle a cell."""
    paths: dict[int, list[str]] = {}
    for (row, column), value in np.ndenumerate(np.rint(np.nan_to_num(values) * SHADES).astype(int)):
        if value:
            paths.setdefault(int(value), []).append(f"M{column} {row}h1v1h-1z")
    drawn = "".join(f'<path fill-opacity="{value / SHADES:g}" d="{"".join(cells)}"/>' for value, cells in sorted(paths.items()))
    return f'<g fill="{colour}" transform="translate({left:.1f} {top:.1f}) scale({wide:.3f} {high:.3f})">{drawn}</g>'


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
