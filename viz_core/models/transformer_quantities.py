"""Every intermediate of a Transformer as quantities with symbols, shapes and numbers (Vaswani et al. 2017).

They are computed again from what entered each layer, all steps of an output (or all source positions) side by side; names
begin with the box they belong to ("decoder 2 cross-attention · scores"), so that a page can show one box at a time.
Axes: R rows (steps or source positions), D width, H heads, d = D / H, K keys.
"""

from __future__ import annotations

import math
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from viz_core.layers.positional import sinusoids
from viz_core.models.transformer import FeedForward, Sublayer
from viz_core.models.transformer_boxes import GROWING, Box
from viz_core.models.transformer_path import Attended, Path, encoder_attended
from viz_core.trace import Axis, Quantity
from viz_core.trace import numbered as plain_numbered

if TYPE_CHECKING:
    from viz_core.models.transformer_stepper import TransformerState, TransformerStepper

ONE = Axis("channel", ("",))


numbered = lru_cache(maxsize=64)(plain_numbered)  # the same few axes stand in every box


def attention_box(box: Box, found: Attended, values: Tensor, keys: Axis | None, causal: bool = False) -> Tensor:
    """Everything of one attention sub-layer; what leaves it, (R, D). values: (H, K, d); keys: None where every step has one
    key more."""
    block = found.block
    width, depth = found.entered.shape[-1], found.entered.shape[-1] // block.heads
    channels, head, inside = numbered("channel", width), numbered("channel", block.heads, "head "), numbered("channel", depth)
    over = GROWING if keys is None else keys
    q = found.query  # (H, R, d)
    _entered(box, found.around, found.entered, found.normed, channels)
    mixed = found.weights.transpose(0, 1) @ values  # (H, R, d)
    concat = mixed.transpose(0, 1).flatten(1)  # (R, D)
    projected = block.output(concat)
    box.add("queries", "Q", q.transpose(0, 1), (head, inside), r"Q_i = x W_i^Q", "§3.2.2")
    box.share("keys", "K", found.keys, (head, over, inside), r"K_i = x W_i^K", "§3.2.2")
    box.share("values", "V", values, (head, over, inside), r"V_i = x W_i^V", "§3.2.2")
    scores = found.scores.transpose(0, 1)
    box.add("scores", "QK^T", scores * math.sqrt(depth), (head, over), r"Q_i K_i^\top", "eq. 1")
    box.add("scaled scores", r"QK^T / \sqrt{d_k}", scores, (head, over), rf"Q_i K_i^\top / \sqrt{{{depth}}}", "eq. 1")
    if causal:
        hidden = torch.zeros(scores.shape[0], scores.shape[2])
        box.add("mask", "M", hidden, (over,), r"M_{ij} = 0\ (j \le i),\ -\infty\ (j > i)\ \text{(later words do not exist yet)}", "§3.2.3")
    box.add("weights", r"\alpha", found.weights, (head, over), r"\alpha_i = \mathrm{softmax}(Q_i K_i^\top / \sqrt{d_k})", "eq. 1")
    box.add("head outputs", r"\mathrm{head}_i", mixed.transpose(0, 1), (head, inside), r"\mathrm{head}_i = \alpha_i V_i", "§3.2.2")
    box.add("concatenated heads", r"[\mathrm{head}_1; \ldots]", concat, (channels,), r"\mathrm{Concat}(\mathrm{head}_1, \ldots, \mathrm{head}_h)", "§3.2.2")
    box.add("projection", "z", projected, (channels,), r"z = \mathrm{Concat}(\ldots) W^O", "§3.2.2")
    return _left(box, found.around, found.entered, projected, channels)


def feed_forward_box(box: Box, block: FeedForward, around: Sublayer, x: Tensor) -> Tensor:
    """Everything of one position-wise network; what leaves it, (R, D). x: what entered it, (R, D)."""
    channels = numbered("channel", x.shape[-1])
    y = around.before(x)
    _entered(box, around, x, y, channels)
    inner = block.into(y).relu()
    box.add("inner layer", "f", inner, (numbered("channel", inner.shape[-1]),), r"f = \max(0, x W_1 + b_1)", "eq. 2")
    projected = block.out(inner)
    box.add("projection", "z", projected, (channels,), r"z = f W_2 + b_2", "eq. 2")
    return _left(box, around, x, projected, channels)


def _entered(box: Box, around: Sublayer, x: Tensor, y: Tensor, channels: Axis) -> None:
    """x: what entered; y: what the sub-layer reads of it."""
    box.add("input", "x", x, (channels,))
    if around.pre:
        box.add("LayerNorm", r"\mathrm{LN}(x)", y, (channels,), r"\mathrm{LN}(x) = \gamma \frac{x - \mu}{\sigma} + \beta", "§3.1")


def _left(box: Box, around: Sublayer, x: Tensor, output: Tensor, channels: Axis) -> Tensor:
    total = x + output
    box.add("residual sum", "x + z", total, (channels,), r"x + \mathrm{Sublayer}(x)", "§3.1")
    if around.pre:
        return total
    y = around.norm(total)
    box.add("LayerNorm", "y", y, (channels,), r"y = \mathrm{LN}(x + \mathrm{Sublayer}(x)) = \gamma \frac{x + z - \mu}{\sigma} + \beta", "§3.1")
    return y


def embedding_box(box: Box, vectors: Tensor, first: int, ids: Tensor, positions: bool) -> None:
    """Embedding rows (R, D), × √D, and the position encodings from `first` on."""
    width = vectors.shape[-1]
    channels = (numbered("channel", width),)
    place = sinusoids(len(vectors), width, first).to(vectors) if positions else torch.zeros_like(vectors)
    scaled = vectors * math.sqrt(width)
    box.add("index", "w", ids[:, None], (ONE,), r"w \in \{0, 1\}^V\ \text{(one-hot: the index of the 1)}")
    box.add("embedding", "E w", vectors, channels, r"E\,w", "§3.4")
    box.add("scaled embedding", r"\sqrt{d}\,E w", scaled, channels, rf"\sqrt{{{width}}}\,E\,w", "§3.4")
    box.add("position", r"\mathrm{PE}", place, channels, r"\mathrm{PE}_{2i} = \sin(pos / 10000^{2i/d}),\ \mathrm{PE}_{2i+1} = \cos(\ldots)", "§3.5")
    box.add("sum", "x", scaled + place, channels, r"x = \sqrt{d}\,E\,w + \mathrm{PE}", "§3.5")


class PathQuantities:
    """All tensors of all decoder steps of a path, from the previous output to log p of the chosen one."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def of(self, step: int) -> tuple[Quantity, ...]:
        """Those of the path's step number `step`."""
        axis = self.path.written[step]
        return tuple([quantity for box in self.boxes for quantity in box.rows(step, axis)])

    @cached_property
    def boxes(self) -> list[Box]:
        """The boxes in the order in which a step goes through them."""
        with torch.inference_mode():
            return self._boxes()

    def _boxes(self) -> list[Box]:
        path, module = self.path, self.path.module
        previous = torch.stack([p.state.previous[path.source, h] for p, h in zip(path.predictions, path.hypotheses, strict=True)])
        boxes = [Box("decoder embedding")]
        embedding_box(boxes[0], module.target(previous), path.first, previous, module.config.positions)
        for i, layer in enumerate(module.decoder):
            own, cross, network = (Box(f"decoder {i} {name}") for name in ("self-attention", "cross-attention", "feed-forward"))
            attention_box(own, path.decoder[i], path.values("decoder", i), None, causal=True)
            x = attention_box(cross, path.cross[i], path.values("cross", i), path.keys)
            feed_forward_box(network, layer.feed_forward, layer.around_feed_forward, x)
            boxes += [own, cross, network]
        return [*boxes, self._output()]

    def _output(self) -> Box:
        """The last state, the logits through the tied matrix, and log p of the chosen output."""
        path, box = self.path, Box("output")
        rows = list(zip(path.predictions, path.hypotheses, path.choices, strict=True))
        states = torch.stack([p.step.states[path.source, h] for p, h, _ in rows])
        totals = torch.stack([p.log_probs[path.source, h, choice] for p, h, choice in rows])
        box.add("state", "y", states, (numbered("channel", states.shape[-1]),))
        box.add("logits", "l", path.module.logits(states), (path.stepper.vocabulary,), r"l = E\,y + b\ \text{(the embedding matrix again)}", "§3.4")
        box.add("log-probability", r"\log p(y_t \mid y_{<t}, x)", totals[:, None], (ONE,), r"p = \mathrm{softmax}(l)", "§3.4")
        return box


@torch.inference_mode()
def encoder_quantities(state: TransformerState, stepper: TransformerStepper, source: int) -> tuple[Quantity, ...]:
    """What was computed before the first step: embeddings, positions, and every encoder layer at every source position."""
    module, axis = stepper.module, state.sources[source].axis
    words, parts = stepper.ids([state.sources[source]])
    boxes = [Box("encoder embedding")]
    embedding_box(boxes[0], module.source(words, parts)[0], 0, words[0], module.config.positions)
    for i, found in enumerate(encoder_attended(stepper, state.memory, source, len(axis))):
        attended, network = (Box(f"encoder {i} {name}") for name in ("self-attention", "feed-forward"))
        x = attention_box(attended, found, found.own(found.block.value), axis)
        feed_forward_box(network, module.encoder[i].feed_forward, module.encoder[i].around_feed_forward, x)
        boxes += [attended, network]
    return tuple(quantity for box in boxes for quantity in box.whole(axis))
