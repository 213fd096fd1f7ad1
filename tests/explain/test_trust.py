"""Whole trust tests: models whose answer is known, and a small LSTM."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tests.explain import trust_toy as toy
from tests.models.tiny import tiny

from viz_core import driver
from viz_core.explain.source_rows import attention_rows
from viz_core.explain.trust import experiment, report, trust
from viz_core.trace import AttentionMap, Axis, Dense, InputError, ShapeError, Step, Trace

SPAN = toy.KNOWN - toy.UNKNOWN


@pytest.mark.parametrize("step", [0, 1, 2, None])
def test_a_map_that_shows_what_decides_is_supported(step):
    found = trust(toy.Toy(), toy.SOURCE, toy.trace(toy.honest()), step)
    assert found.verdict == "supported" and found.percentile > 95
    assert found.gap == pytest.approx(SPAN * 11 / 12, abs=1e-6) and found.gap == pytest.approx(found.best_gap, abs=1e-6)
    assert (found.full, found.empty) == pytest.approx((toy.KNOWN, toy.UNKNOWN))
    assert found.output == ("hce" if step is None else "hce"[step]) and found.removal == "delete" and found.map_name == "cross"
    assert found.removed_few()[:2] == (3, pytest.approx(SPAN))
    for rival in found.rivals:
        assert rival.overlap >= 1 / 3 and rival.gap == pytest.approx(found.gap, abs=1e-6)
        assert rival.correlation == pytest.approx(1), f"{rival.name} ranks one position first and ties the rest, as the map does"


@pytest.mark.parametrize("step", [0, 1, 2, None])
def test_a_map_that_has_nothing_to_do_with_the_output_is_found_out(step):
    found = trust(toy.Toy(), toy.SOURCE, toy.trace(toy.unrelated()), step)
    assert found.verdict == "chance" and 5 < found.percentile < 75
    assert abs(found.gap) < SPAN / 8


def test_a_map_turned_upside_down_is_contrary():
    rows = toy.honest().max() - toy.honest()
    found = trust(toy.Toy(), toy.SOURCE, toy.trace(rows / rows.sum(1, keepdims=True)))
    assert found.verdict == "contrary" and found.gap < 0


def test_a_uniform_map_has_no_gap():
    found = trust(toy.Toy(), toy.SOURCE, toy.trace(np.full((3, 12), 1 / 12)), 0)
    assert found.gap == pytest.approx(0, abs=1e-9) and found.verdict == "chance"
    assert all(np.isnan(rival.correlation) for rival in found.rivals)


def test_contributions_are_the_whole_and_nothing_but():
    found = trust(toy.Toy(), toy.SOURCE, toy.trace(toy.honest()), 1)
    np.testing.assert_allclose(found.rival("shapley").importance, SPAN * (np.arange(12) == toy.CHOICES[1]), atol=1e-6)
    np.testing.assert_allclose(found.rival("leave_one_out").importance, SPAN * (np.arange(12) == toy.CHOICES[1]), atol=1e-6)


def test_controls_replace_one_row_or_all():
    found = trust(toy.Toy(), toy.SOURCE, toy.trace(toy.honest()), 0).controls
    assert found.own == pytest.approx(toy.KNOWN) and found.uniform == pytest.approx(toy.UNKNOWN + SPAN / 12 / 0.89)
    np.testing.assert_allclose(np.unique(found.permuted), (toy.UNKNOWN + SPAN * 0.01 / 0.89, toy.KNOWN), atol=1e-5)
    whole = trust(toy.Toy(), toy.SOURCE, toy.trace(toy.honest())).controls
    assert whole.uniform == pytest.approx(found.uniform) and np.ptp(whole.permuted) > 0


def test_the_same_seed_gives_the_same_report():
    one, other = (trust(toy.Toy(), toy.SOURCE, toy.trace(toy.honest()), 1) for _ in range(2))
    np.testing.assert_array_equal(one.random_gaps, other.random_gaps)


@pytest.mark.parametrize("removal", ["delete", "block"])
def test_an_lstm_from_its_trace_to_its_report(removal):
    stepper = tiny()
    source = stepper.encode("catty")
    trace = driver.run(stepper, source, "greedy:max_steps=3")
    done = experiment(stepper, source, [step.choice for step in trace.steps], removal, orders=10)
    found = trust(stepper, source, trace, 1, done=done)
    assert found.full == pytest.approx(trace.steps[1].log_prob, abs=1e-4)
    np.testing.assert_allclose(found.importance, trace.steps[1].attention[0].map()[0], atol=1e-6)
    total = found.rival("shapley").importance.sum()
    assert total == pytest.approx(found.full - found.empty, abs=1e-4), "contributions sum to what the whole source adds"
    weights = torch.full((1, 3, 5), torch.nan)
    weights[0, 1] = 0.2
    assert found.controls.uniform == pytest.approx(float(stepper.occlusion.reweighted(source, done.choices, weights)[0, 1]), abs=1e-4)
    whole = trust(stepper, source, trace, done=done)
    assert whole.full == pytest.approx(trace.log_prob / 3, abs=1e-4) and len(whole.random_gaps) == 1000
    steps = [trust(stepper, source, trace, t, done=done) for t in range(3)]
    assert whole.gap == pytest.approx(np.mean([s.gap for s in steps]), abs=1e-6)
    assert whole.controls.own == pytest.approx(whole.full, abs=1e-4)


def test_layers_and_heads_are_averaged_or_chosen():
    rng = np.random.default_rng(0)
    weights = rng.dirichlet(np.ones(5), (2, 3, 1)).astype(np.float32)
    keys = Axis("token", tuple("abcde"))
    found = AttentionMap("decoder", Axis("token", ("x",)), keys, Dense(weights), ("0", "1"), ("0", "1", "2"))
    trace = Trace({}, "abc", Axis("token", tuple("abc")), "x", "token", (Step(0, "x", "x", 1, -1.0, attention=(found,)),))
    rows = attention_rows(trace, "decoder", trace.source_axis)
    np.testing.assert_allclose(rows, weights.mean((0, 1))[:, :3], atol=1e-6)
    np.testing.assert_allclose(attention_rows(trace, "decoder", trace.source_axis, 1, 2), weights[1, 2, :, :3], atol=1e-6)
    with pytest.raises(InputError, match="other keys than the 6 positions"):
        attention_rows(trace, "decoder", Axis("token", tuple("abcdef")))
    with pytest.raises(InputError, match="no attention at 'cross'; there is: decoder"):
        attention_rows(trace, "cross", trace.source_axis)


def test_what_cannot_be_tested_is_said():
    stepper = tiny("none")
    source = stepper.encode("cat")
    trace = driver.run(stepper, source, "greedy:max_steps=2")
    with pytest.raises(InputError, match="no step of this trace looks at its source"):
        trust(stepper, source, trace)
    done = experiment(toy.Toy(), toy.SOURCE, toy.CHOICES)
    with pytest.raises(InputError, match="step 3 is not in this output; its steps are 0 … 2"):
        report(done, toy.honest(), 3)
    with pytest.raises(ShapeError, match=r"map 'mine' has shape \(2, 2\)"):
        report(done, np.ones((2, 2)), map_name="mine")
    with pytest.raises(InputError, match="12 source positions and 0 outputs"):
        experiment(toy.Toy(), toy.SOURCE, [])
    other = experiment(toy.Toy(), toy.SOURCE, (1, 2, 3))
    with pytest.raises(InputError, match="not on this trace"):
        trust(toy.Toy(), toy.SOURCE, toy.trace(toy.honest()), done=other)
