"""Records without checks, for numbers that fit by the way they are made: a check costs more than a record, and the steps of
one output have a thousand of them. Whoever makes them so has a test that makes them again with all checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from numpy.typing import NDArray

from viz_core.trace.attention import AttentionMap, Dense
from viz_core.trace.axis import Axis
from viz_core.trace.step import Candidates, Quantity


def token_axis(labels: tuple[str, ...]) -> Axis:
    """Tokens without geometry."""
    axis = object.__new__(Axis)
    axis.__dict__.update(kind="token", labels=labels, geometry={})
    return axis


def dense_map(site: str, query_axis: Axis, key_axis: Axis, values: NDArray) -> AttentionMap:
    """A dense map of read-only rows f32[layer, head, query, key], layers and heads named by their numbers."""
    weights, found = object.__new__(Dense), object.__new__(AttentionMap)
    layers, heads = _numbers(values.shape[0]), _numbers(values.shape[1])
    weights.__dict__["values"] = values
    found.__dict__.update(site=site, query_axis=query_axis, key_axis=key_axis, weights=weights, layers=layers, heads=heads)
    return found


def map_rows(site: str, query_axes: Sequence[Axis], key_axes: Sequence[Axis], values: NDArray) -> list[AttentionMap]:
    """`dense_map`s of one query each: row t of f32[layer, head, query, key] has query_axes[t], and its first len(key_axes[t])
    keys, the rest of which must be 0. They share memory."""
    new, found, layers, heads = object.__new__, [], _numbers(values.shape[0]), _numbers(values.shape[1])
    for t, (query, keys) in enumerate(zip(query_axes, key_axes, strict=True)):
        weights, one = new(Dense), new(AttentionMap)
        weights.__dict__["values"] = values[:, :, t : t + 1, : len(keys.labels)]
        one.__dict__.update(site=site, query_axis=query, key_axis=keys, weights=weights, layers=layers, heads=heads)
        found.append(one)
    return found


@cache
def _numbers(count: int) -> tuple[str, ...]:
    return tuple([str(i) for i in range(count)])


def ranked(labels: tuple[str, ...], choices: NDArray, log_probs: NDArray) -> Candidates:
    """Candidates of read-only int64 ids and f32 log-probabilities that are sorted already."""
    found = object.__new__(Candidates)
    found.__dict__.update(labels=labels, choices=choices, log_probs=log_probs)
    return found


def quantities(parts: Iterable[tuple[Mapping[str, str], tuple[Axis, ...], NDArray]]) -> list[Quantity]:
    """Quantities of read-only f32 arrays that fit their axes, from (name, symbol, equation and source; axes; values) each."""
    new, found = object.__new__, []
    for about, axes, values in parts:
        one = new(Quantity)
        numbers = one.__dict__
        numbers.update(about)
        numbers["axes"], numbers["values"] = axes, values
        found.append(one)
    return found
