"""How much of a gradient at the last step reaches each earlier step of a recurrent layer.

The state of step T depends on that of step t through the product of the Jacobians between them, ∂h_T/∂h_t = Π ∂h_k/∂h_{k−1}
(Pascanu et al. 2013, eq. 5): with factors below 1 it vanishes as the distance grows. An LSTM's state has two parts, h and
m; their derivatives are taken together, so that every path between the two steps counts.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.func import jacrev, vmap
from torch.nn import functional as F

from viz_core.layers.lstm import lstm_step, rnn_step
from viz_core.models.reach import INPUTS, ReachStepper
from viz_core.models.recurrent_stepper import RecurrentStepper


class GradientReach(NamedTuple):
    """Largest singular values, f64[T], entry t for step t (0-based); the last entry is 1 by definition.

    hidden: of ∂h_T/∂h_t; cell: of ∂m_T/∂m_t, None for a plain RNN. A value of 1 means that in at least one direction a
    gradient arrives whole, 0.001 that at most a thousandth of any gradient arrives.
    """

    hidden: NDArray
    cell: NDArray | None


def gradient_reach(layer: nn.RNN | nn.LSTM, inputs: Tensor, backward: bool = False) -> GradientReach:
    """Measured by autograd on the layer's own weights while it reads inputs f32[T, D] from zeros.

    backward: the direction that reads from the last position to the first; entries are in the order of reading.
    """
    jacobians = step_jacobians(layer, inputs.flip(0) if backward else inputs, "_l0_reverse" if backward else "_l0")
    size, steps = layer.hidden_size, len(jacobians)
    product = torch.eye(jacobians.shape[-1], dtype=torch.float64)
    products = [product]
    for t in range(steps - 1, 0, -1):  # ∂s_T/∂s_{t−1} = ∂s_T/∂s_t · ∂s_t/∂s_{t−1}
        product = product @ jacobians[t]
        products.append(product)
    whole = torch.stack(products[::-1])  # (T, S, S)
    return GradientReach(_norm(whole[:, :size, :size]), _norm(whole[:, size:, size:]) if isinstance(layer, nn.LSTM) else None)


def step_jacobians(layer: nn.RNN | nn.LSTM, inputs: Tensor, suffix: str = "_l0") -> Tensor:
    """∂s_t/∂s_{t−1} of every step, f64[T, S, S]: s = h for a plain RNN (S = H), s = [h; m] for an LSTM (S = 2H).

    suffix: of the names of the weights of one direction, `_l0` or `_l0_reverse`.
    """
    is_lstm = isinstance(layer, nn.LSTM)
    from_input, from_state, bias_input, bias_state = (
        getattr(layer, name + suffix).detach().double() for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    )
    projected = F.linear(inputs.detach().double(), from_input, bias_input + bias_state)  # (T, G)

    def step(state: Tensor, row: Tensor) -> Tensor:
        if not is_lstm:
            return rnn_step(row + F.linear(state, from_state))
        hidden, cell = state.chunk(2)
        made = lstm_step(row + F.linear(hidden, from_state), cell)
        return torch.cat([made.hidden, made.cell])

    states = [torch.zeros(layer.hidden_size * (2 if is_lstm else 1), dtype=torch.float64)]
    for row in projected:
        states.append(step(states[-1], row))
    with torch.inference_mode(False), torch.enable_grad():
        return vmap(jacrev(step))(torch.stack(states[:-1]).clone(), projected.clone()).detach()


def encoder_reach(stepper: RecurrentStepper, text: str, backward: bool = False) -> GradientReach:
    """How far a gradient reaches in the encoder of an LSTM encoder–decoder that reads a source."""
    source = stepper.encode(text)
    inputs = stepper.module.encoder_inputs(stepper.start([source]).memory.embedded[0, : len(source.axis)])
    return gradient_reach(stepper.module.encoder, inputs, backward)


def model_reach(stepper: ReachStepper, text: str) -> GradientReach:
    """How far a gradient reaches from the answer after `?` back over the letters of a source of the reach task."""
    units = stepper.encode(text).ids
    symbols = torch.tensor([INPUTS.index(unit) for unit in units], device=stepper.module.output.bias.device)
    return gradient_reach(stepper.module.recurrent, stepper.module.embed(symbols))


def _norm(matrices: Tensor) -> NDArray:
    return np.asarray(torch.linalg.matrix_norm(matrices, ord=2).cpu().numpy())
