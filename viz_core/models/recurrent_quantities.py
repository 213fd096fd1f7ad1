"""The seven equations of attention seq2seq as quantities with symbols, shapes and numbers.

h_t = RNN_enc(x_t, h_{t−1}); s_t = RNN_dec(ŷ_{t−1}, s_{t−1}); e_ij = score(s_i, h_j); α = softmax(e);
c_i = Σ_j α_ij h_j; ŝ_t = tanh(W_c[c_t; s_t]); p = softmax(W_s ŝ_t)  (Luong et al. 2015; Bahdanau et al. 2015).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from viz_core.trace import Axis, Quantity, numbered

if TYPE_CHECKING:
    from viz_core.models.recurrent_stepper import RecurrentPrediction, RecurrentState, RecurrentStepper

LUONG, BAHDANAU, LSTM = "Luong et al. 2015", "Bahdanau et al. 2015", "Hochreiter & Schmidhuber 1997"
SCORE_EQUATIONS = {
    "dot": r"e_{ij} = s_i^\top h_j",
    "general": r"e_{ij} = s_i^\top W_a h_j",
    "additive": r"e_{ij} = v_a^\top \tanh(W_a s_i + U_a h_j)",
}
GATES = (
    ("input gate", "i_t", r"i_t = \sigma(W_i x_t + U_i s_{t-1} + b_i)"),
    ("forget gate", "f_t", r"f_t = \sigma(W_f x_t + U_f s_{t-1} + b_f)"),
    ("candidate", r"\tilde{c}_t", r"\tilde{c}_t = \tanh(W_c x_t + U_c s_{t-1} + b_c)"),
    ("output gate", "o_t", r"o_t = \sigma(W_o x_t + U_o s_{t-1} + b_o)"),
    ("cell", r"m_t", r"m_t = f_t \odot m_{t-1} + i_t \odot \tilde{c}_t"),
    ("decoder state", "s_t", r"s_t = o_t \odot \tanh(m_t)"),
)


def decoder_quantities(
    prediction: RecurrentPrediction, stepper: RecurrentStepper, choice: int, source: int, hypothesis: int
) -> tuple[Quantity, ...]:
    """All tensors of one decoder step of one hypothesis."""
    state, step = prediction.state, prediction.step
    keys, config = state.sources[source].axis, stepper.module.config

    def vector(tensor: torch.Tensor) -> np.ndarray:
        return tensor[source, hypothesis].float().cpu().numpy()

    units, channels = numbered("channel", config.hidden), numbered("channel", config.embedding)
    one = Axis("channel", ("",))
    previous = int(state.previous[source, hypothesis])
    cell_before = vector(state.decoder.cell)
    lstm = {name: vector(value) for (name, _, _), value in zip(GATES, step.lstm, strict=True)}
    out = [
        Quantity("previous output", r"\hat{y}_{t-1}", (Axis("channel", (stepper.labels[previous],)),), [previous],
                 r"\hat{y}_{t-1} \in \{0, 1\}^{V}\ \text{(one-hot: the index of the 1)}", LUONG),
        Quantity("embedding", r"E\hat{y}_{t-1}", (channels,), vector(step.embedded), r"E\,\hat{y}_{t-1}", LUONG),
        Quantity("fed attentional state", r"\tilde{s}_{t-1}", (channels,), vector(state.decoder.attentional),
                 r"x_t = [E\hat{y}_{t-1}; \tilde{s}_{t-1}]", f"{LUONG}, §3.3"),
    ]
    out += [Quantity(name, symbol, (units,), lstm[name], equation, LSTM) for name, symbol, equation in GATES]
    out += [
        Quantity("kept", r"f_t \odot m_{t-1}", (units,), lstm["forget gate"] * cell_before, r"f_t \odot m_{t-1}", LSTM),
        Quantity("written", r"i_t \odot \tilde{c}_t", (units,), lstm["input gate"] * lstm["candidate"],
                 r"i_t \odot \tilde{c}_t", LSTM),
    ]
    if step.scores is not None and step.weights is not None:
        out += [
            Quantity("scores", "e_{ij}", (keys,), vector(step.scores)[: len(keys)], SCORE_EQUATIONS[config.score],
                     f"{BAHDANAU}, A.1.2" if config.score == "additive" else f"{LUONG}, eq. 8"),
            Quantity("weights", r"\alpha_{ij}", (keys,), vector(step.weights)[: len(keys)],
                     r"\alpha_{ij} = \frac{\exp(e_{ij})}{\sum_k \exp(e_{ik})}", f"{BAHDANAU}, eq. 6"),
        ]
    context = r"c_i = \sum_j \alpha_{ij} h_j" if step.weights is not None else r"c_i = c = [\overrightarrow{h}_T; \overleftarrow{h}_1]"
    context_source = f"{BAHDANAU}, eq. 5" if step.weights is not None else "Sutskever et al. 2014"
    total = float(prediction.log_probs[source, hypothesis, choice])
    out += [
        Quantity("context", "c_i", (units,), vector(step.context), context, context_source),
        Quantity("attentional state", r"\tilde{s}_t", (channels,), vector(step.attentional),
                 r"\tilde{s}_t = \tanh(W_c [c_t; s_t])", f"{LUONG}, eq. 5"),
        Quantity("log-probability", r"\log p(y_t \mid y_{<t}, x)", (one,), [total],
                 r"p(y_t \mid y_{<t}, x) = \mathrm{softmax}(W_s \tilde{s}_t)", f"{LUONG}, eq. 6"),
    ]
    return tuple(out)


@torch.inference_mode()
def encoder_quantities(state: RecurrentState, stepper: RecurrentStepper, source: int) -> tuple[Quantity, ...]:
    """What was computed before the first step: one-hot indices, embedding rows, h_1 … h_T, the fixed vector, s_0."""
    config, keys = stepper.module.config, state.sources[source].axis
    memory, length = state.memory, len(keys)
    words, _ = stepper.source_ids.encode([state.sources[source].ids])
    channels, units = numbered("channel", config.embedding), numbered("channel", config.hidden)
    begin = stepper.module.begin(memory)

    def rows(tensor: torch.Tensor) -> np.ndarray:
        return tensor[source].float().cpu().numpy()

    return (
        Quantity("source index", r"x_j \in \{0, 1\}^{V_x}", (keys,), words[0].numpy(), r"\text{index of the 1 in } x_j"),
        Quantity("source embedding", r"E_x x_j", (keys, channels), rows(memory.embedded)[:length], r"E_x x_j"),
        Quantity("encoder states", "h_j", (keys, units), rows(memory.states)[:length],
                 r"h_j = [\overrightarrow{h}_j; \overleftarrow{h}_j],\ h_t = \mathrm{RNN}_{enc}(x_t, h_{t-1})", f"{BAHDANAU}, §3.2"),
        Quantity("fixed vector", "c", (units,), rows(memory.fixed), r"c = [\overrightarrow{h}_T; \overleftarrow{h}_1]",
                 "Sutskever et al. 2014"),
        Quantity("first decoder state", "s_0", (units,), rows(begin.hidden)[0], r"s_0 = \tanh(W_b\, c)", f"{BAHDANAU}, A.2.2"),
    )
