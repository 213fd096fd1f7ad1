"""What an encoder's LSTM does while it reads: every gate and cell of every step, as a trace like that of a decoder.

torch.nn.LSTM computes all steps in one call and returns only h. Here the same weights are stepped one position at a time
(`layers.lstm.lstm_step`), which gives the same h and everything behind it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from viz_core.layers.lstm import LSTMStep, lstm_step
from viz_core.models.protocol import Identity
from viz_core.models.reach_quantities import lstm_quantities
from viz_core.models.recurrent_quantities import GATES
from viz_core.models.recurrent_stepper import RecurrentStepper
from viz_core.trace import InputError, Step, Trace

DIRECTIONS = ("forward", "backward")


@torch.inference_mode()
def unroll(layer: nn.LSTM, inputs: Tensor, backward: bool = False) -> LSTMStep:
    """All steps of one direction of a one-layer LSTM from zero states, f32[T, H] each, in the order of reading.

    inputs: f32[T, D], first position first; backward: read from the last position to the first, with the weights of
    that direction. Raises InputError when the layer has no such direction.
    """
    if backward and not layer.bidirectional:
        raise InputError("this LSTM reads in one direction only; ask for the forward one")
    suffix = "_l0_reverse" if backward else "_l0"
    from_input, from_state, bias_input, bias_state = (
        getattr(layer, name + suffix) for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    )
    ordered = inputs.flip(0) if backward else inputs
    projected = F.linear(ordered, from_input, bias_input + bias_state)  # (T, 4H), W x_t + b for all t at once
    hidden = cell = inputs.new_zeros(layer.hidden_size)
    steps = []
    for row in projected:
        steps.append(lstm_step(row + F.linear(hidden, from_state), cell))
        hidden, cell = steps[-1].hidden, steps[-1].cell
    return LSTMStep(*(torch.stack(values) for values in zip(*steps, strict=True)))


def encoder_trace(stepper: RecurrentStepper, text: str, backward: bool = False) -> Trace:
    """The encoder of an LSTM encoder–decoder reading a source, one step a position in the order of reading.

    Of an encoder with two layers it is the upper one, whose states are attended to. Its quantities are named as those of
    the decoder's steps. Raises InputError for a source that cannot be read.
    """
    source = stepper.encode(text)
    inputs = stepper.module.encoder_inputs(stepper.start([source]).memory.embedded[0, : len(source.axis)])
    run = unroll(stepper.module.encoder, inputs, backward)
    values = {name: value.cpu().numpy() for (name, _, _), value in zip(GATES, run, strict=True)}
    labels = source.axis.labels[::-1] if backward else source.axis.labels
    steps = []
    for t, label in enumerate(labels):
        before = values["cell"][t - 1] if t else values["cell"][0] * 0
        details = lstm_quantities({name: value[t] for name, value in values.items()}, before)
        steps.append(Step(t, label, details=details))
    identity = getattr(stepper, "identity", Identity())
    about = {
        "model": identity.name, "family": identity.family, "sha256": identity.sha256, "part": f"encoder, {DIRECTIONS[backward]}",
    }  # fmt: skip
    return Trace(about, source.text, source.axis, "", stepper.unit, tuple(steps))
