"""What a Marian student computes at a step, as quantities with symbols, shapes and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor

from viz_core.trace import Axis, Quantity, numbered

if TYPE_CHECKING:
    from viz_core.models.marian_stepper import MarianPrediction, MarianState

SSRU, TRANSFORMER = "Kim et al. 2019", "Vaswani et al. 2017"
LAYER = (  # field of `LayerStep`, name, symbol, equation, source
    ("candidate", "candidate", r"\tilde{x}_t", r"\tilde{x}_t = W x_t", SSRU),
    ("forget", "forget gate", "f_t", r"f_t = \sigma(W_f x_t + b_f)", SSRU),
    ("cell", "cell", "c_t", r"c_t = f_t \odot c_{t-1} + (1 - f_t) \odot \tilde{x}_t", SSRU),
    ("context", "context", "a_t", r"a_t = W^O \left[\mathrm{softmax}(q_h K_h^\top / \sqrt{d})\, V_h\right]_{h=1}^{H}", f"{TRANSFORMER}, §3.2.2"),
    ("output", "layer output", "s_t", r"s_t = \mathrm{LN}(u_t + \mathrm{FFN}(u_t)),\ u_t = \mathrm{LN}(o_t + a_t)", f"{TRANSFORMER}, §3.1"),
)


def decoder_quantities(
    prediction: MarianPrediction, labels: Sequence[str], choice: int, source: int, hypothesis: int
) -> tuple[Quantity, ...]:
    """All tensors of one decoder step of one hypothesis; names end in their layer, counted from 0."""
    previous = int(prediction.state.previous[source, hypothesis])

    def vector(tensor: Tensor) -> np.ndarray:
        return tensor[source, hypothesis].float().cpu().numpy()

    channels = numbered("channel", prediction.step.embedded.shape[-1])
    fed = Axis("channel", (labels[previous] if previous >= 0 else "",))
    out = [
        Quantity("previous output", r"\hat{y}_{t-1}", (fed,), [previous],
                 r"\hat{y}_{t-1} \in \{0, 1\}^{V}\ \text{(one-hot: the index of the 1; −1 before the first)}"),
        Quantity("embedding", "x_t", (channels,), vector(prediction.step.embedded),
                 r"x_t = \sqrt{D}\, E\hat{y}_{t-1} + \mathrm{PE}(t)", f"{TRANSFORMER}, §3.4"),
    ]  # fmt: skip
    for number, layer in enumerate(prediction.step.layers):
        out += [
            Quantity(f"{name}, layer {number}", symbol, (channels,), vector(getattr(layer, field)), equation, where)
            for field, name, symbol, equation, where in LAYER
        ]
    total = float(prediction.log_probs[source, hypothesis, choice])
    out.append(
        Quantity("log-probability", r"\log p(y_t \mid y_{<t}, x)", (Axis("channel", ("",)),), [total],
                 r"p(y_t \mid y_{<t}, x) = \mathrm{softmax}(E s_t + b)", f"{TRANSFORMER}, §3.4")
    )  # fmt: skip
    return tuple(out)


def encoder_quantities(state: MarianState, source: int) -> tuple[Quantity, ...]:
    """What was computed before the first step: piece ids, embedding rows with positions, encoder states."""
    keys, memory = state.sources[source].axis, state.memory
    channels = numbered("channel", memory.states.shape[-1])

    def rows(tensor: Tensor) -> np.ndarray:
        return tensor[source, : len(keys)].float().cpu().numpy()

    return (
        Quantity("source index", r"x_j \in \{0, 1\}^{V}", (keys,), state.sources[source].ids, r"\text{index of the 1 in } x_j"),
        Quantity("source embedding", r"\sqrt{D}\, E x_j + \mathrm{PE}(j)", (keys, channels), rows(memory.embedded),
                 r"\sqrt{D}\, E x_j + \mathrm{PE}(j)", f"{TRANSFORMER}, §3.4"),
        Quantity("encoder states", "h_j", (keys, channels), rows(memory.states),
                 r"h = \mathrm{Encoder}(x_1, \dots, x_S)", f"{TRANSFORMER}, §3.1"),
    )  # fmt: skip
