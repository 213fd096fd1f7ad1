"""Records without checks, for numbers that fit by the way they are made: a check costs more than a record, and the steps of
one output have a thousand of them. Whoever makes them so has a test that makes them again with all checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from numpy.typing import NDArray

from viz_core.trace.attention import AttentionMap, Dense
from viz_core.trace.axis import Axis
from viz_core.trace.step import Candidates, Quantity


def token_axis(labels: tuple[str, ...]) -> Axis:
    """Tokens without geometry."""
    axis = object.__new__(Axis)
    axis.__dict__.update(kind="token", labels=labels, geometry={})
    return axis


def dense_map(site: str, query_axis: Axis, key_axis: Axis, values: NDArray, layers: tuple[str, ...], heads: tuple[str, ...]) -> AttentionMap:
    """A dense map of read-only rows f32[layer, head, query, key] that come from softmax."""
    weights, found = object.__new__(Dense), object.__new__(AttentionMap)
    weights.__dict__["values"] = values
    found.__dict__.update(site=site, query_axis=query_axis, key_axis=key_axis, weights=weights, layers=layers, heads=heads)
    return found


def map_part(whole: AttentionMap, query: int, query_axis: Axis, key_axis: Axis) -> AttentionMap:
    """Row `query` of a dense map over its first len(key_axis) keys, the rest of which must be 0. Shares memory.

    query_axis has one position; axes and row are the caller's to fit.
    """
    values = whole.weights.values[:, :, query : query + 1, : len(key_axis)]  # type: ignore[attr-defined]
    return dense_map(whole.site, query_axis, key_axis, values, whole.layers, whole.heads)


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
