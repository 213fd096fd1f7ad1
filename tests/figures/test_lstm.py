"""Charts of the inside of an LSTM: the numbers of the trace, the order of rows, the floor of gradients."""

from __future__ import annotations

import numpy as np
import pytest
from tests.figures import synthetic

from viz_core.figures import lstm
from viz_core.trace import Axis, InputError, Quantity, Step, Trace, numbered

VALUES = np.array([[0.1, 3.0, -0.5], [0.9, 0.0, -0.5], [0.2, 0.0, -0.6]], np.float32)  # (step, channel)


@pytest.fixture
def trace() -> Trace:
    units = (numbered("channel", 3),)
    names = ("cell", "kept", "written", "forget gate", "input gate", "output gate")
    steps = [Step(t, "abc"[t], details=tuple(Quantity(n, "x", units, VALUES[t] * (i + 1)) for i, n in enumerate(names))) for t in range(3)]
    return Trace({}, "abc", Axis("token", tuple("abc")), "", "token", tuple(steps))


def test_the_motorway_shows_one_channel(trace):
    drawn = {item.name: np.asarray(item.y) for item in lstm.motorway(trace, 1).data}
    np.testing.assert_allclose(drawn["cell m"], [3, 0, 0])
    np.testing.assert_allclose(drawn["kept: f·m of the step before"], [6, 0, 0])
    np.testing.assert_allclose(drawn["forget gate f"], [12, 0, 0])
    with pytest.raises(InputError, match="neuron 3 .* 0 … 2"):
        lstm.motorway(trace, 3)


# Channel 1 peaks at step 0, channel 0 at step 1, channel 2 at step 2; mean magnitudes are 0.4, 1.0 and 0.53.
@pytest.mark.parametrize(("order", "rows"), [("stored", "012"), ("when", "102"), ("size", "120")])
def test_rows_are_sorted_as_asked(trace, order, rows):
    heat = lstm.channels(trace, "cell", order).data[0]
    assert "".join(heat.y) == rows
    np.testing.assert_allclose(heat.z, VALUES.T[[int(r) for r in heat.y]], atol=1e-4)
    assert heat.zmax == 3 == -heat.zmin


def test_the_neuron_on_show_is_marked(trace):
    mark = lstm.channels(trace, "cell", "size", marked=2).data[1]
    assert list(mark.y) == ["2"]


def test_unknown_orders_and_quantities_are_named(trace):
    with pytest.raises(InputError, match="'best'"):
        lstm.channels(trace, "cell", "best")
    with pytest.raises(InputError, match="gate x"):
        lstm.channels(trace, "gate x")
    with pytest.raises(InputError, match="no step"):
        lstm.motorway(synthetic.translation(), 0)


def test_gradients_are_drawn_down_to_a_floor_and_told_exactly():
    figure = lstm.gradient({"plain": ("rnn", np.array([1e-30, 1.0]), True), "before": ("lstm cell", np.array([0.5, 1.0]), False)}, "AB")
    assert list(figure.data[0].y) == [lstm.FLOOR, 1.0] and figure.data[0].customdata[0] == 1e-30
    assert figure.data[0].line.dash == "solid" and figure.data[1].line.dash == "dot"
    assert figure.layout.yaxis.type == "log"


def test_accuracy_shades_what_was_trained_on_and_dashes_guessing():
    figure = lstm.accuracy({"LSTM": ("lstm", {0: 0.2, 40: 1.0})}, (20, 40), 0.125)
    shapes = figure.layout.shapes
    assert (shapes[0].x0, shapes[0].x1) == (20, 40) and shapes[1].y0 == 0.125
    assert list(figure.data[0].y) == [0.2, 1.0]
