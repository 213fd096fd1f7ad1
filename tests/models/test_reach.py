"""The reach family: stepping equals torch's own RNN and LSTM, its file comes back, its outputs read as they should."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from viz_core import driver
from viz_core.decoding import Forced
from viz_core.models import reach, registry
from viz_core.trace import InputError

TEXT = "CADFB?"


@pytest.fixture(params=sorted(reach.CELLS))
def stepper(request) -> reach.ReachStepper:
    return reach.untrained(request.param, seed=3)


def test_stepping_equals_torch_in_one_call(stepper):
    trace = driver.run(stepper, TEXT)
    symbols = torch.tensor([[reach.INPUTS.index(unit) for unit in (*TEXT, reach.STOP)]])
    states, _ = stepper.module.recurrent(stepper.module.embed(symbols))
    np.testing.assert_allclose(trace.series("hidden state"), states[0, : len(trace)].numpy(), atol=1e-5)


def test_one_symbol_is_read_a_step_and_at_most_one_more(stepper):
    trace = driver.run(stepper, TEXT)
    assert [step.label for step in trace.steps] == [*TEXT, reach.STOP][: len(trace)]


def test_forced_outputs_have_the_plain_forward_probabilities(stepper):
    trace = driver.run(stepper, TEXT, decoding=Forced(reference="·····C"))
    choices = [step.choice for step in trace.steps]
    assert len(choices) == 7 and trace.output == "C"
    expected = stepper.plain_log_probs(stepper.encode(TEXT), choices)
    np.testing.assert_allclose([step.log_prob for step in trace.steps], expected.numpy(), atol=1e-5)


def test_the_file_comes_back_bit_for_bit(stepper):
    tensors, metadata = reach.store(stepper)
    again = registry.restore(metadata, tensors)
    assert driver.run(again, TEXT).log_prob == driver.run(stepper, TEXT).log_prob


def test_an_lstm_cell_is_what_it_kept_plus_what_it_wrote():
    trace = driver.run(reach.untrained("lstm"), TEXT)
    cell, kept, written = (trace.series(name) for name in ("cell", "kept", "written"))
    np.testing.assert_allclose(cell, kept + written, atol=1e-6)
    np.testing.assert_allclose(kept[1:], trace.series("forget gate")[1:] * cell[:-1], atol=1e-6)
    assert (kept[0] == 0).all()


def test_an_output_it_cannot_say_is_named(stepper):
    with pytest.raises(InputError, match="'Z'"):
        stepper.choices("··Z")


def test_untrained_models_leave_the_random_state_alone():
    before = torch.random.get_rng_state()
    reach.untrained("lstm", seed=5)
    assert torch.equal(before, torch.random.get_rng_state())
