"""The rows of a trace that look at its source: what a trust test is about. Axes: S source positions, T rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viz_core.trace import Axis, InputError, Trace


def attention_rows(trace: Trace, site: str, source: Axis, layer: int | None = None, head: int | None = None) -> NDArray:
    """Every step's attention over the source's positions, f64[T, S].

    layer, head: None for the mean over all. Keys behind the source (what was generated) are left out. InputError when a
    step has no such map, or its keys are others than the source's positions.
    """
    rows, count = [], len(source)
    for step in trace.steps:
        found = next((item for item in step.attention if item.site == site), None)
        if found is None:
            raise InputError(f"step {step.index} has no attention at {site!r}; there is: {', '.join(trace.sites) or 'none'}")
        if found.key_axis.labels[:count] != source.labels:
            raise InputError(f"attention at {site!r} has other keys than the {count} positions of the source; test a map over the source")
        layers = range(len(found.layers)) if layer is None else [layer]
        heads = range(len(found.heads)) if head is None else [head]
        row = np.mean([found.rows(i, j, [-1])[0] for i in layers for j in heads], axis=0)
        rows.append(row[:count])
    return np.stack(rows).astype(float)


def source_site(trace: Trace, source: Axis) -> str:
    """The site at which every step looks at the source: `cross` where there is one, else the first that fits."""
    for site in sorted(trace.sites, key=lambda name: name != "cross"):
        maps = [item for step in trace.steps for item in step.attention if item.site == site]
        if len(maps) == len(trace) and all(item.key_axis.labels[: len(source)] == source.labels for item in maps):
            return site
    raise InputError(f"no step of this trace looks at its source (attention: {', '.join(trace.sites) or 'none'}), so there is no map to test; choose a model with attention")


def encoder_rows(trace: Trace, layer: int | None = None, head: int | None = None) -> NDArray:
    """The attention of an encoder's trace, one step a layer, f64[S, S]; layer, head: None for the mean over all."""
    maps = [step.attention[0] for step in trace.steps if step.attention]
    if not maps:
        raise InputError("this trace has no attention; choose a model with attention")
    chosen = maps if layer is None else [maps[layer]]
    return np.mean([item.map(0, i) for item in chosen for i in (range(len(item.heads)) if head is None else [head])], axis=0).astype(float)
