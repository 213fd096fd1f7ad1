"""Hypothesis strategies for traces, and `same`: equality of records bit for bit."""

from __future__ import annotations

import dataclasses

import numpy as np
from hypothesis import strategies as st

from viz_core.trace import AttentionMap, Axis, BeamTree, Candidates, Dense, Factored, Quantity, Step, Trace
from viz_core.trace.axis import KINDS

words = st.text(max_size=6) | st.sampled_from(["我", "=1+1", "", "a,b\n\"c\"", "\ud800", "NaN"])
scalars = st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | words
json_values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3), max_leaves=6)
seeds = st.integers(0, 2**32 - 1)


@st.composite
def axes(draw, count: int) -> Axis:
    """An axis of `count` positions, sometimes with geometry."""
    labels = draw(st.lists(words, min_size=count, max_size=count))
    geometry = {"rows": 2, "spans": [(i, i + 1) for i in range(count)]} if draw(st.booleans()) else {}
    return Axis(draw(st.sampled_from(sorted(KINDS))), tuple(labels), geometry)


def distributions(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Rows that sum to 1, a fifth of them masked (NaN)."""
    rows = rng.dirichlet(np.ones(shape[-1]), shape[:-1]).astype(np.float32)
    rows[rng.random(shape[:-1]) < 0.2] = np.nan
    return rows


@st.composite
def attention_maps(draw) -> AttentionMap:
    """A dense or factored map of up to 2 layers × 2 heads × 3 queries × 4 keys."""
    layers, heads, queries, keys = (draw(st.integers(1, top)) for top in (2, 2, 3, 4))
    rng = np.random.default_rng(draw(seeds))
    if draw(st.booleans()):
        weights = Dense(distributions(rng, (layers, heads, queries, keys)))
    else:
        q, k = (rng.normal(size=(layers, heads, count, 3)).astype(np.float32) for count in (queries, keys))
        mask = np.where(rng.random((queries, keys)) < 0.3, -np.inf, 0.0) if draw(st.booleans()) else None
        weights = Factored(q, k, 3**-0.5, mask, draw(st.booleans()))
    names = [tuple(f"{word}{i}" for i in range(count)) for word, count in (("l", layers), ("h", heads))]
    return AttentionMap(draw(words), draw(axes(queries)), draw(axes(keys)), weights, *names)


@st.composite
def quantities(draw) -> Quantity:
    """A quantity of 0 to 3 dimensions with any float32 bits that are not a signalling NaN."""
    shape = draw(st.lists(st.integers(0, 3), max_size=3))
    values = draw(st.lists(st.floats(width=32), min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))
    return Quantity(draw(words), r"\alpha", tuple(draw(axes(n)) for n in shape), np.array(values, np.float32).reshape(shape), "a=b")


@st.composite
def steps(draw, index: int) -> Step:
    """A step; its quantities are sometimes deferred."""
    log_probs = sorted(draw(st.lists(st.floats(-50, 0, width=32) | st.just(-np.inf), max_size=3)), reverse=True)
    found = Candidates(tuple("abc"[: len(log_probs)]), np.arange(len(log_probs)), log_probs)
    made = tuple(draw(st.lists(quantities(), max_size=2)))
    return Step(
        index,
        draw(words),
        draw(words),
        draw(st.none() | st.integers(0, 2**40)),
        draw(st.none() | st.just(-np.inf) | st.floats(-100, 0)),
        draw(st.none() | st.just(found)),
        tuple(draw(st.lists(attention_maps(), max_size=2))),
        (lambda: made) if draw(st.booleans()) else made,
    )


@st.composite
def trees(draw) -> BeamTree:
    """A beam tree of up to 5 nodes with random parents."""
    count, keys = draw(st.integers(1, 5)), draw(st.integers(0, 3))
    rng = np.random.default_rng(draw(seeds))
    parent = np.array([-1] + [draw(st.integers(0, node - 1)) for node in range(1, count)])
    log_prob = -rng.random(count)
    attention = distributions(rng, (count, keys)) if keys else np.empty((count, 0))
    return BeamTree(
        parent, np.arange(count) - 1, np.arange(count) + 7, ("字",) * count, log_prob, log_prob, log_prob,
        np.zeros(count), ("root",) + ("kept",) * (count - 1), ("",) * count, attention, draw(axes(keys)),
        (count - 1,), {"width": 2},
    )  # fmt: skip


@st.composite
def traces(draw) -> Trace:
    """A whole trace of 0 to 3 steps."""
    return Trace(
        draw(st.dictionaries(words, json_values, max_size=3)),
        draw(words),
        draw(axes(draw(st.integers(0, 4)))),
        draw(words),
        "token",
        tuple(draw(steps(i)) for i in range(draw(st.integers(0, 3)))),
        draw(st.none() | trees()),
        tuple(draw(st.lists(words, max_size=2))),
    )


def same(left: object, right: object) -> bool:
    """Whether two records (or parts of them) are equal, arrays in dtype, shape and every bit."""
    if type(left) is not type(right):
        return False
    if isinstance(left, np.ndarray):
        return left.dtype == right.dtype and left.shape == right.shape and left.tobytes() == right.tobytes()
    if isinstance(left, tuple | list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, Step) and not same(left.quantities, right.quantities):
        return False
    if dataclasses.is_dataclass(left):
        names = [item.name for item in dataclasses.fields(left) if item.name != "details"]
        return all(same(getattr(left, name), getattr(right, name)) for name in names)
    return left == right and str(left) == str(right)  # str: −0.0 is not 0.0
