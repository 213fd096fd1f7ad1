"""The tensors of one tick of a Neural Turing Machine, with symbols and equations of Graves et al. 2014."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor

from viz_core.models.recurrent_quantities import GATES, LSTM
from viz_core.trace import AttentionMap, Axis, Dense, Quantity, numbered

if TYPE_CHECKING:
    from viz_core.models.ntm import Config, Tick

GRAVES = "Graves et al. 2014"
ONE = Axis("channel", ("",))
STAGES = (
    ("similarity", r"K[k_t, M_{t-1}(i)]", r"K[k_t, M_{t-1}(i)] = \frac{k_t \cdot M_{t-1}(i)}{\lVert k_t \rVert\, \lVert M_{t-1}(i) \rVert}", "eq. 6"),
    ("content weighting", "w^c_t", r"w^c_t(i) = \frac{\exp(\beta_t K[k_t, M_{t-1}(i)])}{\sum_j \exp(\beta_t K[k_t, M_{t-1}(j)])}", "eq. 5"),
    ("gated weighting", "w^g_t", r"w^g_t = g_t\, w^c_t + (1 - g_t)\, w_{t-1}", "eq. 7"),
    ("shifted weighting", r"\tilde{w}_t", r"\tilde{w}_t(i) = \sum_j w^g_t(j)\, s_t(i - j)", "eq. 8"),
    ("weighting", "w_t", r"w_t(i) = \frac{\tilde{w}_t(i)^{\gamma_t}}{\sum_j \tilde{w}_t(j)^{\gamma_t}}", "eq. 9"),
)  # fmt: skip
TOLD = (
    ("key strength", r"\beta_t", r"\beta_t \ge 0", "eq. 5"),
    ("gate", "g_t", r"g_t \in (0, 1)", "eq. 7"),
    ("shift", "s_t", r"s_t(j) \ge 0,\ \textstyle\sum_j s_t(j) = 1", "eq. 8"),
    ("sharpening", r"\gamma_t", r"\gamma_t \ge 1", "eq. 9"),
)  # fmt: skip
READ = r"r_t = \sum_i w_t(i)\, M_t(i)"
WRITE = r"M_t(i) = M_{t-1}(i) \odot [1 - w_t(i)\, e_t] + w_t(i)\, a_t"


def head_names(config: Config) -> tuple[str, ...]:
    """Of every weighting: read heads first; the simple form has one head that writes and reads."""
    if config.heads == 1:
        return ("head",)
    return (*named("read", config.reads), *named("write", config.writes))


def named(kind: str, count: int) -> tuple[str, ...]:
    return (f"{kind} head",) if count == 1 else tuple(f"{kind} head {i}" for i in range(1, count + 1))


def numbers(count: int) -> tuple[str, ...]:
    """Names of a site's heads as maps have them everywhere: counted from 0, nothing where there is one."""
    return ("",) if count == 1 else tuple(str(i) for i in range(count))


def maps(config: Config, tick: Tick, row: int, label: str) -> tuple[AttentionMap, ...]:
    """The weightings of one tape's heads as attention over the cells, at `read` and at `write`."""
    weightings = tick.stages.sharpened[row].cpu().numpy()  # (H, N)
    query, cells = Axis("step", (label,)), numbered("cell", weightings.shape[-1])
    sites = (("read", weightings[: config.reads]), ("write", weightings[-config.writes :]))
    return tuple(
        AttentionMap(site, query, cells, Dense(values[None, :, None]), heads=numbers(len(values))) for site, values in sites
    )


def quantities(config: Config, symbols: Tensor, tick: Tick, row: int) -> tuple[Quantity, ...]:
    """All of one tape's tick: what it saw, the controller, each head's four stages, the memory before and after, read, output."""

    def vector(tensor: Tensor) -> np.ndarray:
        return tensor[row].cpu().numpy()

    def channels(count: int) -> Axis:
        return numbered("channel", count)

    before, after = tick.before, tick.after
    out = [Quantity("tape", "x_t", (channels(symbols.shape[-1]),), vector(symbols))]
    out += controller(config, tick, row)
    heads = head_names(config)
    for head, name in enumerate(heads):
        out += told(config, tick, row, head, name)
        out += stages(config, tick, row, head, name)
    for head, name in enumerate(heads[-config.writes :]):
        for kind, symbol, values in (("erase", "e_t", tick.heads.erase), ("add", "a_t", tick.heads.add)):
            out.append(Quantity(f"{name}: {kind}", symbol, (channels(config.width),), vector(values)[head], WRITE, f"{GRAVES}, eqs 3, 4"))
    cells = numbered("cell", after.memory.shape[1])
    out += [
        Quantity("memory before", "M_{t-1}", (cells, channels(config.width)), vector(before.memory)),
        Quantity("memory", "M_t", (cells, channels(config.width)), vector(after.memory), WRITE, f"{GRAVES}, eqs 3, 4"),
    ]
    for head in range(config.reads):
        out.append(Quantity(f"{heads[head]}: read vector", "r_t", (channels(config.width),), vector(after.reads)[head], READ, f"{GRAVES}, eq. 2"))
    probabilities = vector(tick.logits.sigmoid())
    out.append(Quantity("output", "y_t", (channels(config.outputs),), probabilities, r"y_t = \sigma(W [h_t; r_t] + b)"))
    return tuple(out)


def controller(config: Config, tick: Tick, row: int) -> list[Quantity]:
    """h_t, and the gates of an LSTM."""
    units = numbered("channel", config.hidden)
    if tick.lstm is None:
        equation = r"h_t = \tanh(W [x_t; r_{t-1}] + b)"
        return [Quantity("controller state", "h_t", (units,), tick.after.hidden[row].cpu().numpy(), equation)]
    shown = {"decoder state": ("controller state", "h_t")}
    out = []
    for (name, symbol, equation), values in zip(GATES, tick.lstm, strict=True):
        title, letter = shown.get(name, (name, symbol))
        text = equation.replace("s_", "h_").replace(" x_t", r" [x_t; r_{t-1}]")
        out.append(Quantity(title, letter, (units,), values[row].cpu().numpy(), text, LSTM))
    return out


def told(config: Config, tick: Tick, row: int, head: int, name: str) -> list[Quantity]:
    """k_t, and unless the head is a simple one β_t, g_t, s_t, γ_t."""
    heads = tick.heads
    out = [Quantity(f"{name}: key", "k_t", (numbered("channel", config.width),), heads.keys[row, head].cpu().numpy(), "", f"{GRAVES}, eq. 5")]
    if heads.gate is None:
        return out
    moves = Axis("channel", tuple(f"{j:+d}" if j else "0" for j in range(-config.shifts, config.shifts + 1)))
    for (title, symbol, equation, where), values in zip(TOLD, (heads.strength, heads.gate, heads.shift, heads.exponent), strict=True):
        axis = moves if title == "shift" else ONE
        out.append(Quantity(f"{name}: {title}", symbol, (axis,), values[row, head].cpu().numpy(), equation, f"{GRAVES}, {where}"))
    return out


def stages(config: Config, tick: Tick, row: int, head: int, name: str) -> list[Quantity]:
    """The last weighting, the similarity and the four weightings made of them; of a simple head similarity and weighting."""
    cells = numbered("cell", tick.stages.content.shape[-1])
    values = [stage[row, head].cpu().numpy() for stage in tick.stages]
    if tick.heads.gate is None:
        equation = r"w_t(i) = \frac{\exp K[k_t, M_{t-1}(i)]}{\sum_j \exp K[k_t, M_{t-1}(j)]}"
        similarity = Quantity(f"{name}: similarity", STAGES[0][1], (cells,), values[0], STAGES[0][2], f"{GRAVES}, eq. 6")
        return [similarity, Quantity(f"{name}: weighting", "w_t", (cells,), values[-1], equation)]
    last = tick.before.weightings[row, head].cpu().numpy()
    out = [Quantity(f"{name}: last weighting", "w_{t-1}", (cells,), last)]
    for (title, symbol, equation, where), numbers in zip(STAGES, values, strict=True):
        out.append(Quantity(f"{name}: {title}", symbol, (cells,), numbers, equation, f"{GRAVES}, {where}"))
    return out
