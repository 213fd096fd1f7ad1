"""One neuron's numbers and those worth a look."""

from __future__ import annotations

import numpy as np
import pytest
from tests.models.tiny import tiny

from viz_core import driver
from viz_core.explain.neurons import neuron, state_name, worth_a_look
from viz_core.explain.reading import encoder_trace
from viz_core.models.reach import untrained
from viz_core.trace import Axis, InputError, Quantity, Step, Trace, numbered


def lstm_trace(kept, written) -> Trace:
    kept, written = np.asarray(kept, np.float32), np.asarray(written, np.float32)
    units = (numbered("channel", kept.shape[1]),)
    steps = []
    for t in range(len(kept)):
        values = {"kept": kept[t], "written": written[t], "cell": kept[t] + written[t], "hidden state": kept[t]}
        values |= dict.fromkeys(("forget gate", "input gate", "candidate", "output gate"), kept[t] * 0)
        steps.append(Step(t, "a", details=tuple(Quantity(name, "x", units, value) for name, value in values.items())))
    return Trace({}, "aa", Axis("token", ("a",) * len(kept)), "", "token", tuple(steps))


def test_neurons_worth_a_look_by_hand():
    # Channel 0 writes −6 at the end; channel 1 keeps 2 all along; channel 2 writes 5 and loses it at once.
    trace = lstm_trace(kept=[[0, 0, 0], [0, 2, 0], [0, 2, 0]], written=[[0, 2, 5], [0, 0, 0], [-6, 0, 0]])
    assert worth_a_look(trace) == {"keeps": 1, "writes": 0, "forgets": 2}


def test_one_step_has_nothing_to_forget():
    assert worth_a_look(lstm_trace(kept=[[0, 0]], written=[[1, 2]]))["forgets"] == 0


@pytest.mark.parametrize("part", ["encoder", "decoder"])
def test_the_numbers_of_a_neuron_follow_the_equations(part):
    trace = encoder_trace(tiny(), "cat") if part == "encoder" else driver.run(tiny(), "cat")
    stepper = tiny()
    started = stepper.module.begin(stepper.start([stepper.encode("cat")]).memory).cell[0, 0, 2]
    before = float(started) if part == "decoder" else 0.0
    for quantities in neuron(trace, 2):
        value = {q.name: float(q.values) for q in quantities}
        assert value["cell before"] == pytest.approx(before, abs=1e-6)
        assert value["kept"] == pytest.approx(value["forget gate"] * value["cell before"], abs=1e-6)
        assert value["cell"] == pytest.approx(value["kept"] + value["input gate"] * value["candidate"], abs=1e-6)
        assert value[state_name(trace)] == pytest.approx(value["output gate"] * np.tanh(value["cell"]), abs=1e-6)
        before = value["cell"]


def test_a_neuron_outside_and_a_model_without_cell_are_refused():
    with pytest.raises(InputError, match="neuron 6 .* 0 … 5"):
        neuron(encoder_trace(tiny(), "cat"), 6)
    with pytest.raises(InputError, match="no LSTM cell"):
        neuron(driver.run(untrained("rnn"), "CAB"), 0)
