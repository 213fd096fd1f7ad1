"""The tensors of one step of a `Reach` model, named as in the decoders, so that one picture serves both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from viz_core.models.recurrent_quantities import GATES, LSTM
from viz_core.trace import Axis, Quantity, numbered

if TYPE_CHECKING:
    from viz_core.models.protocol import Source
    from viz_core.models.reach import Reach, ReachPrediction

ELMAN = "Elman 1990"


def step_quantities(prediction: ReachPrediction, source: int, hypothesis: int) -> tuple[Quantity, ...]:
    """x_t, the gates and the cell (LSTM only), h_t and the output distribution."""

    def vector(tensor: torch.Tensor) -> np.ndarray:
        return tensor[source, hypothesis].cpu().numpy()

    units = numbered("channel", prediction.hidden.shape[-1])
    out = [Quantity("embedding", "x_t", (numbered("channel", prediction.embedded.shape[-1]),), vector(prediction.embedded))]
    if prediction.lstm is None:
        equation = r"h_t = \tanh(W x_t + U h_{t-1} + b)"
        out.append(Quantity("hidden state", "h_t", (units,), vector(prediction.hidden), equation, ELMAN))
    else:
        out += lstm_quantities({name: vector(v) for (name, _, _), v in zip(GATES, prediction.lstm, strict=True)}, vector(prediction.state.cell))
    probabilities = np.exp(vector(prediction.log_probs))
    outputs = Axis("channel", tuple(str(i) for i in range(len(probabilities))))
    return (*out, Quantity("output distribution", "p_t", (outputs,), probabilities, r"p_t = \mathrm{softmax}(W h_t + b)"))


def lstm_quantities(values: dict[str, np.ndarray], cell_before: np.ndarray) -> tuple[Quantity, ...]:
    """The six vectors of an LSTM step by the names of `GATES`, and what the cell kept and wrote. cell_before: m_{t−1}."""
    units = numbered("channel", len(cell_before))
    names = {"decoder state": ("hidden state", "h_t")}  # the same vector, in a layer that is no decoder
    out = []
    for name, symbol, equation in GATES:
        shown, letter = names.get(name, (name, symbol))
        out.append(Quantity(shown, letter, (units,), values[name], equation.replace("s_", "h_"), LSTM))
    kept, written = values["forget gate"] * cell_before, values["input gate"] * values["candidate"]
    out.append(Quantity("kept", r"f_t \odot m_{t-1}", (units,), kept, r"f_t \odot m_{t-1}", LSTM))
    out.append(Quantity("written", r"i_t \odot \tilde{c}_t", (units,), written, r"i_t \odot \tilde{c}_t", LSTM))
    return tuple(out)


def introduction(module: Reach, source: Source) -> tuple[Quantity, ...]:
    """What stands before the first step: the memory is empty."""
    size = module.config.hidden
    return (Quantity("first hidden state", "h_0", (numbered("channel", size),), np.zeros(size), "h_0 = 0"),)
