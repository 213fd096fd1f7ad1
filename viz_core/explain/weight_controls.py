"""The same output when the model must use other attention weights than its own: equal ones, and its own shuffled.

Wiegreffe & Pinter 2019, §3.2, and Jain & Wallace 2019, §4.2.1: where other weights give the same output, the map explains
little. Axes: S source positions, T steps.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from viz_core.layers.edits import Edit, SetWeights
from viz_core.models.occlusion import Reweightable, follow, occlusion_of
from viz_core.models.protocol import Source, Stepper
from viz_core.trace import AttentionMap, Trace
from viz_core.trace.trust_report import Controls

PERMUTATIONS, EDITED = 50, 8  # shuffles of the weights: of a model that takes many rows at once, and of others
MOST_EDITS = 1000


def controls(
    stepper: Stepper, source: Source, trace: Trace, choices: tuple[int, ...], steps: NDArray, site: str,
    layer: int | None = None, head: int | None = None, seed: int = 0,
) -> Controls | None:  # fmt: skip
    """Mean log p (nats) of the outputs at `steps`, with the rows of those steps as they are, equal, and permuted.

    choices: the outputs, forced. layer, head: which rows are replaced; None for all, each head's own weights then shuffled
    in the same way. None where rows cannot be replaced, or more than `MOST_EDITS` would have to be.
    """
    rng, until = np.random.default_rng(seed), int(steps[-1]) + 1
    occlusion = occlusion_of(stepper)
    if isinstance(occlusion, Reweightable):
        rows = np.stack([_found(trace, t, site).rows(0, 0, [-1])[0] for t in range(until)])
        values = occlusion.reweighted(source, choices[:until], torch.from_numpy(_variants(rows, steps, rng)))
        return _summed(values.cpu().numpy()[:, steps])
    maps = {int(t): _found(trace, int(t), site) for t in steps}
    numbers = layer_numbers(maps[int(steps[0])])
    count = sum(_chosen(numbers, layer) * _chosen(item.heads, head) for item in maps.values())
    if not hasattr(stepper, "intervened") or numbers is None or count > MOST_EDITS or any(_masked(item) for item in maps.values()):
        return None
    queries = np.cumsum([len(_found(trace, t, site).query_axis) for t in range(until)]) - 1  # the row of each step in the sequence
    values = []
    for variant in range(2 + EDITED):
        orders = {t: rng.permutation(len(item.key_axis)) for t, item in maps.items()}
        edits = [e for t, item in maps.items() for e in _edits(item, int(queries[t]), variant, orders[t], numbers, layer, head)]
        edited = stepper.intervened(edits) if edits else stepper
        values.append(follow(edited, edited.start([source]), choices[:until])[0].cpu().numpy())
    return _summed(np.stack(values)[:, steps])


def layer_numbers(found: AttentionMap) -> list[int] | None:
    """The number by which an edit names each layer of a map: labels count from 0 or 1; None for others."""
    labels = list(found.layers)
    for first in (0, 1):
        if labels == [str(i + first) for i in range(len(labels))]:
            return list(range(len(labels)))
    return [int(label) for label in labels] if "0" in labels and all(label.isdigit() for label in labels) else None


def _variants(rows: NDArray, steps: NDArray, rng: np.random.Generator) -> NDArray:
    """f32[2 + permutations, T, S]: the model's own rows (NaN), equal weights at `steps`, and permuted ones."""
    weights = np.full((2 + PERMUTATIONS, *rows.shape), np.nan, np.float32)
    weights[1, steps] = 1 / rows.shape[1]
    shuffled = np.broadcast_to(rows[steps], (PERMUTATIONS, len(steps), rows.shape[1]))
    weights[2:, steps] = rng.permuted(shuffled, axis=-1)
    return weights


def _edits(
    found: AttentionMap, query: int, variant: int, order: NDArray, numbers: list[int], layer: int | None, head: int | None
) -> Iterator[Edit]:
    """What replaces one step's rows. variant: 0 nothing, 1 equal weights, from 2 on permuted by `order`."""
    if variant == 0:
        return
    for i in range(len(found.layers)) if layer is None else [layer]:
        for j in range(len(found.heads)) if head is None else [head]:
            row = found.rows(i, j, [-1])[0].astype(float)
            row = np.full(len(row), 1 / len(row)) if variant == 1 else row[order] / row.sum()
            yield SetWeights(numbers[i], j, query, tuple(row.tolist()), found.site)


def _found(trace: Trace, step: int, site: str) -> AttentionMap:
    return next(item for item in trace.steps[step].attention if item.site == site)


def _chosen(of: object, one: int | None) -> int:
    return 1 if one is not None else len(of or ())  # type: ignore[arg-type]


def _masked(found: AttentionMap) -> bool:
    return any(not np.isfinite(found.rows(i, j, [-1])).all() for i in range(len(found.layers)) for j in range(len(found.heads)))


def _summed(values: NDArray) -> Controls:
    own, uniform, *permuted = values.mean(1).tolist()
    return Controls(own, uniform, np.array(permuted))
