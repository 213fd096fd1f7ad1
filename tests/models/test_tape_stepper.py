"""Stepping along a tape: records, edits of the memory, other numbers of cells, and input that cannot be used."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import viz_core as vc
from viz_core.decoding import Beam
from viz_core.models import ntm, tape_lstm
from viz_core.models.memory_edit import MemoryEdit
from viz_core.models.tape_stepper import TapeStepper, pattern_log_probs, restore, store
from viz_core.tasks.tapes import TASKS, copy
from viz_core.trace import InputError

TAPE = "10110010 01100001 11110000"


def stepper(task=copy, cells=10, **options) -> TapeStepper:
    torch.manual_seed(0)
    module = ntm.NTM(ntm.Config(task.INPUTS, task.OUTPUTS, cells=cells, width=6, hidden=12, **options))
    return TapeStepper(module.eval().requires_grad_(False), task)


def lstm() -> TapeStepper:
    torch.manual_seed(0)
    return TapeStepper(tape_lstm.TapeLSTM(tape_lstm.Config(9, 8, hidden=7, layers=2)).eval().requires_grad_(False), copy)


def test_pattern_log_probs_by_hand():
    found = pattern_log_probs(torch.tensor([1.0, 3.0]).log()).exp()  # p = 1/2 and 3/4
    torch.testing.assert_close(found, torch.tensor([1 / 8, 3 / 8, 1 / 8, 3 / 8, 0.0, 0.0]))


@pytest.mark.parametrize("machine", [stepper(), stepper(reads=2, writes=2), stepper(addressing=ntm.CONTENT), stepper(controller=ntm.FEED_FORWARD), lstm()])
def test_a_trace_equals_one_plain_pass(machine):
    trace = machine.trace(TAPE)
    expected = machine.plain_log_probs(machine.encode(TAPE), [step.choice for step in trace.steps])
    np.testing.assert_allclose([step.log_prob for step in trace.steps], expected, atol=1e-5)
    assert trace.unit == "tick" and len(trace) == 7
    assert [step.emitted for step in trace.steps[:4]] == [""] * 4 and len(trace.output.split()) == 3


def test_the_plain_lstm_steps_as_torch_s_layer_does():
    machine = lstm()
    symbols = torch.from_numpy(machine.encode(TAPE).ids.inputs)[None]
    state, logits = machine.module.start(1), []
    for column in symbols.unbind(1):
        tick = machine.module.tick(column, state)
        state, logits = tick.after, [*logits, tick.logits]
    torch.testing.assert_close(torch.stack(logits, 1), machine.module(symbols), atol=1e-6, rtol=1e-5)


def test_weightings_are_attention_over_cells():
    trace = stepper(reads=2).trace(TAPE)
    assert trace.sites == ("read", "write")
    read = trace.attention("read")
    assert read.key_axis.kind == "cell" and read.heads == ("0", "1")
    assert len(read.query_axis) == 7


def test_quantities_hold_the_equations():
    """Reads, gate and write recomputed from what the records say."""
    trace = stepper().trace(TAPE)
    for step in trace.steps:
        value = lambda name: step.quantity(name).values  # noqa: E731, B023
        np.testing.assert_allclose(value("read head: read vector"), value("read head: weighting") @ value("memory"), atol=1e-5)
        gate = value("read head: gate")
        mixed = gate * value("read head: content weighting") + (1 - gate) * value("read head: last weighting")
        np.testing.assert_allclose(value("read head: gated weighting"), mixed, atol=1e-6)
        where = value("write head: weighting")[:, None]
        written = value("memory before") * (1 - where * value("write head: erase")) + where * value("write head: add")
        np.testing.assert_allclose(value("memory"), written, atol=1e-5)


def test_a_memory_edit_changes_what_comes_after_it_and_nothing_before():
    machine, values = stepper(), (2.0,) * 6
    base, changed = machine.trace(TAPE), machine.trace(TAPE, [MemoryEdit(4, 0, values)])
    np.testing.assert_array_equal(changed.steps[4].quantity("memory before").values[0], values)
    before = [(a.quantity("memory").values == b.quantity("memory").values).all() for a, b in zip(base.steps, changed.steps, strict=True)]
    assert before == [True] * 4 + [False] * 3
    np.testing.assert_array_equal(changed.steps[5].quantity("memory before").values, changed.steps[4].quantity("memory").values)
    assert changed.run["edits"][0]["cell"] == 0 and "edits" not in base.run
    np.testing.assert_array_equal(machine.trace(TAPE).steps[6].quantity("memory").values, base.steps[6].quantity("memory").values)


def test_other_numbers_of_cells():
    machine = stepper().with_cells(3)
    assert machine.trace(TAPE).steps[0].quantity("memory").values.shape == (3, 6)
    assert machine.trace(TAPE).run["cells"] == 3


@pytest.mark.parametrize(
    ("work", "said"),
    [
        (lambda: stepper().with_cells(0), "number of cells is 0"),
        (lambda: stepper().with_cells(100_000), "number of cells is 100000"),
        (lambda: lstm().with_cells(5), "no memory cells"),
        (lambda: stepper().trace(TAPE, [MemoryEdit(0, 10, (0.0,) * 6)]), "no cell 10"),
        (lambda: stepper().trace(TAPE, [MemoryEdit(0, 1, (0.0,) * 5)]), "5 numbers were given"),
        (lambda: stepper().trace(TAPE, [MemoryEdit(0, 1, (float("nan"),) * 6)]), "no number"),
        (lambda: stepper().trace(TAPE, ["x"]), "str cannot change"),
        (lambda: lstm().trace(TAPE, [MemoryEdit(0, 0, (0.0,))]), "no memory to overwrite"),
        (lambda: list(vc.iter_steps(stepper(), TAPE, Beam(width=2))), "nothing to search"),
        (lambda: stepper().choices("12"), "nothing this machine says"),
    ],
)
def test_bad_input_is_one_clear_sentence(work, said):
    with pytest.raises(InputError, match=said) as error:
        work()
    assert "\n" not in str(error.value)


def test_more_than_fits_is_told(monkeypatch):
    monkeypatch.setattr("viz_core.models.tape_stepper.MOST_NUMBERS", 500)
    with pytest.raises(InputError, match="use at most 5 cells"):
        stepper(cells=9).trace(TAPE)


def test_storing_and_restoring():
    for machine in (stepper(), lstm()):
        tensors, metadata = store(machine)
        again = restore(metadata, tensors)
        assert again.trace(TAPE).log_prob == machine.trace(TAPE).log_prob and again.task is copy


def test_steps_come_one_by_one_as_well():
    machine = stepper()
    assert [step.choice for step in vc.iter_steps(machine, TAPE)] == [step.choice for step in machine.trace(TAPE).steps]


MACHINES = {name: stepper(task, cells=4) for name, task in TASKS.items()}


@pytest.mark.parametrize("name", MACHINES)
@settings(max_examples=40, deadline=None)
@given(text=st.one_of(st.text(max_size=30), st.text("01 x|?2", max_size=60)), cells=st.integers(-3, 40), tick=st.integers(-1, 20))
def test_fuzzed_runs_work_or_say_why(name, text, cells, tick):
    try:
        trace = MACHINES[name].with_cells(cells).trace(text, [MemoryEdit(tick, 1, (1.0,) * 6)])
    except InputError as error:
        assert "\n" not in str(error) and len(str(error)) < 300
        return
    assert all(np.isfinite(q.values).all() for q in trace.steps[-1].quantities)
