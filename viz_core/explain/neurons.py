"""Neurons of an LSTM that are worth a look on one input, and what one of them computes at every step."""

from __future__ import annotations

import numpy as np

from viz_core.trace import InputError, Quantity, Step, Trace

STATES = ("hidden state", "decoder state")  # h_t of a layer, s_t of a decoder: o_t · tanh(m_t) either way
SOURCE = "Hochreiter & Schmidhuber 1997; Gers et al. 2000"


def state_name(trace: Trace) -> str:
    """What the output of the cell is called in a trace; InputError when the model is no LSTM."""
    names = [q.name for q in trace.steps[0].quantities]
    if "cell" not in names:
        raise InputError("this trace has no LSTM cell; choose an LSTM encoder–decoder")
    return next(name for name in STATES if name in names)


def worth_a_look(trace: Trace) -> dict[str, int]:
    """Channel by what it does most: `keeps` (largest mean |f·m|), `writes` (largest |i·c̃| at one step), `forgets` (largest
    |m − f·m| at one step)."""
    kept, written, cell = (np.abs(trace.series(name)) for name in ("kept", "written", "cell"))  # (T, H)
    lost = np.abs(trace.series("cell")[:-1] - trace.series("kept")[1:]) if len(cell) > 1 else np.zeros_like(cell)
    return {"keeps": int(kept.mean(0).argmax()), "writes": int(written.max(0).argmax()), "forgets": int(lost.max(0).argmax())}


def neuron(trace: Trace, channel: int) -> tuple[tuple[Quantity, ...], ...]:
    """The numbers of one channel, step by step, in the order in which they are computed.

    Raises InputError for a channel that the layer does not have.
    """
    state = state_name(trace)
    size = trace.steps[0].quantity("cell").values.shape[0]
    if not 0 <= channel < size:
        raise InputError(f"neuron {channel} is not in this layer; its neurons are 0 … {size - 1}")
    first = trace.steps[0]
    before = float(first.quantity("kept").values[channel] / first.quantity("forget gate").values[channel])  # a decoder's m_0 is not 0
    out = []
    for step in trace.steps:
        out.append(_numbers(step, channel, before, state))
        before = float(step.quantity("cell").values[channel])
    return tuple(out)


def _numbers(step: Step, channel: int, before: float, state: str) -> tuple[Quantity, ...]:
    def number(name: str, symbol: str, equation: str, value: float | None = None) -> Quantity:
        found = float(step.quantity(name).values[channel]) if value is None else value
        return Quantity(name, symbol, (), found, equation, SOURCE)

    letter = "s" if state == "decoder state" else "h"
    return (
        number("cell before", "m_{t-1}", r"m_{t-1}", before),
        number("forget gate", "f_t", rf"f_t = \sigma(W_f x_t + U_f {letter}_{{t-1}} + b_f)"),
        number("kept", r"f_t\,m_{t-1}", r"\text{kept} = f_t \cdot m_{t-1}"),
        number("input gate", "i_t", rf"i_t = \sigma(W_i x_t + U_i {letter}_{{t-1}} + b_i)"),
        number("candidate", r"\tilde{c}_t", rf"\tilde{{c}}_t = \tanh(W_c x_t + U_c {letter}_{{t-1}} + b_c)"),
        number("written", r"i_t\,\tilde{c}_t", r"\text{written} = i_t \cdot \tilde{c}_t"),
        number("cell", "m_t", r"m_t = f_t \cdot m_{t-1} + i_t \cdot \tilde{c}_t"),
        number("output gate", "o_t", rf"o_t = \sigma(W_o x_t + U_o {letter}_{{t-1}} + b_o)"),
        number(state, f"{letter}_t", rf"{letter}_t = o_t \cdot \tanh(m_t)"),
    )
