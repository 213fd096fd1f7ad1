"""Can I trust where a read head looks? Memory cells are blanked for the read of one tick, and the bits it serves are watched.

A machine writes, reads r_t = Σ_i w_t(i) M_t(i) (Graves et al. 2014, eq. 2), and says y_t = σ(W [h_t; r_t] + b); its controller
also sees r_t at the next tick, h_{t+1} = f(x_{t+1}, r_t, h_t). A read so enters two outputs directly, that of its own tick and
that of the next, and trained machines do read one tick ahead: both are measured. A blanked cell holds, for this read only,
what every cell held before the first tick. The test itself is that of `explain.perturbation`.
Axes: B sets of kept cells, R read heads, N cells, W width, K ticks (1 or 2), O bits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from viz_core.explain.perturbation import ORDERS, POINTS, Readings, along, curve_sizes, random_orders, shapley
from viz_core.explain.trust import Experiment, report
from viz_core.models.ntm import EMPTY, NTM, Memory
from viz_core.models.protocol import Source
from viz_core.models.tape_stepper import TapeState, TapeStepper
from viz_core.trace import InputError, numbered
from viz_core.trace.arrays import check_shape
from viz_core.trace.trust_report import Controls, TrustReport

REMOVAL = "blank"
PERMUTATIONS = 50


@dataclass(frozen=True, eq=False)
class Reading:
    """One tick's read and what is said with it. memory M_t, f64[N, W]; weightings w_t, f64[R, N]; ticks: the K whose bits are
    measured; says: read vectors f64[B, R, W] → logits of their bits f64[B, K, O]. Raises ShapeError when they do not fit."""

    memory: NDArray
    weightings: NDArray
    ticks: tuple[int, ...]
    says: Callable[[NDArray], NDArray]

    def __post_init__(self) -> None:
        check_shape("weightings", self.weightings, (len(self.weightings), len(self.memory)), "read head, cell")

    def logits(self, weightings: NDArray | None = None) -> NDArray:
        """With the whole memory, f64[B, K, O]. weightings: f[B, R, N] in place of the machine's own (B = 1)."""
        return self.says((self.weightings[None] if weightings is None else weightings) @ self.memory)

    def blanked(self, keep: NDArray) -> NDArray:
        """With only some cells kept and all others blank: bool[B, N] → f64[B, K, O].

        r = Σ_i w(i) ∅ + Σ_{i kept} w(i) (M(i) − ∅), so that all sets are read in one matrix product.
        """
        held = self.weightings[:, :, None] * (self.memory - EMPTY)  # (R, N, W): what each cell adds to each read
        blank = EMPTY * self.weightings.sum(1)[:, None]
        return self.says(blank + np.einsum("bn,rnw->brw", keep.astype(float), held, optimize=True))

    def falls(self) -> NDArray:
        """By how much log p of each tick's bits falls (nats) when all cells are blanked: f64[K]."""
        whole, nothing = self.logits()[0], self.blanked(np.zeros((1, len(self.memory)), bool))[0]
        return log_prob(whole, whole > 0) - log_prob(nothing, whole > 0)


@torch.inference_mode()
def reading(stepper: TapeStepper, source: Source, tick: int) -> Reading:
    """The read of a tick (from 0) of the machine's run along a tape.

    Raises InputError for a machine without a memory, a tick that the tape does not have, and one whose read serves no bit
    that is asked for (it comes two or more ticks before the answer).
    """
    machine, tape, last = stepper.module, source.ids, len(source.axis) - 1
    if not isinstance(machine, NTM):
        raise InputError(f"{type(machine).__name__} has no memory whose read could be tested; choose a machine with a memory")
    first = len(tape.inputs) - len(tape.targets)
    if not first - 1 <= tick <= last:
        raise InputError(f"the read of tick {tick} serves no bit of the answer; choose a tick from {first - 1} to {last}")
    state = stepper.start([source])
    for _ in range(tick + 1):
        done = stepper.predict(state).tick
        state = TapeState(state.sources, done.after, state.index + 1)
    after: Memory = done.after

    @torch.inference_mode()
    def says(reads: NDArray) -> NDArray:
        given, logits = torch.from_numpy(reads).to(after.reads), []
        inner = Memory(*(part.expand(len(given), *part.shape[1:]) for part in after))._replace(reads=given)
        if tick >= first:
            logits.append(machine.output(torch.cat([inner.hidden, given.flatten(1)], dim=1)))
        if tick < last:
            logits.append(stepper.predict(TapeState((source,) * len(given), inner, tick + 1)).tick.logits)
        return torch.stack(logits, dim=1).double().cpu().numpy()

    ticks = tuple(t for t in (tick, tick + 1) if first <= t <= last)
    weightings = after.weightings[0, : machine.config.reads]
    return Reading(after.memory[0].double().cpu().numpy(), weightings.double().cpu().numpy(), ticks, says)


def log_prob(logits: NDArray, bits: NDArray) -> NDArray:
    """log p of bits, a sum of log Bernoulli probabilities (nats): f64[..., O] and bool[..., O] → f64[...]."""
    return -np.logaddexp(0, np.where(bits, -logits, logits)).sum(-1)


def trust(done: Reading, head: int = 0, orders: int = ORDERS, points: int = POINTS, seed: int = 0) -> TrustReport:
    """Tests one read head's weighting against log p of the bits that the machine says with its whole memory, all ticks summed.

    Cells are blanked for all read heads, the weightings stay. points: more cells than that are blanked in chunks. Raises
    InputError for a read head that is not there.
    """
    heads, cells = done.weightings.shape
    if not 0 <= head < heads:
        raise InputError(f"read head {head} is not in this machine; its read heads are 0 … {heads - 1}")
    bits = done.logits()[0] > 0  # (K, O)
    readings = Readings(lambda keep: log_prob(done.blanked(keep), bits).sum(1, keepdims=True), cells)
    drawn = random_orders(cells, orders, seed)
    random = along(drawn, curve_sizes(cells, points), readings)
    alone = random.deletion[0, 0] - readings(~np.eye(cells, dtype=bool))  # (N, 1)
    rivals, axis = {"shapley": shapley(drawn, random).T, "leave_one_out": alone.T}, numbered("cell", cells)
    said = " ".join("".join(str(int(bit)) for bit in row) for row in bits)
    tested = Experiment(
        Source(said, axis, None), tuple(range(cells)), axis, (0,), (said,), said, REMOVAL, "log_prob", seed, readings, random, rivals,
    )  # fmt: skip
    return report(tested, done.weightings[head][None], 0, "read", controls(done, head, bits, seed))


def controls(done: Reading, head: int, bits: NDArray, seed: int = 0) -> Controls:
    """log p of the bits when the head reads with its own, with equal and with its own shuffled weights."""
    own, rng = done.weightings[head], np.random.default_rng(seed)
    rows = [own, np.full_like(own, own.sum() / len(own)), *(rng.permutation(own) for _ in range(PERMUTATIONS))]
    weightings = np.repeat(done.weightings[None], len(rows), axis=0)
    weightings[:, head] = rows
    values = log_prob(done.logits(weightings), bits).sum(1)
    return Controls(float(values[0]), float(values[1]), values[2:])
