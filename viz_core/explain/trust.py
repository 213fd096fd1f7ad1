"""Can I trust this map? A map over source positions against the output that it is said to explain.

`experiment` reads the source with positions removed at random, once for all steps of an output; `report` tests one map on
it. Axes: S source positions, T output steps, K points of a curve, N random orders.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from viz_core.explain.agreement import spearman, top_overlap
from viz_core.explain.gradients import embedding_gradients, gradient_input, gradient_norm
from viz_core.explain.perturbation import (
    ORDERS, POINTS, Curves, Progress, Readings, along, curve_sizes, orders_of, percentile, random_orders, recombined, shapley,
    verdict,
)  # fmt: skip
from viz_core.explain.rollout import layer_maps, rollout, rollout_rows
from viz_core.explain.source_rows import attention_rows, encoder_rows, source_site
from viz_core.explain.weight_controls import controls
from viz_core.explain.word_groups import Groups, groups_of, label, single, word_axis
from viz_core.models.occlusion import Differentiable, Occlusion, Scalable, occlusion_of, removable
from viz_core.models.protocol import Source, Stepper
from viz_core.trace import Axis, InputError, Trace
from viz_core.trace.arrays import check_shape
from viz_core.trace.trust_report import Controls, Rival, TrustReport

INDIFFERENT = {"log_prob": 0.1, "similarity": 0.01}  # an output that no removal moves by more does not depend on the source
MOST_ALONE = 64  # positions that are removed one by one
RANDOM_MAPS = 1000  # random maps of all steps, recombined from the random orders of each


@dataclass(frozen=True, eq=False)
class Experiment:
    """One output of one source, read with positions removed: what every map of it is tested against.

    places: the S positions of the source that can be removed (special tokens stay); positions: their axis. choices: the T
    outputs that are forced; outputs: their labels; text: all of them as a person reads it (of an encoder: the explained
    positions, their labels and the input). removal: how positions are removed; quantity: see `models.occlusion`; random:
    curves of random orders. rivals: importance of every position for every output by ways that need no attention, f64[T, S]
    each, by the names of `trace.trust_report.Rival`. groups: None where places and choices stand for themselves; of a test
    by words, which of them make a word: positions, outputs, random and rivals are then of words.
    """

    source: Source
    places: tuple[int, ...]
    positions: Axis
    choices: tuple[int, ...]
    outputs: tuple[str, ...]
    text: str
    removal: str
    quantity: str
    seed: int
    readings: Readings
    random: Curves
    rivals: Mapping[str, NDArray]
    groups: Groups | None = None


def experiment(
    stepper: Stepper, source: Source, choices: Sequence[int], removal: str | None = None,
    orders: int = ORDERS, points: int = POINTS, seed: int = 0, progress: Progress | None = None, words: bool = False,
) -> Experiment:  # fmt: skip
    """Reads the source with positions removed along `orders` random orders.

    removal: one of the model's ways, None for its first. points: a longer source is removed in that many chunks. words:
    whole words are removed and explained, see `word_groups`.
    progress: called with (sets read, sets to read) before and after every batch; raise in it to stop.
    Raises InputError for a model, an output or a way of removal that cannot be tested.
    """
    occlusion = occlusion_of(stepper)
    removal = occlusion.removals[0] if removal is None else removal
    choices, places = tuple(choices), removable(source)
    if not choices or not places:
        raise InputError(f"{len(places)} source positions and {len(choices)} outputs cannot be tested; give at least one of each")
    states = occlusion.quantity == "similarity"
    found = groups_of(stepper, source, places, choices, states) if words else None
    groups = found or single(len(places), len(choices))
    count = len(groups.columns)

    def evaluate(keep: NDArray) -> NDArray:
        whole = torch.ones(len(keep), len(source.axis), dtype=torch.bool)
        whole[:, places] = torch.from_numpy(groups.spread(keep))
        return groups.values(occlusion.values(source, choices, whole, removal).float().cpu().numpy(), occlusion.quantity)

    readings, drawn = Readings(evaluate, count), random_orders(count, orders, seed)
    random = along(drawn, curve_sizes(count, points), readings, progress)
    rivals = {"shapley": shapley(drawn, random).T}
    if count <= MOST_ALONE:
        rivals["leave_one_out"] = (random.deletion[0, 0] - readings(~np.eye(count, dtype=bool), progress)).T
    if not getattr(stepper, "edits", ()):  # gradients are taken of the model as it was trained
        rivals |= _sensitivities(occlusion, source, choices, places, groups)
    named = source.axis.labels if states else stepper.labels
    outputs = tuple(named[choice] for choice in choices)
    text = source.text if states else stepper.text(choices)
    positions = source.axis.take(places)
    if found is not None:
        outputs = tuple(label(outputs[i] for i in tokens) for tokens in found.rows)
        positions = word_axis(positions, found.columns)
    return Experiment(
        source, tuple(places), positions, choices, outputs, text, removal, occlusion.quantity, seed, readings, random, rivals, found,
    )  # fmt: skip


def _sensitivities(
    occlusion: Occlusion, source: Source, choices: tuple[int, ...], places: list[int], groups: Groups
) -> dict[str, NDArray]:
    """How strongly each embedding acts on each output, f[T, S] by name, where the model can say."""
    if isinstance(occlusion, Scalable):
        return {"gradient_input": groups.map(occlusion.scaled(source, choices)[:, places].cpu().numpy())}
    if not isinstance(occlusion, Differentiable):
        return {}
    embedded, gradients = (values[..., places, :] for values in embedding_gradients(occlusion, source, choices))
    product = groups.summed(gradient_input(embedded, gradients))  # of a word's log p, which is a sum too
    return {"gradient_input": np.abs(product), "gradient_norm": groups.map(gradient_norm(gradients))}


def report(
    done: Experiment, rows: NDArray, step: int | None = None, map_name: str = "", controls: Controls | None = None,
    others: Mapping[str, NDArray] | None = None, progress: Progress | None = None,
) -> TrustReport:  # fmt: skip
    """Tests a map, f[T, S]: the row of one step against its output, or every row against its own output (step None; the
    values are then means over the steps).

    others: further maps (rollout, …), f[T, S] each, that are tested beside the experiment's own.
    """
    expected = (len(done.outputs), len(done.positions))
    maps = {"": np.asarray(rows, float), **done.rivals, **(others or {})}
    for name, values in maps.items():
        check_shape(f"map {name or map_name!r}", values, expected, "output, position")
    steps = steps_of(done, step)
    random = Curves(done.random.sizes, done.random.deletion[..., steps], done.random.insertion[..., steps])
    reach = float(np.abs(random.deletion - random.deletion[:, :1]).max())
    random = recombined(random, RANDOM_MAPS, done.seed) if len(steps) > 1 else random
    gaps, tested = random.gaps[:, 0], _tested(done, maps, steps, progress)
    own, shown = tested[""], {name: values[steps] for name, values in maps.items()}
    place = percentile(own.gap, gaps)
    return TrustReport(
        positions=done.positions, output=done.text if step is None else done.outputs[step], step=step, map_name=map_name,
        removal=done.removal, importance=shown[""].mean(0), sizes=random.sizes, deletion=own.deletion, insertion=own.insertion,
        random_deletion=random.deletion[..., 0], random_insertion=random.insertion[..., 0], gap=own.gap, random_gaps=gaps,
        percentile=place, verdict=verdict(place, expected[1], reach, INDIFFERENT[done.quantity]), controls=controls,
        quantity=done.quantity,
        rivals=tuple(_rival(name, shown[name], shown[""], tested[name].gap, gaps) for name in maps if name),
    )  # fmt: skip


class Tested(NamedTuple):
    """The curves of one map, f64[K], and their gap; means over the steps that were asked for."""

    deletion: NDArray
    insertion: NDArray
    gap: float


def _tested(done: Experiment, maps: Mapping[str, NDArray], steps: NDArray, progress: Progress | None) -> dict[str, Tested]:
    """Every map's rows on their own outputs, all read together."""
    orders = {(name, t): orders_of(maps[name][t], done.seed) for name in maps for t in steps}
    curves = along(np.concatenate([*orders.values()]), done.random.sizes, done.readings, progress)
    ends = np.cumsum([len(found) for found in orders.values()])
    pieces = {  # with ties a row has several orders: their mean
        (name, t): [values[end - len(orders[name, t]) : end, ..., t].mean(0) for values in (curves.deletion, curves.insertion, curves.gaps)]
        for (name, t), end in zip(orders, ends, strict=True)
    }
    means = {name: [np.mean([pieces[name, t][i] for t in steps], axis=0) for i in range(3)] for name in maps}
    return {name: Tested(deletion, insertion, float(gap)) for name, (deletion, insertion, gap) in means.items()}


def _rival(name: str, values: NDArray, rows: NDArray, gap: float, gaps: NDArray) -> Rival:
    """Agreement is the mean over the steps."""
    top = min(3, values.shape[1])
    pairs = list(zip(rows, values, strict=True))
    correlations = [rho for one, other in pairs if not np.isnan(rho := spearman(one, other))]
    overlap = float(np.mean([top_overlap(one, other, top) for one, other in pairs]))
    correlation = float(np.mean(correlations)) if correlations else float("nan")
    return Rival(name, values.mean(0), gap, percentile(gap, gaps), correlation, overlap, top)


def steps_of(done: Experiment, step: int | None) -> NDArray:
    """One step, or all for None; InputError for one that is not there."""
    count = len(done.outputs)
    if step is None:
        return np.arange(count)
    if not 0 <= step < count:
        raise InputError(f"step {step} is not in this output; its steps are 0 … {count - 1}")
    return np.array([step])


def trust(
    stepper: Stepper, source: Source, trace: Trace, step: int | None = None, site: str | None = None,
    layer: int | None = None, head: int | None = None, done: Experiment | None = None, progress: Progress | None = None,
) -> TrustReport:  # fmt: skip
    """Tests the attention map of a trace: one step's row against that step's output, or every row against its own.

    site: default `source_site`; layer, head: None for the mean over all. done: an `experiment` on the same source and
    output (or the beginning of it: its steps are then all steps), so that several maps share it. Where there are layers,
    attention rollout is tested beside the map. Of an encoder, whose steps are layers, the rows of its tokens are tested
    against their last hidden states, and step counts the tokens that can be removed. Raises InputError when the trace has
    no attention over the source, or chose nothing.
    """
    if trace.unit == "layer":
        return _trust_encoder(stepper, source, trace, step, layer, head, done, progress)
    site = source_site(trace, source.axis) if site is None else site
    choices = tuple(item.choice for item in trace.steps if item.choice is not None)
    if len(choices) != len(trace):
        raise InputError("some steps of this trace chose nothing, so there is no output to explain; test a model that chooses outputs")
    done = experiment(stepper, source, choices, progress=progress) if done is None else done
    _check_same(done, source, choices)
    rows, places = attention_rows(trace, site, source.axis, layer, head)[: len(done.choices)], list(done.places)
    rolled = rollout_rows(trace, site, source.axis)
    others = {} if rolled is None else {"rollout": grouped(done, rolled[: len(rows), places])}
    replaced = _controls(stepper, source, trace, done, step, site, layer, head)
    return report(done, grouped(done, rows[:, places]), step, site, replaced, others, progress)


def grouped(done: Experiment, rows: NDArray) -> NDArray:
    """A map over tokens as the experiment counts outputs and positions."""
    return rows if done.groups is None else done.groups.map(rows)


def _controls(
    stepper: Stepper, source: Source, trace: Trace, done: Experiment, step: int | None, site: str, layer: int | None, head: int | None
) -> Controls | None:
    """`weight_controls.controls` of the step; of a word the sum over its tokens, as its log p is."""
    steps = steps_of(done, step)
    tokens = steps if done.groups is None else done.groups.tokens(steps)
    found = controls(stepper, source, trace, done.choices, tokens, site, layer, head, done.seed)
    share = len(tokens) / len(steps)
    return None if found is None else Controls(found.own * share, found.uniform * share, found.permuted * share)


def _trust_encoder(
    encoder: Stepper, source: Source, trace: Trace, step: int | None, layer: int | None, head: int | None,
    done: Experiment | None, progress: Progress | None,
) -> TrustReport:  # fmt: skip
    places = removable(source)
    done = experiment(encoder, source, places, progress=progress) if done is None else done
    _check_same(done, source, tuple(places))
    cut = np.ix_(done.choices, done.places)
    layers = [layer_maps(item.attention[0], 0) for item in trace.steps]
    others = {"rollout": grouped(done, rollout(layers)[cut])} if len(layers) > 1 else {}
    return report(done, grouped(done, encoder_rows(trace, layer, head)[cut]), step, "encoder", None, others, progress)


def _check_same(done: Experiment, source: Source, choices: tuple[int, ...]) -> None:
    """Raises InputError for an experiment on something else than the trace."""
    if done.choices != choices[: len(done.choices)] or done.source.axis.labels != source.axis.labels:
        raise InputError(f"the experiment is on {done.source.text!r} → {done.text!r}, not on this trace; run it on this trace's source and choices")
