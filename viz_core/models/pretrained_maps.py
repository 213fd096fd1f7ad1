"""From captured attention calls to the maps of each step: all layers in one map a site, only the rows of the step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz_core.trace import AttentionMap, Axis, Dense, Factored
from viz_core.trace.attention import SUM_TOLERANCE

if TYPE_CHECKING:
    from viz_core.capture import Call

STORED = 2**26  # weights of a map whose layers can only be kept as numbers; above, every layer has a map of its own


def maps_of(calls: Sequence[Call], axes: dict[str, tuple[Axis, Axis]], item: int = 0, first_key: int = 0) -> list[AttentionMap]:
    """One map a site of all its layers, in order of appearance.

    calls: of one forward pass; axes: query and key axis of each site (sites that are not named are left out); item:
    which row of the batch; first_key: keys before it are padding.
    """
    found = []
    for site, (query_axis, key_axis) in axes.items():
        layers = [call for call in calls if call.site == site]
        groups: dict[tuple[int, int], list[Call]] = {}
        for call in layers:  # layers of one model may differ in heads, or in how far back they see
            groups.setdefault((call.heads, call.keys), []).append(call)
        for group in groups.values():
            found += joined([of_call(call, query_axis, key_axis, item, first_key) for call in group])
    return found


def of_call(call: Call, query_axis: Axis, key_axis: Axis, item: int, first_key: int) -> AttentionMap:
    """One layer's map with the query rows and keys of the given axes: padding cut off in front, forgotten keys as 0."""
    rows = slice(call.queries - len(query_axis), None)
    if first_key == 0 and call.first_key == 0 and call.queries == len(query_axis) and not call.edited:
        return call.attention_map(query_axis, key_axis, batch=item)
    values = call.weights(queries=rows, batch=item)[0, :, :, max(first_key - call.first_key, 0) :].cpu().numpy()
    values = shown(np.pad(values, ((0, 0), (0, 0), (len(key_axis) - values.shape[-1], 0))))
    heads = tuple(str(head) for head in range(call.heads))
    return AttentionMap(call.site, query_axis, key_axis, Dense(values[None]), (str(call.layer),), heads)


def shown(values: NDArray) -> NDArray:
    """A row of zeros (a head that was taken out) as NaN: it attends to nothing."""
    attends = np.abs(values.sum(axis=-1, keepdims=True)) >= SUM_TOLERANCE  # False for NaN as well
    values = np.where(attends, values, np.float32(np.nan))
    values.flags.writeable = False  # so that the record shares it
    return values


def joined(maps: Sequence[AttentionMap]) -> list[AttentionMap]:
    """Maps of one layer each, with equal axes, as one map; each alone where they cannot be put together."""
    if len(maps) == 1:
        return list(maps)
    first, parts = maps[0], [item.weights for item in maps]
    layers = tuple(layer for item in maps for layer in item.layers)
    if all(isinstance(part, Factored) for part in parts) and all(alike(parts[0], part) for part in parts):
        queries, keys = (stacked([getattr(part, name) for part in parts]) for name in ("queries", "keys"))
        weights = Factored(queries, keys, parts[0].scale, parts[0].mask, parts[0].causal)
    elif sum(int(np.prod(part.shape)) for part in parts) <= STORED:
        weights = Dense(stacked([np.stack([item.map(0, head) for head in range(len(item.heads))])[None] for item in maps]))
    else:
        return list(maps)
    return [AttentionMap(first.site, first.query_axis, first.key_axis, weights, layers, first.heads)]


def alike(one: Factored, other: Factored) -> bool:
    """Whether two layers make their rows in the same way."""
    same_mask = one.mask is other.mask or (one.mask is not None and other.mask is not None and np.array_equal(one.mask, other.mask))
    sizes = one.queries.shape[1:] == other.queries.shape[1:] and one.keys.shape[1:] == other.keys.shape[1:]
    return same_mask and sizes and (one.scale, one.causal) == (other.scale, other.causal)


def stacked(arrays: Sequence[NDArray]) -> NDArray:
    whole = np.concatenate(arrays)
    whole.flags.writeable = False
    return whole


def part_of(item: AttentionMap, start: int, stop: int, query_axis: Axis, key_axis: Axis) -> AttentionMap:
    """Rows start … stop − 1 of a map over its first len(key_axis) keys; the rest of those rows must be 0. Shares memory."""
    weights, keys = item.weights, len(key_axis)
    if isinstance(weights, Factored):
        mask = None if weights.mask is None else weights.mask[start:stop, :keys]
        causal = weights.causal  # rows then end at the last key, as they did in the whole
        cut = Factored(weights.queries[:, :, start:stop], weights.keys[:, :, :keys], weights.scale, mask, causal)
    else:
        cut = Dense(weights.values[:, :, start:stop, :keys])
    return AttentionMap(item.site, query_axis, key_axis, cut, item.layers, item.heads)


def prefix(axis: Axis, start: int, stop: int) -> Axis:
    """Positions start … stop − 1 of a token axis without checking it again: there is one such axis for every step."""
    cut = object.__new__(Axis)
    object.__setattr__(cut, "kind", axis.kind)
    object.__setattr__(cut, "labels", axis.labels[start:stop])
    object.__setattr__(cut, "geometry", {name: values[start:stop] for name, values in axis.geometry.items()})
    return cut
