"""`Trace`: a whole run of a model on one source, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from viz_core.trace.attention import AttentionMap, Dense
from viz_core.trace.axis import Axis
from viz_core.trace.beam_tree import BeamTree
from viz_core.trace.errors import InputError, ShapeError
from viz_core.trace.plain import plain_mapping, text
from viz_core.trace.step import Step


@dataclass(frozen=True, eq=False)
class Trace:
    """What a model did with one source.

    run: model name, family, weights' SHA-256, options, seed, versions (JSON values). source: the input as a person
    reads it. source_axis: its positions. output: what was produced, as a person reads it. unit: what a step is
    (`token`, `layer`, `tick`, `hop`, `pixel`, `node`). steps: in order. tree: the beam tree, when there was one.
    """

    run: Mapping[str, object]
    source: str
    source_axis: Axis
    output: str
    unit: str
    steps: tuple[Step, ...]
    tree: BeamTree | None = None
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "run", plain_mapping("trace run", self.run))
        for name in ("source", "output", "unit"):
            text(f"trace {name}", getattr(self, name))
        object.__setattr__(self, "steps", tuple(self.steps))
        object.__setattr__(self, "notes", tuple(str(note) for note in self.notes))
        for position, step in enumerate(self.steps):
            if step.index != position:
                raise InputError(f"step at position {position} has index {step.index}; number the steps from 0 in order")

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def sites(self) -> tuple[str, ...]:
        """The attention sites that occur, in order of first appearance."""
        return tuple(dict.fromkeys(item.site for step in self.steps for item in step.attention))

    @property
    def log_prob(self) -> float | None:
        """log P(Y|X) = Σ log p(y_i | y_<i, x) in nats, None for models that choose nothing."""
        values = [step.log_prob for step in self.steps if step.log_prob is not None]
        return float(np.sum(values)) if values else None

    @property
    def step_axis(self) -> Axis:
        """One position a step, labelled with what it emitted (or its own label)."""
        return Axis("step", tuple(step.emitted or step.label for step in self.steps))

    def attention(self, site: str) -> AttentionMap:
        """All query rows computed at `site`, in step order, as one map.

        A single map is returned as it is; several become one dense map over the longest key axis, with weight 0 on the
        keys that a step did not have yet. InputError when the site never occurs, ShapeError when layers or heads differ.
        """
        maps = [item for step in self.steps for item in step.attention if item.site == site]
        if not maps:
            raise InputError(f"no attention at {site!r} in this trace; there is: {', '.join(self.sites) or 'none'}")
        if len(maps) == 1:
            return maps[0]
        for item in maps:
            if (item.layers, item.heads) != (maps[0].layers, maps[0].heads):
                raise ShapeError(
                    f"attention at {site!r} has {len(maps[0].layers)} layers × {len(maps[0].heads)} heads in one step and "
                    f"{len(item.layers)} × {len(item.heads)} in another; read the maps of each step instead"
                )
        keys = max((item.key_axis for item in maps), key=len)
        shape = (len(maps[0].layers), len(maps[0].heads), sum(len(item.query_axis) for item in maps), len(keys))
        values = np.zeros(shape, np.float32)
        row = 0
        for item in maps:
            count = len(item.query_axis)
            for layer, head in np.ndindex(*shape[:2]):
                block = item.map(layer, head)
                values[layer, head, row : row + count, : len(item.key_axis)] = block
                masked = np.isnan(block).all(axis=1) & (len(item.key_axis) > 0)
                values[layer, head, row : row + count][masked] = np.nan  # masked in the longer row as well
            row += count
        labels = tuple(label for item in maps for label in item.query_axis.labels)
        return AttentionMap(site, Axis(maps[0].query_axis.kind, labels), keys, Dense(values), maps[0].layers, maps[0].heads)

    def series(self, name: str) -> NDArray:
        """A quantity over all steps that have it, f32[step, …] (for example one LSTM gate over time)."""
        values = [q.values for step in self.steps for q in step.quantities if q.name == name]
        if not values:
            raise InputError(f"no step of this trace has a quantity {name!r}")
        if len({value.shape for value in values}) > 1:
            shapes = ", ".join(str(shape) for shape in dict.fromkeys(value.shape for value in values))
            raise ShapeError(f"quantity {name!r} changes its shape over the steps ({shapes}); read it step by step instead")
        return np.stack(values)
