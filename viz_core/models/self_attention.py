"""The numbers of self-attention by hand: a few words, one small weight matrix for each of q, k, v, and W^O.

Two sets are made up (`hand_made`): they follow from the letters of the words, trained on nothing, small enough to check
with a pencil. The third is cut out of a trained encoder (`trained`). NumPy only; the arithmetic itself is in
`layers.self_attention` and, for the reader who changes a number, in the browser.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viz_core.trace.errors import InputError

WIDTH = 4  # numbers of a made-up embedding (d_model)
KINDS = {"classic": 64, "small": WIDTH}  # made-up sets → d_k of one head
HEADS = (1, 2, 4)
ADDITIVE = 4  # hidden units of the additive score
MOST_TOKENS = 16  # of a trained model's input
CLASSIC = ("Thinking", "Machines")
CLASSIC_X = ((1.0, 0.0, 1.0, 1.0), (0.0, 1.0, 1.0, -1.0))
CLASSIC_SCORES = (112.0, 96.0)  # q_1·k_1 and q_1·k_2 of the well-known example: ÷ √64 gives 14 and 12


@dataclass(frozen=True)
class Numbers:
    """Everything that self-attention over T words needs; H heads, d_model D, d_k = d_v = K.

    x f32[T, D]; w_q, w_k, w_v f32[H, D, K]; b_q, b_k, b_v f32[H, K] or None; w_o f32[H·K, D]. additive and additive_plain:
    (W_q f32[H, n, A], W_k f32[H, n, A], v f32[H, A]) of the additive score, over projected vectors (n = K) and over x itself (n = D, H = 1).
    origin: (model, layer, first head, its heads) when the numbers come from a trained model.
    """

    kind: str
    words: tuple[str, ...]
    x: NDArray
    w_q: NDArray
    w_k: NDArray
    w_v: NDArray
    w_o: NDArray
    additive: tuple[NDArray, NDArray, NDArray]
    additive_plain: tuple[NDArray, NDArray, NDArray]
    biases: tuple[NDArray, NDArray, NDArray] | None = None
    origin: tuple[str, int, int, int] | None = None

    @property
    def heads(self) -> int:
        return self.w_q.shape[0]

    @property
    def depth(self) -> int:
        """d_k."""
        return self.w_q.shape[2]


def hand_made(kind: str, words: tuple[str, ...], heads: int = 1) -> Numbers:
    """Made-up numbers. `classic`: d_k = 64 in every head, and q_1·k_1 = 112, q_1·k_2 = 96 for "Thinking Machines";
    `small`: d_k = d_model ÷ heads, as in the paper (Vaswani et al. 2017, §3.2.2)."""
    if kind not in KINDS or heads not in HEADS:
        raise InputError(f"{kind!r} with {heads} heads is no set of numbers; use one of {', '.join(KINDS)} with 1, 2 or 4 heads")
    depth = KINDS[kind] if kind == "classic" else WIDTH // heads
    shape = (heads, WIDTH, depth)
    w_q, noise, w_v = (_made(f"{kind} {name}", shape, step) for name, step in (("query", 0.5), ("keys", 0.5), ("value", 0.25)))
    w_k = w_q + noise if kind == "classic" else noise
    if kind == "classic":
        _steer(w_k[0], w_q[0])
    w_o = _made(f"{kind} output", (heads * depth, WIDTH), 0.125 if kind == "classic" else 0.5)
    x = np.stack([embedding(word) for word in words])
    return Numbers(kind, words, x, w_q, w_k, w_v, w_o, _additive(kind, heads, depth), _additive(kind, 1, WIDTH))


def embedding(word: str) -> NDArray:
    """Four numbers of a word, always the same for the same letters, f32[4]; they know nothing of its meaning."""
    known = {name.lower(): row for name, row in zip(CLASSIC, CLASSIC_X, strict=True)}
    if word.lower() in known:
        return np.array(known[word.lower()], np.float32)
    return _made(f"word {word.lower()}", (WIDTH,), 0.5)


def trained(stepper: Any, text: str, layer: int, head: int, heads: int = 1) -> Numbers:
    """The numbers of `heads` heads of one layer of a trained BERT-like encoder, from `head` on (after the last comes the first).

    x is what that layer reads: at layer 0 the embedding with its position, deeper the output of the layer below. InputError
    when the text has too many tokens, the layer or head does not exist, or the model is built otherwise.
    """
    source = stepper.encode(text)
    if len(source.ids) > MOST_TOKENS:
        raise InputError(f"the text has {len(source.ids)} tokens; give at most {MOST_TOKENS}, so that every number can be shown")
    try:
        layers = stepper.module.encoder.layer
        blocks = [block.attention for block in layers]
        own = blocks[layer].self if 0 <= layer < len(blocks) else None
        count = stepper.module.config.num_attention_heads
    except AttributeError:
        raise InputError(f"{stepper.identity.name} is not built like BERT; choose another model") from None
    if own is None or not 0 <= head < count:
        raise InputError(f"{stepper.identity.name} has no layer {layer}, head {head}; it has {len(blocks)} layers of {count} heads")
    chosen = [(head + i) % count for i in range(heads)]
    depth = own.query.weight.shape[0] // count

    def of_heads(weight: Any) -> NDArray:
        return weight.detach().float().cpu().numpy().reshape(count, depth, *weight.shape[1:])[chosen]

    w_q, w_k, w_v = (of_heads(part.weight).transpose(0, 2, 1) for part in (own.query, own.key, own.value))
    b_q, b_k, b_v = (of_heads(part.bias) for part in (own.query, own.key, own.value))
    w_o = of_heads(blocks[layer].output.dense.weight.T).reshape(heads * depth, -1)
    x = stepper.read(source).states[layer].detach().float().cpu().numpy()
    name, width = stepper.identity.name, x.shape[1]
    extra = _additive(name, heads, depth), _additive(name, 1, width)
    return Numbers("trained", tuple(source.axis.labels), x, w_q, w_k, w_v, w_o, *extra, (b_q, b_k, b_v), (name, layer, head, count))


def _additive(kind: str, heads: int, depth: int) -> tuple[NDArray, NDArray, NDArray]:
    """Made-up parameters of Bahdanau's score, for vectors of `depth` numbers; smaller for longer vectors, so that tanh has a slope."""
    step = 0.5 if depth <= WIDTH else 0.125
    first, second = (_made(f"{kind} additive {name} {depth}", (heads, depth, ADDITIVE), step) for name in ("query", "key"))
    return first, second, _made(f"{kind} additive vector", (heads, ADDITIVE), 0.5) * 2


def _made(name: str, shape: tuple[int, ...], step: float) -> NDArray:
    """Numbers from −2 to 2 steps, chosen by the bytes of a name (SHAKE-256): the same on every machine, f32[shape]."""
    codes = np.frombuffer(hashlib.shake_256(name.encode()).digest(int(np.prod(shape))), np.uint8)
    return ((codes % 5).astype(np.float32) - 2).reshape(shape) * np.float32(step)


def _steer(w_k: NDArray, w_q: NDArray) -> None:
    """Nudges rows 0 and 1 of the first head's W^K by halves until "Thinking" has the scores of the classic example.

    Row 0 is read by the first word alone, row 1 by the second alone, so that one target does not disturb the other.
    """
    x = np.array(CLASSIC_X, np.float32)
    q = x[0] @ w_q
    for word, target in enumerate(CLASSIC_SCORES):
        for turn in range(10 * q.size):
            gap = target - float(q @ (x[word] @ w_k))
            change = 0.5 * np.sign(gap * q[turn % q.size])
            if gap == 0:
                break
            if 0 < abs(change * q[turn % q.size]) <= abs(gap):
                w_k[word, turn % q.size] += change
