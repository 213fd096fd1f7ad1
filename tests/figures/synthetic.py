"""Made-up but properly normalised traces for the tests of figures and player. Never shown to users."""

from __future__ import annotations

import numpy as np

from viz_core.trace import AttentionMap, Axis, BeamTree, Candidates, Dense, Quantity, Step, Trace, dense, numbered

ZH = "我 是 中国 人 ， 今天 在 北京 学习 机器 翻译 。".split()
EN = "I am Chinese , today I am learning machine translation in Beijing .".split()


def softmax(scores: np.ndarray) -> np.ndarray:
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    return (weights / weights.sum(-1, keepdims=True)).astype(np.float32)


def alignment(rows: int, columns: int, seed: int = 0) -> np.ndarray:
    """f32[rows, columns], roughly diagonal."""
    noise = np.random.default_rng(seed).normal(size=(rows, columns))
    at = np.arange(rows)[:, None] * columns / rows - np.arange(columns)[None]
    return softmax(4 * np.exp(-(at**2) / 2) + 0.7 * noise)


def translation(sources: int = len(ZH), targets: int = len(EN), details: bool = True, tree: bool = True, encoder: bool = True) -> Trace:
    """A translation with attention to the source, candidates, tensors, a beam tree and encoder self-attention."""
    rng = np.random.default_rng(1)
    source = Axis("token", tuple((ZH * 40)[:sources]))
    labels = (EN * 40)[:targets]
    weights = alignment(targets, sources)
    heads = softmax(2 * rng.normal(size=(2, 4, sources, sources)))
    layers, names = ("layer 1", "layer 2"), ("head 1", "head 2", "head 3", "head 4")
    self_attention = AttentionMap("encoder", source, source, Dense(heads), layers, names)
    steps = []
    for i, label in enumerate(labels):
        log_probs = np.log(softmax(np.sort(rng.normal(size=6) * 2)[::-1]))
        options = Candidates((label, "the", "a <b>x</b>", "是", "▁of", " "), np.arange(6), np.sort(log_probs)[::-1])
        maps = (dense("cross", Axis("token", (label,)), source, weights[i : i + 1]),)
        steps.append(Step(i, f"y{i + 1}", label, 0, float(options.log_probs[0]), options,
                          (self_attention, *maps) if encoder and i == 0 else maps, tensors(source, weights[i], rng) if details else ()))
    return Trace({"model": "synthetic"}, " ".join(source.labels), source, " ".join(labels), "token", tuple(steps), beam(source) if tree else None)


def tensors(source: Axis, row: np.ndarray, rng: np.random.Generator) -> tuple[Quantity, ...]:
    """The seven equations of additive attention with made-up numbers."""
    paper = "Bahdanau et al. 2015, section 3.1"
    state, memory = numbered("channel", 128), numbered("channel", 256)
    h = rng.normal(size=(len(source), 256))
    return (
        Quantity("encoder states", r"h_j", (source, memory), h, r"h_j = [\overrightarrow{h}_j ; \overleftarrow{h}_j]", paper),
        Quantity("decoder state", r"s_{i-1}", (state,), np.tanh(rng.normal(size=128)), r"s_i = f(s_{i-1}, y_{i-1}, c_i)", paper),
        Quantity("scores", r"e_{ij}", (source,), np.log(row), r"e_{ij} = v_a^{\top} \tanh(W_a s_{i-1} + U_a h_j)", paper),
        Quantity("weights", r"\alpha_{ij}", (source,), row, r"\alpha_{ij} = \frac{\exp(e_{ij})}{\sum_{k=1}^{T_x} \exp(e_{ik})}", paper),
        Quantity("context", r"c_i", (memory,), row @ h, r"c_i = \sum_{j=1}^{T_x} \alpha_{ij} h_j", paper),
        Quantity("generation gate", r"p_{gen}", (), np.float32(0.73), "", ""),
    )


def beam(source: Axis) -> BeamTree:
    """Width 2, three steps: root → I, We; I → am, 'm; …"""
    parent = [-1, 0, 0, 0, 1, 1, 2, 4, 5]
    step = [-1, 0, 0, 0, 1, 1, 1, 2, 2]
    token = ("<s>", "I", "We", "You", "am", "'m", "are", "Chinese", "Chinese")
    log_prob = np.array([0, -0.3, -1.5, -3.0, -0.4, -1.2, -0.5, -0.2, -0.3])
    total = log_prob.copy()
    for node in range(1, 9):
        total[node] += total[parent[node]]
    attention = alignment(9, len(source), seed=3)
    attention[0] = np.nan
    status = ("root", "kept", "kept", "pruned", "kept", "kept", "pruned", "finished", "finished")
    reason = ("", "", "", "below the beam", "", "", "below the beam", "", "")
    return BeamTree(parent, step, np.arange(9), token, log_prob, total, total, [0, 0, 1, 2, 0, 1, 2, 0, 1], status, reason, attention, source, (7, 8), {"width": 2})


def patches(rows: int = 4, cols: int = 5, layers: int = 3) -> Trace:
    """An image model: every step a layer with whole maps over a class token and rows × cols patches."""
    labels = ("CLS", *(f"{r},{c}" for r in range(rows) for c in range(cols)))
    axis = Axis("patch", labels, {"rows": rows, "cols": cols})
    rng = np.random.default_rng(2)
    steps = tuple(
        Step(i, f"layer {i + 1}", attention=(AttentionMap("patch", axis, axis, Dense(softmax(2 * rng.normal(size=(1, 2, len(axis), len(axis))))), (f"layer {i + 1}",), ("head 1", "head 2")),))
        for i in range(layers)
    )
    return Trace({"model": "synthetic"}, "picture", axis, "", "layer", steps)


def hull() -> Trace:
    """A pointer network over points; END, position 0, has no place."""
    rng = np.random.default_rng(4)
    x, y = [None, *rng.random(8).tolist()], [None, *rng.random(8).tolist()]
    axis = Axis("point", ("END", *(str(i) for i in range(1, 9))), {"x": x, "y": y})
    order = [3, 5, 1, 7, 0]
    rows = softmax(6 * np.eye(9)[order] + rng.normal(size=(5, 9)))
    rows[4, 2:] = 0
    rows[4] /= rows[4].sum()
    steps = tuple(Step(i, f"point {i + 1}", axis.labels[p], p, -0.1, attention=(dense("pointer", Axis("point", (axis.labels[p],)), axis, rows[i : i + 1]),)) for i, p in enumerate(order))
    return Trace({"model": "synthetic"}, "8 points", axis, "3 5 1 7", "token", steps)


CAPTION = "a small red cat to the left of two big green apples".split()


def caption(words: tuple[str, ...] = tuple(CAPTION), rows: int = 16, cols: int = 16, width: int = 4, masked: tuple[int, ...] = (), even: tuple[int, ...] = ()) -> Trace:
    """A caption over rows × cols patches: one bump of weight a word, candidates and a beam tree that continues every
    kept hypothesis in `width` ways. masked, even: words whose row is masked, uniform."""
    axis = Axis("patch", tuple(f"row {r + 1}, column {c + 1}" for r in range(rows) for c in range(cols)), {"rows": rows, "cols": cols})
    at = np.random.default_rng(5).random((len(words) * (width + 1), 2)) * (rows, cols)
    bumps = [bump(rows, cols, place) for place in at]
    steps = []
    for i, word in enumerate(words):
        row = np.full(rows * cols, np.nan, np.float32) if i in masked else np.full(rows * cols, 1 / (rows * cols)) if i in even else bumps[i]
        options = Candidates((word, "the", "dog"), np.arange(3), np.log([0.7, 0.2, 0.1]))
        steps.append(Step(i, f"y{i + 1}", word, 0, float(options.log_probs[0]), options, (dense("cross", Axis("token", (word,)), axis, row[None]),)))
    tree = caption_beam(words, axis, bumps, width)
    return Trace({"model": "synthetic"}, "cats.png", axis, " ".join(words), "token", tuple(steps), tree)


def bump(rows: int, cols: int, centre: tuple[float, float], wide: float = 1.2) -> np.ndarray:
    """f32[rows · cols]: a Gaussian hill around a place, on a faint ground."""
    y, x = np.mgrid[:rows, :cols] + 0.5
    hill = np.exp(-((y - centre[0]) ** 2 + (x - centre[1]) ** 2) / (2 * wide**2)) + 0.002
    return (hill / hill.sum()).ravel().astype(np.float32)


def caption_beam(words: tuple[str, ...], axis: Axis, bumps: list[np.ndarray], width: int) -> BeamTree:
    """`width` hypotheses a step; each is continued in `width` ways, which share the row they were chosen by."""
    parent, step, token, status, rows = [-1], [-1], ["<en>"], ["root"], [np.full(len(axis), np.nan, np.float32)]
    level = [0]
    for i, word in enumerate(words):
        following = []
        for rank, node in enumerate(level):
            for way in range(width):
                parent.append(node)
                step.append(i)
                token.append(word if way == 0 else f"{word}{way}")
                rows.append(bumps[i] if rank == 0 else bumps[len(words) + (i * width + rank) % (len(words) * width)])
                keep = way == 0 or (len(level) == 1)
                last = i == len(words) - 1
                status.append(("finished" if last else "kept") if keep else "pruned")
                if keep:
                    following.append(len(parent) - 1)
        level = following[:width]
    count = len(parent)
    total = np.array([-0.3 * (s + 1) - 0.1 * (n % width) for n, s in enumerate(step)])
    rank = [n % (width * width) for n in range(count)]
    return BeamTree(parent, step, np.arange(count), token, np.full(count, -0.3), total, total, rank, status, [""] * count, rows, axis, tuple(level[:1]), {"width": width})
