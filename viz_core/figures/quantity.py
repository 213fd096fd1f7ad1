"""`quantity`: one tensor over all steps, for example an LSTM gate or the cells of a memory."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from viz_core.figures import theme
from viz_core.figures.words import _
from viz_core.trace import InputError, Quantity, Trace


def quantity(trace: Trace, name: str) -> go.Figure:
    """Values of a quantity over the steps that have it: a line for numbers, a heat map channel × step for vectors.

    The colours are symmetric about 0 and reach to the largest magnitude (to 1 for values within −1 … 1, so that gates
    compare). Tensors of more dimensions are flattened. Raises InputError when no step has it or its shape changes.
    """
    items = [(step.index, q) for step in trace.steps for q in step.quantities if q.name == name]
    if not items:
        known = dict.fromkeys(q.name for step in trace.steps for q in step.quantities)
        raise InputError(f"no step of this trace has a quantity {name!r}; there is: {', '.join(known) or 'none'}")
    if len({q.values.shape for _index, q in items}) > 1:
        raise InputError(f"quantity {name!r} changes its shape from step to step; look at it step by step in the player")
    steps = [index for index, _q in items]
    values = np.stack([q.values.ravel() for _index, q in items])  # (step, channel)
    figure = go.Figure(layout=theme.layout(f"{name} · {trace.run.get('model', '')}".strip(" ·")))
    if values.shape[1] == 1:
        figure.add_scatter(x=steps, y=values[:, 0], mode="lines+markers", name=theme.plain(name), line=dict(color="#3563c0"))
    else:
        _heat(figure, values, steps, items[0][1])
    labels = trace.step_axis.take(steps).labels
    marks = theme.ticks(labels)
    figure.update_xaxes(tickvals=[steps[i] for i in marks["tickvals"]], ticktext=marks["ticktext"], title=dict(text=_("step")))  # type: ignore[attr-defined]
    return figure


def _heat(figure: go.Figure, values: NDArray, steps: list[int], example: Quantity) -> None:
    largest = float(np.nanmax(np.abs(values))) if values.size else 1.0
    reach = max(1.0, largest) if largest <= 1.0 else largest
    figure.add_heatmap(
        z=values.T, x=steps, y=np.arange(values.shape[1]), zmin=-reach, zmax=reach, colorscale=theme.SIGNED_LIGHT,
        hovertemplate=_("step %{x}, channel %{y}: %{z:.5f}") + "<extra></extra>", colorbar=dict(thickness=12, outlinewidth=0),
    )
    axis = example.axes[0].kind if len(example.axes) == 1 else _("flattened")
    figure.update_yaxes(title=dict(text=axis), autorange="reversed", showgrid=False)
