"""Every intermediate of a Transformer as quantities with symbols, shapes and numbers (Vaswani et al. 2017).

They are computed again, one source and one hypothesis at a time, from what entered each layer; names begin with the box
they belong to ("decoder 2 cross-attention · scores"), so that a page can show one box without asking for the others.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from viz_core.layers.positional import sinusoids
from viz_core.models.transformer import FeedForward, KeyValue, MultiHead, Sublayer
from viz_core.models.transformer_maps import encoder_inputs, written
from viz_core.trace import Axis, Quantity, numbered

if TYPE_CHECKING:
    from viz_core.models.transformer_stepper import TransformerPrediction, TransformerState, TransformerStepper

PAPER = "Vaswani et al. 2017"


class Box:
    """Collects the quantities of one box of the picture. queries: the axis of its positions, None for one position."""

    def __init__(self, name: str, queries: Axis | None) -> None:
        self.name, self.queries, self.quantities = name, queries, []

    def add(self, name: str, symbol: str, values: Tensor, axes: tuple[Axis, ...], equation: str = "", section: str = "") -> None:
        """values: (L, …) with one row a position."""
        whole = axes if self.queries is None else (self.queries, *axes)
        rows = values[0] if self.queries is None else values
        self.quantities.append(self._quantity(name, symbol, rows, whole, equation, section))

    def add_shared(self, name: str, symbol: str, values: Tensor, axes: tuple[Axis, ...], equation: str = "", section: str = "") -> None:
        """values that belong to no single position (keys, values)."""
        self.quantities.append(self._quantity(name, symbol, values, axes, equation, section))

    def _quantity(self, name: str, symbol: str, values: Tensor, axes: tuple[Axis, ...], equation: str, section: str) -> Quantity:
        source = f"{PAPER}, {section}" if section else PAPER
        return Quantity(f"{self.name} · {name}", symbol, axes, values.float().cpu().numpy(), equation, source)


def attention_box(box: Box, block: MultiHead, around: Sublayer, x: Tensor, memory: KeyValue, keys: Axis, causal: bool = False) -> None:
    """Everything of one attention sub-layer. x: what entered it, (L, D); memory: (H, K, d) without padding."""
    width, heads, depth = x.shape[-1], block.heads, x.shape[-1] // block.heads
    channels, head, inside = numbered("channel", width), numbered("channel", heads, "head "), numbered("channel", depth)
    y = _entered(box, around, x, channels)
    q = block.split(block.query(y)[None])[0]  # (H, L, d)
    scores = q @ memory.keys.transpose(-1, -2)  # (H, L, K)
    scaled = scores / math.sqrt(depth)
    alpha = scaled.softmax(-1)
    mixed = alpha @ memory.values  # (H, L, d)
    concat = mixed.transpose(0, 1).flatten(1)  # (L, D)
    box.add("queries", "Q", q.transpose(0, 1), (head, inside), r"Q_i = x W_i^Q", "§3.2.2")
    box.add_shared("keys", "K", memory.keys, (head, keys, inside), r"K_i = x W_i^K", "§3.2.2")
    box.add_shared("values", "V", memory.values, (head, keys, inside), r"V_i = x W_i^V", "§3.2.2")
    box.add("scores", "QK^T", scores.transpose(0, 1), (head, keys), r"Q_i K_i^\top", "eq. 1")
    box.add("scaled scores", r"QK^T / \sqrt{d_k}", scaled.transpose(0, 1), (head, keys), rf"Q_i K_i^\top / \sqrt{{{depth}}}", "eq. 1")
    if causal:
        hidden = torch.zeros(len(x), len(keys))
        box.add("mask", "M", hidden, (keys,), r"M_{ij} = 0\ (j \le i),\ -\infty\ (j > i)\ \text{(later words do not exist yet)}", "§3.2.3")
    box.add("weights", r"\alpha", alpha.transpose(0, 1), (head, keys), r"\alpha_i = \mathrm{softmax}(Q_i K_i^\top / \sqrt{d_k})", "eq. 1")
    box.add("head outputs", r"\mathrm{head}_i", mixed.transpose(0, 1), (head, inside), r"\mathrm{head}_i = \alpha_i V_i", "§3.2.2")
    box.add("concatenated heads", r"[\mathrm{head}_1; \ldots]", concat, (channels,), r"\mathrm{Concat}(\mathrm{head}_1, \ldots, \mathrm{head}_h)", "§3.2.2")
    projected = block.output(concat)
    box.add("projection", "z", projected, (channels,), r"z = \mathrm{Concat}(\ldots) W^O", "§3.2.2")
    _left(box, around, x, projected, channels)


def feed_forward_box(box: Box, block: FeedForward, around: Sublayer, x: Tensor) -> None:
    """Everything of one position-wise network. x: what entered it, (L, D)."""
    channels = numbered("channel", x.shape[-1])
    y = _entered(box, around, x, channels)
    inner = block.into(y).relu()
    box.add("inner layer", "f", inner, (numbered("channel", inner.shape[-1]),), r"f = \max(0, x W_1 + b_1)", "eq. 2")
    projected = block.out(inner)
    box.add("projection", "z", projected, (channels,), r"z = f W_2 + b_2", "eq. 2")
    _left(box, around, x, projected, channels)


def _entered(box: Box, around: Sublayer, x: Tensor, channels: Axis) -> Tensor:
    box.add("input", "x", x, (channels,))
    if around.pre:
        box.add("LayerNorm", r"\mathrm{LN}(x)", around.before(x), (channels,), r"\mathrm{LN}(x) = \gamma \frac{x - \mu}{\sigma} + \beta", "§3.1")
    return around.before(x)


def _left(box: Box, around: Sublayer, x: Tensor, output: Tensor, channels: Axis) -> None:
    box.add("residual sum", "x + z", x + output, (channels,), r"x + \mathrm{Sublayer}(x)", "§3.1")
    if not around.pre:
        box.add("LayerNorm", "y", around.after(x, output), (channels,), r"y = \mathrm{LN}(x + \mathrm{Sublayer}(x)) = \gamma \frac{x + z - \mu}{\sigma} + \beta", "§3.1")


def embedding_box(box: Box, vectors: Tensor, first: int, ids: Tensor, positions: bool) -> None:
    """Embedding rows (L, D), × √D, and the position encodings from `first` on."""
    width = vectors.shape[-1]
    channels = (numbered("channel", width),)
    place = sinusoids(len(vectors), width, first) if positions else torch.zeros_like(vectors)
    scaled = vectors * math.sqrt(width)
    box.add("index", "w", ids[:, None], (Axis("channel", ("",)),), r"w \in \{0, 1\}^V\ \text{(one-hot: the index of the 1)}")
    box.add("embedding", "E w", vectors, channels, r"E\,w", "§3.4")
    box.add("scaled embedding", r"\sqrt{d}\,E w", scaled, channels, rf"\sqrt{{{width}}}\,E\,w", "§3.4")
    box.add("position", r"\mathrm{PE}", place, channels, r"\mathrm{PE}_{2i} = \sin(pos / 10000^{2i/d}),\ \mathrm{PE}_{2i+1} = \cos(\ldots)", "§3.5")
    box.add("sum", "x", scaled + place, channels, r"x = \sqrt{d}\,E\,w + \mathrm{PE}", "§3.5")


@torch.inference_mode()
def step_quantities(prediction: TransformerPrediction, stepper: TransformerStepper, choice: int, source: int, hypothesis: int) -> tuple[Quantity, ...]:
    """All tensors of one decoder step of one hypothesis, from the previous output to log p of the chosen one."""
    state, module, step = prediction.state, prediction.module, prediction.step
    previous = state.previous[source, hypothesis][None]
    boxes = [Box("decoder embedding", None)]
    embedding_box(boxes[0], module.target(previous), state.index, previous, module.config.positions)
    place, keys = source * state.previous.shape[1] + hypothesis, state.sources[source].axis
    for i, layer in enumerate(module.decoder):
        x, crossing = (values[i][source, hypothesis][None] for values in (step.inputs, step.crossing))
        box = Box(f"decoder {i + 1} self-attention", None)
        seen = KeyValue(*(tensor[place] for tensor in step.past[i]))
        attention_box(box, layer.attention, layer.around_attention, x, seen, written(prediction, stepper, source, hypothesis), causal=True)
        cross = Box(f"decoder {i + 1} cross-attention", None)
        memory = KeyValue(*(tensor[source, :, : len(keys)] for tensor in state.memory.cross[i]))
        attention_box(cross, layer.cross, layer.around_cross, crossing, memory, keys)
        network = Box(f"decoder {i + 1} feed-forward", None)
        fed = layer.around_cross.after(crossing, layer.cross(layer.around_cross.before(crossing)[None], KeyValue(*(t[None] for t in memory)))[0])
        feed_forward_box(network, layer.feed_forward, layer.around_feed_forward, fed)
        boxes += [box, cross, network]
    boxes.append(_output_box(prediction, stepper, choice, source, hypothesis))
    return tuple(quantity for box in boxes for quantity in box.quantities)


def _output_box(prediction: TransformerPrediction, stepper: TransformerStepper, choice: int, source: int, hypothesis: int) -> Box:
    """The last state, the logits through the tied matrix, and log p of the chosen output."""
    module, box = prediction.module, Box("output", None)
    state = prediction.step.states[source, hypothesis][None]
    vocabulary = Axis("vocabulary", tuple(stepper.labels))
    box.add("state", "y", state, (numbered("channel", state.shape[-1]),))
    box.add("logits", "l", module.logits(state), (vocabulary,), r"l = E\,y + b\ \text{(the embedding matrix again)}", "§3.4")
    total = prediction.log_probs[source, hypothesis, choice][None, None]
    box.add("log-probability", r"\log p(y_t \mid y_{<t}, x)", total, (Axis("channel", ("",)),), r"p = \mathrm{softmax}(l)", "§3.4")
    return box


@torch.inference_mode()
def encoder_quantities(state: TransformerState, stepper: TransformerStepper, source: int) -> tuple[Quantity, ...]:
    """What was computed before the first step: embeddings, positions, and every encoder layer at every source position."""
    module, axis = stepper.module, state.sources[source].axis
    words, parts = stepper.ids([state.sources[source]])
    box = Box("encoder embedding", axis)
    embedding_box(box, module.source(words, parts)[0], 0, words[0], module.config.positions)
    boxes = [box]
    for i, (layer, x) in enumerate(zip(module.encoder, encoder_inputs(module, state.memory, source, len(axis)), strict=False)):
        y = layer.around_attention.before(x)
        memory = layer.attention.remember(y)
        attended = Box(f"encoder {i + 1} self-attention", axis)
        attention_box(attended, layer.attention, layer.around_attention, x[0], KeyValue(*(tensor[0] for tensor in memory)), axis)
        network = Box(f"encoder {i + 1} feed-forward", axis)
        feed_forward_box(network, layer.feed_forward, layer.around_feed_forward, layer.around_attention.after(x, layer.attention(y, memory))[0])
        boxes += [attended, network]
    return tuple(quantity for box in boxes for quantity in box.quantities)
