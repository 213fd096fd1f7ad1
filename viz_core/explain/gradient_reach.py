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


class GradientReach(NamedTuple):
    """Largest singular values, f64[T], entry t for step t (0-based); the last entry is 1 by definition.

    hidden: of ∂h_T/∂h_t; cell: of ∂m_T/∂m_t, None for a plain RNN. A value of 1 means that in at least one direction a
    gradient arrives whole, 0.001 that at most a thousandth of any gradient arrives.
    """

    hidden: NDArray
    cell: NDArray | None


def gradient_reach(layer: nn.RNN | nn.LSTM, inputs: Tensor) -> GradientReach:
    """Measured by autograd on the layer's own weights (forward direction) while it reads inputs f32[T, D] from zeros."""
    jacobians = step_jacobians(layer, inputs)  # (T, S, S)
    size, steps = layer.hidden_size, len(jacobians)
    product = torch.eye(jacobians.shape[-1], dtype=torch.float64)
    products = [product]
    for t in range(steps - 1, 0, -1):  # ∂s_T/∂s_{t−1} = ∂s_T/∂s_t · ∂s_t/∂s_{t−1}
        product = product @ jacobians[t]
        products.append(product)
    whole = torch.stack(products[::-1])
    return GradientReach(_norm(whole[:, :size, :size]), _norm(whole[:, size:, size:]) if isinstance(layer, nn.LSTM) else None)


def step_jacobians(layer: nn.RNN | nn.LSTM, inputs: Tensor) -> Tensor:
    """∂s_t/∂s_{t−1} of every step, f64[T, S, S]: s = h for a plain RNN (S = H), s = [h; m] for an LSTM (S = 2H)."""
    is_lstm = isinstance(layer, nn.LSTM)
    from_state = layer.weight_hh_l0.detach().double()
    projected = F.linear(inputs, layer.weight_ih_l0, layer.bias_ih_l0 + layer.bias_hh_l0).detach().double()  # (T, G)

    def step(state: Tensor, row: Tensor) -> Tensor:
        if not is_lstm:
            return rnn_step(row + F.linear(state, from_state))
        hidden, cell = state.chunk(2)
        made = lstm_step(row + F.linear(hidden, from_state), cell)
        return torch.cat([made.hidden, made.cell])

    states = [torch.zeros(layer.hidden_size * (2 if is_lstm else 1), dtype=torch.float64)]
    for row in projected:
        states.append(step(states[-1], row))
    with torch.enable_grad():
        return vmap(jacrev(step))(torch.stack(states[:-1]), projected).detach()


def _norm(matrices: Tensor) -> NDArray:
    return np.asarray(torch.linalg.matrix_norm(matrices, ord=2).numpy())
