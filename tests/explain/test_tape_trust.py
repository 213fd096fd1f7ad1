"""Blanked memory cells: numbers worked out by hand, a machine that runs, and maps that are right, empty and wrong."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from viz_core.explain.tape_trust import Reading, log_prob, reading, trust
from viz_core.figures import trust_words
from viz_core.models import ntm, tape_lstm
from viz_core.models.memory_edit import MemoryEdit
from viz_core.models.ntm import EMPTY
from viz_core.models.tape_stepper import TapeStepper
from viz_core.tasks.tapes import copy
from viz_core.trace import InputError, ShapeError

CELLS = 12
TAPE = "10110010 01100001"


def hand_made(weights, memory) -> Reading:
    """One read head, two bits of one tick: logits = r + (0.5, −1)."""
    return Reading(np.asarray(memory, float), np.asarray(weights, float), (0,), lambda reads: reads + np.array([0.5, -1]))


def tiny(**options) -> TapeStepper:
    torch.manual_seed(1)
    machine = ntm.NTM(ntm.Config(copy.INPUTS, copy.OUTPUTS, cells=9, width=4, hidden=6, **options))
    return TapeStepper(machine.eval().requires_grad_(False), copy)


def sharp(cell: int, floor: float = 1e-3) -> np.ndarray:
    weights = np.full(CELLS, floor) * np.linspace(1, 0.5, CELLS)
    weights[cell] = 1 - (weights.sum() - weights[cell])
    return weights


def filled(cell: int) -> np.ndarray:
    """The cell holds (4, −3), all others something small."""
    memory = np.random.default_rng(0).normal(0, 0.1, (CELLS, 2))
    memory[cell] = 4, -3
    return memory


def test_numbers_by_hand():
    done = hand_made([[0.75, 0.25]], [[2, -2], [-2, 1]])
    assert done.logits() [0, 0] == pytest.approx([1.5 - 0.5 + 0.5, -1.5 + 0.25 - 1])
    without_first = [0.5 + 0.075 - 0.5, 0.075 + 0.25 - 1]
    blanked = done.blanked(np.array([[True, True], [False, True], [False, False]]))[:, 0]
    assert blanked == pytest.approx(np.array([done.logits()[0, 0], without_first, [0.6, -0.9]]))
    wanted = math.log(1 / (1 + math.exp(-0.075))) + math.log(1 - 1 / (1 + math.exp(0.675)))
    assert log_prob(np.array(without_first), np.array([True, False])) == pytest.approx(wanted)


def test_the_cell_of_a_sharp_read_drops_most():
    found = trust(hand_made([sharp(7)], filled(7)))
    assert found.verdict == "supported" and found.output == "10" and found.positions.labels[7] == "7"
    drops = found.full - found.random_deletion[:, 1]  # one cell gone
    assert found.full - found.deletion[1] == pytest.approx(drops.max()) and drops.max() > 5 * np.median(drops)
    assert found.full - found.deletion[1] == pytest.approx(found.rival("leave_one_out").importance[7], rel=1e-5)
    assert found.rival("shapley").importance.sum() == pytest.approx(found.full - found.empty, rel=1e-4)


def test_equal_weights_are_no_better_than_random_and_a_wrong_head_is_told():
    even = trust(hand_made([np.full(CELLS, 1 / CELLS)], filled(7) * CELLS))
    assert even.percentile < 95 and even.gap == pytest.approx(0, abs=1e-9)
    weights = np.stack([sharp(7), 1 - sharp(7)])  # the second head's small weight is on what the first one reads
    two = Reading(filled(7), weights, (0,), lambda reads: reads[:, :1, :1])
    assert trust(two, 0).verdict == "supported" and trust(two, 1).verdict == "contrary"


def test_controls_read_with_equal_and_shuffled_weights():
    found = trust(hand_made([sharp(7)], filled(7)))
    same = log_prob(hand_made([np.full(CELLS, 1 / CELLS)], filled(7)).logits()[0, 0], np.array([True, False]))
    assert found.controls.own == pytest.approx(found.full, rel=1e-5) and found.controls.uniform == pytest.approx(same)
    assert found.controls.permuted.mean() < found.controls.own - 0.5


@pytest.mark.parametrize("options", [{}, {"reads": 2, "writes": 2}, {"addressing": ntm.CONTENT}, {"controller": ntm.FEED_FORWARD}])
def test_a_machine_is_read_as_it_ran(options):
    """With the whole memory the two ticks' bits are the run's; blanking cells by hand between write and read gives the same."""
    stepper = tiny(**options).intervened([MemoryEdit(4, 0, (1.0, -2, 0.5, 3))])
    run, source = stepper.trace(TAPE), stepper.encode(TAPE)
    done = reading(stepper, source, 3)
    assert done.ticks == (3, 4)
    for at, logits in zip(done.ticks, done.logits()[0], strict=True):
        assert 1 / (1 + np.exp(-logits)) == pytest.approx(run.steps[at].quantity("output").values, abs=1e-6)
    found = trust(done, orders=32)
    assert found.full == pytest.approx(run.steps[3].log_prob + run.steps[4].log_prob, abs=1e-5)
    assert found.output == f"{run.steps[3].emitted} {run.steps[4].emitted}"
    keep = np.random.default_rng(0).random(9) < 0.5
    blank = np.where(keep[:, None], done.memory, EMPTY)
    hidden = run.steps[3].quantity("controller state").values
    by_hand = stepper.module.output(torch.tensor(np.concatenate([hidden, (done.weightings @ blank).ravel()]), dtype=torch.float32))
    assert done.blanked(keep[None])[0, 0] == pytest.approx(by_hand.numpy(), abs=1e-5)
    assert abs(done.falls()[1]) > 1e-6  # the read reaches the next tick through the controller


def test_before_the_answer_and_at_its_end_one_tick_is_measured():
    stepper = tiny()
    source = stepper.encode(TAPE)
    assert reading(stepper, source, 2).ticks == (3,) and reading(stepper, source, 4).ticks == (4,)


def test_many_cells_are_blanked_in_chunks():
    rng = np.random.default_rng(0)
    layer = rng.normal(size=(3, 4))
    done = Reading(rng.normal(size=(128, 3)), rng.dirichlet(np.ones(128), 1), (0,), lambda reads: reads @ layer)
    found = trust(done, orders=32)
    assert len(found.sizes) == 65 and found.sizes[-1] == 128 and found.deletion[-1] == pytest.approx(found.insertion[0])
    assert (trust(done, orders=32).random_deletion == found.random_deletion).all()


def test_the_words_name_the_true_content_of_a_blank_cell():
    assert f"{EMPTY} in every channel" in trust_words.removal(trust(hand_made([sharp(7)], filled(7))))


def test_what_cannot_be_tested_is_told():
    stepper = tiny()
    source = stepper.encode(TAPE)
    for tick in (1, 5):
        with pytest.raises(InputError, match=f"read of tick {tick} serves no bit of the answer; choose a tick from 2 to 4"):
            reading(stepper, source, tick)
    with pytest.raises(InputError, match="TapeLSTM has no memory"):
        reading(TapeStepper(tape_lstm.TapeLSTM(tape_lstm.Config(copy.INPUTS, copy.OUTPUTS, 5, 1)), copy), source, 3)
    with pytest.raises(InputError, match="read head 1 is not in this machine"):
        trust(reading(stepper, source, 3), 1)
    with pytest.raises(ShapeError, match="weightings"):
        Reading(np.zeros((4, 2)), np.ones((1, 5)), (0,), lambda reads: reads)
