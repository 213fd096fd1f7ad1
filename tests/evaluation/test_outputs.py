"""Outputs in batches are the outputs one by one, in the order given."""

from tests.decoding.table_stepper import markov, random_table

from viz_core.decoding import Beam, choices_of
from viz_core.evaluation import outputs as module
from viz_core.evaluation.outputs import outputs


def test_batches_by_length_change_nothing(monkeypatch):
    stepper = random_table(3, outputs=4, limit=6)
    units = ["a b c".split(), ["d"], "e f".split(), "g h i j".split(), ["k"]]
    alone = [stepper.text(choices_of(stepper, [stepper.encode_units(u)], Beam(width=3, length_penalty=0.5))[0]) for u in units]
    assert len(set(alone)) > 3, "sources must differ in their outputs for the order to be tested"
    for size in (1, 2, 64):
        monkeypatch.setattr(module, "BATCH", size)
        assert outputs(stepper, units, beam=3, length_penalty=0.5) == alone
    assert outputs(stepper, [], beam=3, length_penalty=0.5) == []


def test_width_and_length_penalty_are_used():
    # Greedy takes A (0.6) and ends at 0.6 · 0.4 = 0.24; B then B is 0.4 · 1 · 0.9 = 0.36.
    rows = {"<s>": {"A": 0.6, "B": 0.4}, "A": {"</s>": 0.4, "C": 0.3, "D": 0.3}, "B": {"C": 1.0},
            "C": {"</s>": 0.9, "D": 0.1}, "D": {"</s>": 1.0}}  # fmt: skip
    stepper = markov("ABCD", rows)
    assert outputs(stepper, [["x"]], beam=1, length_penalty=0.0) == ["A"]
    assert outputs(stepper, [["x"]], beam=2, length_penalty=0.0) == ["B C"]
