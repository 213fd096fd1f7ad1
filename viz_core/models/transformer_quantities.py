"""Every intermediate of a Transformer as quantities with symbols, shapes and numbers (Vaswani et al. 2017).

They follow from what a run keeps, all layers and all steps of an output (or all source positions) side by side; names begin
with the box they belong to ("decoder 2 cross-attention · scores"), so that a page can show one box at a time.
Axes: L layers, R rows (steps or source positions), D width, H heads, d = D / H, K keys.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from viz_core.layers.positional import sinusoids
from viz_core.models.transformer import Sublayer, Transformer
from viz_core.models.transformer_boxes import GROWING, PRE_LN, Box, Boxes
from viz_core.models.transformer_path import Attended, Path, encoder_attended
from viz_core.trace import Axis, Quantity
from viz_core.trace import numbered as plain_numbered

if TYPE_CHECKING:
    from viz_core.models.transformer_stepper import TransformerState, TransformerStepper

ONE = Axis("channel", ("",))
LAYER_NORM = r"\mathrm{LN}(x) = \gamma \frac{x - \mu}{\sigma} + \beta"


numbered = lru_cache(maxsize=64)(plain_numbered)  # the same few axes stand in every box


def attention_boxes(
    boxes: Boxes,
    arounds: Sequence[Sublayer],
    found: Attended,
    passed: tuple[Tensor, Tensor, Tensor],
    values: Tensor,
    keys: Axis | None,
    causal: bool = False,
) -> None:
    """Everything of one attention sub-layer of every layer. arounds: the residual connections and LayerNorms; passed: what came in,
    what attention gave after W^O, and what left, (L, R, D) each; values: (L, H, K, d); keys: None where every step has one key more."""
    entered, projected, left = passed
    heads, depth = values.shape[1], values.shape[-1]
    channels, head, inside = numbered("channel", entered.shape[-1]), numbered("head", heads), numbered("channel", depth)
    over = GROWING if keys is None else keys
    _entered(boxes, arounds, entered, channels)
    mixed = (found.weights @ values).transpose(1, 2)  # (L, R, H, d)
    concat = mixed.flatten(2)  # (L, R, D)
    boxes.add("queries", "Q", found.query.transpose(1, 2), (head, inside), r"Q_i = x W_i^Q", "§3.2.2")
    boxes.share("keys", "K", found.keys, (head, over, inside), r"K_i = x W_i^K", "§3.2.2")
    boxes.share("values", "V", values, (head, over, inside), r"V_i = x W_i^V", "§3.2.2")
    scores = found.scores.transpose(1, 2)  # (L, R, H, K)
    boxes.add("scores", "QK^T", scores * math.sqrt(depth), (head, over), r"Q_i K_i^\top", "eq. 1")
    boxes.add("scaled scores", r"QK^T / \sqrt{d_k}", scores, (head, over), rf"Q_i K_i^\top / \sqrt{{{depth}}}", "eq. 1")
    if causal:
        hidden = torch.zeros(1, scores.shape[1], scores.shape[3]).expand(len(scores), -1, -1)
        boxes.add("mask", "M", hidden, (over,), r"M_{ij} = 0\ (j \le i),\ -\infty\ (j > i)\ \text{(later words do not exist yet)}", "§3.2.3")
    boxes.add("weights", r"\alpha", found.weights.transpose(1, 2), (head, over), r"\alpha_i = \mathrm{softmax}(Q_i K_i^\top / \sqrt{d_k})", "eq. 1")
    boxes.add("head outputs", r"\mathrm{head}_i", mixed, (head, inside), r"\mathrm{head}_i = \alpha_i V_i", "§3.2.2")
    boxes.add("concatenated heads", r"[\mathrm{head}_1; \ldots]", concat, (channels,), r"\mathrm{Concat}(\mathrm{head}_1, \ldots, \mathrm{head}_h)", "§3.2.2")
    boxes.add("projection", "z", projected, (channels,), r"z = \mathrm{Concat}(\ldots) W^O", "§3.2.2")
    _left(boxes, arounds, (entered, projected, left), channels)


def feed_forward_boxes(
    boxes: Boxes, arounds: Sequence[Sublayer], passed: tuple[Tensor, Tensor, Tensor], inner: Tensor
) -> None:
    """Everything of the position-wise network of every layer. passed: what came in, what it made, and what left, (L, R, D) each;
    inner: the inner layers, (L, R, inner)."""
    entered, made, _ = passed
    channels = numbered("channel", entered.shape[-1])
    _entered(boxes, arounds, entered, channels)
    boxes.add("inner layer", "f", inner, (numbered("channel", inner.shape[-1]),), r"f = \max(0, x W_1 + b_1)", "eq. 2")
    boxes.add("projection", "z", made, (channels,), r"z = f W_2 + b_2", "eq. 2")
    _left(boxes, arounds, passed, channels)


def _entered(boxes: Boxes, arounds: Sequence[Sublayer], x: Tensor, channels: Axis) -> None:
    boxes.add("input", "x", x, (channels,))
    if arounds[0].pre:
        normed = torch.stack([around.norm(part) for around, part in zip(arounds, x, strict=True)])
        boxes.add("LayerNorm", r"\mathrm{LN}(x)", normed, (channels,), LAYER_NORM, "table 1", PRE_LN)


def _left(boxes: Boxes, arounds: Sequence[Sublayer], passed: tuple[Tensor, Tensor, Tensor], channels: Axis) -> None:
    entered, made, left = passed
    total = left if arounds[0].pre else entered + made
    boxes.add("residual sum", "x + z", total, (channels,), r"x + \mathrm{Sublayer}(x)", "§3.1")
    if not arounds[0].pre:
        equation = r"y = \mathrm{LN}(x + \mathrm{Sublayer}(x)) = \gamma \frac{x + z - \mu}{\sigma} + \beta"
        boxes.add("LayerNorm", "y", left, (channels,), equation, "§3.1")


def last_norm_box(side: str, module: Transformer, x: Tensor) -> list[Box]:
    """The LayerNorm after the last layer of a pre-LN model, whose sums nothing else normalises; no box in a post-LN model.

    side: `encoder` or `decoder`; x: what leaves the last layer, (R, D)."""
    if module.config.norm == "post":
        return []
    name, channels = f"{side} last LayerNorm", (numbered("channel", x.shape[-1]),)
    boxes, norm = Boxes(name), module.encoder_norm if side == "encoder" else module.decoder_norm
    boxes.add("input", "x", x[None], channels)
    boxes.add("LayerNorm", r"\mathrm{LN}(x)", norm(x)[None], channels, LAYER_NORM, "table 1", PRE_LN)
    return [boxes[name]]


def embedding_box(name: str, vectors: Tensor, first: int, ids: Tensor, positions: bool) -> Box:
    """Embedding rows (R, D), × √D, and the position encodings from `first` on."""
    width, boxes = vectors.shape[-1], Boxes(name)
    channels = (numbered("channel", width),)
    place = sinusoids(len(vectors), width, first).to(vectors) if positions else torch.zeros_like(vectors)
    scaled = vectors * math.sqrt(width)
    boxes.add("index", "w", ids[None, :, None], (ONE,), r"w \in \{0, 1\}^V\ \text{(one-hot: the index of the 1)}")
    boxes.add("embedding", "E w", vectors[None], channels, r"E\,w", "§3.4")
    boxes.add("scaled embedding", r"\sqrt{d}\,E w", scaled[None], channels, rf"\sqrt{{{width}}}\,E\,w", "§3.4")
    boxes.add("position", r"\mathrm{PE}", place[None], channels, r"\mathrm{PE}_{2i} = \sin(pos / 10000^{2i/d}),\ \mathrm{PE}_{2i+1} = \cos(\ldots)", "§3.5")
    boxes.add("sum", "x", (scaled + place)[None], channels, r"x = \sqrt{d}\,E\,w + \mathrm{PE}", "§3.5")
    return boxes[name]


class PathQuantities:
    """All tensors of all decoder steps of a path, from the previous output to log p of the chosen one."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def of(self, step: int) -> tuple[Quantity, ...]:
        """Those of the path's step number `step`."""
        return tuple(self.box.rows(step, self.path.written[step]))

    @cached_property
    def box(self) -> Box:
        """All tensors in the order in which a step computes them."""
        with torch.inference_mode():
            return Box([tensor for box in self._boxes() for tensor in box.tensors])

    def _boxes(self) -> list[Box]:
        """The boxes in the order in which a step goes through them."""
        path, module = self.path, self.path.module
        previous, states = path.read[path.first :], path.states()
        inputs, attended, crossing, crossed, between, made = path.kept("inputs", "attended", "crossing", "crossed", "between", "made")
        left = _followed(module, inputs, between[-1] + made[-1], states)
        own, cross, network = (named("decoder", len(inputs), name) for name in ("self-attention", "cross-attention", "feed-forward"))
        around_own, around_cross, around_network = zip(
            *[(layer.around_attention, layer.around_cross, layer.around_feed_forward) for layer in module.decoder], strict=True
        )
        attention_boxes(own, around_own, path.decoder, (inputs, attended, crossing), path.values("decoder"), None, causal=True)
        attention_boxes(cross, around_cross, path.cross, (crossing, crossed, between), path.values("cross"), path.keys)
        feed_forward_boxes(network, around_network, (between, made, left), path.kept("inner")[0])
        first = embedding_box("decoder embedding", module.target(previous), path.first, previous, module.config.positions)
        return [first, *in_order(own, cross, network), *last_norm_box("decoder", module, left[-1]), self._output(states)]

    def _output(self, states: Tensor) -> Box:
        """The last state, the logits through the tied matrix, and log p of the chosen output."""
        path, boxes = self.path, Boxes("output")
        choices = torch.as_tensor(path.choices, device=states.device)[:, None]
        totals = path.log_probs.gather(1, choices)
        boxes.add("state", "y", states[None], (numbered("channel", states.shape[-1]),))
        logits = path.stepper.logits_of(states, path.log_probs, choices)[None]
        boxes.add("logits", "l", logits, (path.stepper.vocabulary,), r"l = E\,y + b\ \text{(the embedding matrix again)}", "§3.4")
        boxes.add("log-probability", r"\log p(y_t \mid y_{<t}, x)", totals[None], (ONE,), r"p = \mathrm{softmax}(l)", "§3.4")
        return boxes["output"]


@torch.inference_mode()
def encoder_quantities(state: TransformerState, stepper: TransformerStepper, source: int) -> tuple[Quantity, ...]:
    """What was computed before the first step: embeddings, positions, and every encoder layer at every source position."""
    module, axis, memory = stepper.module, state.sources[source].axis, state.memory
    words, parts = stepper.ids([state.sources[source]])
    first = embedding_box("encoder embedding", module.source(words, parts)[0], 0, words[0], module.config.positions)
    inputs, attended, between, inner, made = (
        torch.stack(kept)[:, source, : len(axis)] for kept in (memory.inputs, memory.attended, memory.between, memory.inner, memory.made)
    )
    found, values = encoder_attended(stepper, memory, source, len(axis)), torch.stack([asked.own.values for asked in memory.asked])
    left = _followed(module, inputs, between[-1] + made[-1], memory.states[source, : len(axis)])
    own, network = (named("encoder", len(inputs), name) for name in ("self-attention", "feed-forward"))
    around_own, around_network = zip(*[(layer.around_attention, layer.around_feed_forward) for layer in module.encoder], strict=True)
    attention_boxes(own, around_own, found, (inputs, attended, between), values[:, source, :, : len(axis)], axis)
    feed_forward_boxes(network, around_network, (between, made, left), inner)
    boxes = [first, *in_order(own, network), *last_norm_box("encoder", module, left[-1])]
    return tuple([quantity for box in boxes for quantity in box.whole(axis)])


def named(side: str, layers: int, part: str) -> Boxes:
    """A box of a sub-layer for every layer of a side."""
    return Boxes(*[f"{side} {i} {part}" for i in range(layers)])


def in_order(*parts: Boxes) -> list[Box]:
    """All boxes layer by layer, as they are computed."""
    return [box for layer in zip(*[boxes.boxes.values() for boxes in parts], strict=True) for box in layer]


def _followed(module: Transformer, inputs: Tensor, total: Tensor, states: Tensor) -> Tensor:
    """What left every layer, (L, R, D): what entered the next one, and of the last one its sum `total` in a pre-LN model, else
    what is read, `states`. inputs: (L, R, D); total, states: (R, D)."""
    return torch.cat([inputs[1:], (total if module.config.norm == "pre" else states)[None]])
