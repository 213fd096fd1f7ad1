"""Beam search over any stepper, many sources at once (Sutskever et al. 2014, §3.2; length normalisation: see `Beam`).

Every source has `width` places. At each step the best continuations of all its hypotheses take the free places; one that
ends keeps its place for good and leaves the beam, so that the beam shrinks until every place is taken. The search of a
source stops early only when it must: totals never rise and lp never falls with length, so a hypothesis of total T can
reach at most T / lp(limit); when no running hypothesis can reach the n_best-th finished score, none is continued.
With width 1 this is greedy decoding; when no candidate is ever cut it is exhaustive search.
That is `early_stopping="exact"`; with the other values, see `Beam`, finished hypotheses leave their places and go to a
list of the `width` best (only ends among the `width` best candidates do), as in `transformers.generate`.

Axes: N sources, B hypotheses, V outputs, K outputs looked at for each hypothesis, C = candidates of a source in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from viz_core.decoding.keeping import Kept
from viz_core.decoding.options import Beam
from viz_core.decoding.walk import check_outputs, ends_of, impossible, limits_of
from viz_core.models.protocol import Prediction, Source, State, Stepper


class Hypothesis(NamedTuple):
    """An output. choices: `end` included; rows: which hypothesis of each step's prediction it was; total: Σ log p, nats;
    score: total / lp; finished: False when the length limit cut it (only when nothing finished at all)."""

    choices: tuple[int, ...]
    rows: tuple[int, ...]
    total: float
    score: float
    finished: bool


class Level(NamedTuple):
    """All that one step of the search looked at."""

    log_probs: NDArray  # f32[N, B, K], of the K most probable outputs of each hypothesis, best first
    choices: NDArray  # int64[N, B, K]
    totals: NDArray  # f64[N, B, K], −inf where there is no hypothesis
    order: NDArray  # int64[N, C], places in the flattened B·K, best total first
    accepted: NDArray  # bool[N, C]: took a place, or came on the list of finished ones
    ended: NDArray  # bool[N, C]: accepted, and it is an end
    places: NDArray  # int64[N], free places at this step
    weights: Tensor | None  # f32[N, B, S], kept for the tree


@dataclass
class Search:
    """What a search has found so far. Lists with one entry a step, or one a source where it says so."""

    options: Beam
    limits: NDArray  # int64[N]
    levels: list[Level] = field(default_factory=list)
    predictions: list[Prediction] = field(default_factory=list)  # only when they are kept, see `search`
    rows: list[NDArray] = field(default_factory=list)  # int64[N, B′]: whom hypothesis b of the next step continues
    choices: list[NDArray] = field(default_factory=list)  # int64[N, B′]: with what
    finished: list[list[Hypothesis]] = field(default_factory=list)  # of each source, best score first
    # source → the finished score that nothing running can reach, and the length at which it was reckoned
    beaten: dict[int, tuple[float, int]] = field(default_factory=dict)
    full: set[int] = field(default_factory=set)  # sources that ended because enough outputs were finished
    ends: frozenset[int] = frozenset()

    @property
    def listed(self) -> bool:
        """Whether finished hypotheses leave their places."""
        return self.options.early_stopping != "exact"

    def trail(self, source: int, row: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Choices before the newest step, and rows, of hypothesis `row` of the newest step."""
        choices, rows = [], [row]
        for step in range(len(self.rows) - 1, -1, -1):
            choices.append(int(self.choices[step][source, rows[-1]]))
            rows.append(int(self.rows[step][source, rows[-1]]))
        return tuple(reversed(choices)), tuple(reversed(rows))


def search(
    stepper: Stepper, sources: Sequence[Source], options: Beam, *, weights: bool, predictions: bool = False, start: State | None = None
) -> Search:
    """Beam search of every source. weights: keep what the trees need; predictions: keep what records need; start: the state
    before the first step, where the caller has it already.

    Of a stepper that has `rows` the predictions are kept in place of the rows of beam nodes, see `with_rows`.
    """
    check_outputs(stepper, options.prefix, "prefix")
    stepper = stepper.watching() if weights and hasattr(stepper, "watching") else stepper
    options, limits = settled(options, stepper), np.array(limits_of(stepper, sources, options))
    found = Search(options, limits, finished=[[] for _ in sources], ends=ends_of(stepper))
    later = weights and hasattr(stepper, "rows")
    state = stepper.start(sources) if start is None else start
    totals, closing = np.zeros((len(sources), 1)), getattr(stepper, "closing", None)
    kept = Kept(stepper, len(sources) * options.width)
    for step in range(int(limits.max())):
        prediction = stepper.predict(state)
        scored = prediction.for_beams() if hasattr(prediction, "for_beams") else prediction
        log_probs = closed(scored.log_probs, closing, limits == step + 1)
        forced = options.prefix[step] if step < len(options.prefix) else None
        level = expand(found, log_probs, totals, step, forced)
        if forced is not None and np.isinf(level.totals.max(axis=(1, 2))[np.isfinite(totals).any(1)]).any():
            raise impossible(stepper, forced, step)
        found.levels.append(level._replace(weights=prediction.weights) if weights and not later else level)
        if predictions or later:
            kept.add(scored)
        rows, choices, totals = advance(found, level, step, stepper.end)
        if not np.isfinite(totals).any():
            break
        found.rows.append(rows)
        found.choices.append(choices)
        device = prediction.log_probs.device
        state = stepper.commit(prediction, torch.from_numpy(rows).to(device), torch.from_numpy(choices).to(device))
    found.predictions = kept.whole()
    return found


def with_rows(found: Search, stepper: Stepper) -> Search:
    """A finished search whose levels have the rows of their nodes: those of all steps together where the stepper has `rows`."""
    if not hasattr(stepper, "rows"):
        return found
    made = stepper.rows(found.predictions)
    return replace(found, levels=[level._replace(weights=rows) for level, rows in zip(found.levels, made, strict=True)])


def settled(options: Beam, stepper: Stepper) -> Beam:
    """The options with what `auto` means for this model. A beam of width 1 is greedy decoding: its first end is the end."""
    stopping = options.early_stopping
    stopping = getattr(stepper, "early_stopping", "exact") if stopping == "auto" else stopping
    stopping = "true" if stopping != "exact" and options.width == 1 else stopping
    return replace(options, early_stopping=stopping)


def closed(log_probs: Tensor, forced: int | None, last: NDArray) -> Tensor:
    """Scores with the output that a model's settings force at the last step a source may make: 0, all others −inf."""
    if forced is None or not last.any():
        return log_probs
    rows = np.flatnonzero(last).tolist()
    log_probs = log_probs.clone()
    log_probs[rows] = -torch.inf
    log_probs[rows, :, forced] = 0.0
    return log_probs


def expand(found: Search, log_probs: Tensor, totals: NDArray, step: int, forced: int | None) -> Level:
    """The candidates of one step and which of them are accepted. log_probs: f32[N, B, V]; totals: f64[N, B] of the hypotheses."""
    width = found.options.width
    if forced is None:  # a source's best `width` that run on are always among these
        top, ids = log_probs.topk(min(max(2, 1 + len(found.ends)) * width, log_probs.shape[-1]))
    else:
        top = log_probs[..., forced : forced + 1]
        ids = torch.full_like(top, forced, dtype=torch.long)
    values, choices = top.cpu().numpy(), ids.cpu().numpy()
    sums = totals[..., None] + values.astype(np.float64)
    flat = sums.reshape(len(sums), -1)
    first = choices + np.arange(choices.shape[1])[:, None] * log_probs.shape[-1]  # of equal totals: by hypothesis, then id
    order = np.lexsort((first.reshape(flat.shape), -flat), axis=1)
    ranked = np.arange(len(sums))[:, None], order
    possible = np.isfinite(flat[ranked])
    outputs = choices.reshape(len(sums), -1)[ranked]
    ends = possible & np.logical_or.reduce([outputs == end for end in found.ends])
    rank, places = np.arange(order.shape[1]), np.full(len(sums), width)
    if found.listed:
        going = possible & ~ends
        cut = (found.limits == step + 1)[:, None]  # at its limit a source takes the best, whether they end or not
        accepted = ((rank < width) & (ends | (going & cut))) | (going & (going.cumsum(1) <= width) & ~cut)
    else:
        places = width - np.array([len(done) for done in found.finished])
        accepted = possible & (rank < places[:, None])
    return Level(values, choices, sums, order, accepted, ends & accepted, places, None)


def advance(found: Search, level: Level, step: int, end: int) -> tuple[NDArray, NDArray, NDArray]:
    """Takes ended hypotheses out and says how the beam goes on: rows, choices int64[N, B′] and totals f64[N, B′].

    Totals of −inf are empty places; a source whose search is over has only those.
    """
    count, depth = len(level.order), level.choices.shape[2]
    flat_totals, flat_choices = level.totals.reshape(count, -1), level.choices.reshape(count, -1)
    for n, c in zip(*np.nonzero(level.ended), strict=True):
        place = level.order[n, c]
        insert(found, n, place // depth, flat_choices[n, place], flat_totals[n, place], True)
    running = level.accepted & ~level.ended
    size = max(int(running.sum(1).max()), 1)
    rows, choices = np.zeros((count, size), np.int64), np.full((count, size), max(end, 0))
    totals = np.full((count, size), -np.inf)
    n, c = np.nonzero(running)
    b, place = (running.cumsum(1) - 1)[n, c], level.order[n, c]
    rows[n, b], choices[n, b], totals[n, b] = place // depth, flat_choices[n, place], flat_totals[n, place]
    for source in np.flatnonzero(np.isfinite(totals[:, 0])):
        if is_over(found, source, step + 1, rows[source], choices[source], totals[source]):
            totals[source] = -np.inf
    return rows, choices, totals


def is_over(found: Search, source: int, length: int, rows: NDArray, choices: NDArray, totals: NDArray) -> bool:
    """Whether the search of a source that still has running hypotheses ends here; notes why."""
    options, done, limit = found.options, found.finished[source], int(found.limits[source])
    if found.listed:
        return is_list_over(found, source, length, rows, choices, totals)
    if len(done) >= options.n_best and totals.max() / options.penalty(limit) <= done[options.n_best - 1].score:
        found.beaten[source] = (done[options.n_best - 1].score, limit)
        return True
    if length < limit:
        return False
    if not done:  # a cut output is better than none
        insert_all(found, source, rows, choices, totals)
    return True


def is_list_over(found: Search, source: int, length: int, rows: NDArray, choices: NDArray, totals: NDArray) -> bool:
    """`is_over` where finished hypotheses are listed."""
    options, done, limit = found.options, found.finished[source], int(found.limits[source])
    if length >= limit:
        insert_all(found, source, rows, choices, totals)
        return True
    if len(done) < options.width:
        return False
    if options.early_stopping == "true":
        found.full.add(source)
        return True
    reckoned = limit if options.early_stopping == "never" else length
    if totals.max() / options.penalty(reckoned) <= done[-1].score:
        found.beaten[source] = (done[-1].score, reckoned)
        return True
    return False


def insert_all(found: Search, source: int, rows: NDArray, choices: NDArray, totals: NDArray) -> None:
    """Adds every running hypothesis, cut by the length limit."""
    for row, choice, total in zip(rows, choices, totals, strict=True):
        if np.isfinite(total):
            insert(found, source, row, choice, total, False)


def insert(found: Search, source: int, row: int, choice: int, total: float, finished: bool) -> None:
    """Adds hypothesis `row` of the newest step, continued with `choice`, to a source's list, best score first."""
    choices, rows = found.trail(source, int(row))
    score = float(total) / found.options.penalty(len(rows))
    done = found.finished[source]
    done.append(Hypothesis((*choices, int(choice)), rows, float(total), score, finished))
    done.sort(key=lambda hypothesis: -hypothesis.score)  # stable: the earlier one first
    del done[found.options.width :]
