"""The tensors of one hop of a memory network, named and written as in Sukhbaatar et al. 2015, §2."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from viz_core.trace import Axis, Quantity, numbered

if TYPE_CHECKING:
    from viz_core.models.memory_network import MemoryNetwork
    from viz_core.models.memory_network_stepper import HopPrediction

PAPER = "Sukhbaatar et al. 2015"


def hop_quantities(module: MemoryNetwork, prediction: HopPrediction, source: int, hypothesis: int) -> tuple[Quantity, ...]:
    """u, m_i, uᵀm_i, p_i, c_i, o, the updated query, and the answer if this hop were the last."""
    state, hop, axis = prediction.state, prediction.hop, prediction.state.sources[source].axis
    channels, words = numbered("channel", state.query.shape[-1]), Axis("vocabulary", module.vocabulary)
    count = len(axis)

    def one(tensor: torch.Tensor) -> np.ndarray:
        return tensor[source, hypothesis].cpu().numpy()

    def story(tensor: torch.Tensor) -> np.ndarray:
        return tensor[source, :count].cpu().numpy()

    update = r"u^{k+1} = H u^k + o^k" if module.config.tying == "layer-wise" else r"u^{k+1} = u^k + o^k"
    read, matched = (r"c_i", r"\sum_j l_j \odot C^k x_{ij} + T_C(i)"), (r"m_i", r"\sum_j l_j \odot A^k x_{ij} + T_A(i)")
    if module.config.tying == "single":
        read, matched = (r"m_i", r"\sum_j A x_{ij} + T_A(i)"), (r"m_i", r"\sum_j A x_{ij} + T_A(i)")
    weights = prediction.hop.weights[source, hypothesis, :count].cpu().numpy()
    return (
        Quantity("query", "u^k", (channels,), one(state.query), r"u^1 = \sum_j l_j \odot B q_j", f"{PAPER}, §2.1"),
        Quantity("sentences to match", matched[0], (axis, channels), story(state.memory.match[state.index]), f"{matched[0]} = {matched[1]}", f"{PAPER}, §4.1"),
        Quantity("match", r"u^\top m_i", (axis,), one(hop.scores)[:count], r"u^\top m_i", f"{PAPER}, eq. 1"),
        Quantity("weights", "p_i", (axis,), weights, r"p_i = \mathrm{softmax}(u^\top m_i)", f"{PAPER}, eq. 1"),
        Quantity("sentences to read", read[0], (axis, channels), story(state.memory.read[state.index]), f"{read[0]} = {read[1]}", f"{PAPER}, §4.1"),
        Quantity("what was read", "o^k", (channels,), one(hop.output), rf"o^k = \sum_i p_i {read[0]}", f"{PAPER}, eq. 2"),
        Quantity("updated query", "u^{k+1}", (channels,), one(hop.query), update, f"{PAPER}, eq. 4"),
        Quantity("answer after this hop", r"\hat{a}", (words,), np.exp(one(prediction.answers)), r"\hat{a} = \mathrm{softmax}(W u^{k+1})", f"{PAPER}, eq. 3"),
    )

