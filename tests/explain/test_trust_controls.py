"""Other weights than the model's own, by edits and by rows, against each other and by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tests.models import tiny_generators as generators
from tests.models.test_transformer import tiny_transformer
from tests.models.tiny import tiny

from viz_core import driver
from viz_core.explain.weight_controls import EDITED, PERMUTATIONS, controls, layer_numbers
from viz_core.layers.edits import SetWeights
from viz_core.models.occlusion import follow
from viz_core.trace import AttentionMap, Axis, Dense

IDS = (5, 9, 7, 12, 6)


def run(stepper, source):
    trace = driver.run(stepper, source, "greedy:max_steps=3")
    return trace, tuple(step.choice for step in trace.steps)


def test_rows_of_an_lstm_are_replaced_at_the_asked_steps_only():
    stepper = tiny()
    source = stepper.encode("catty")
    trace, choices = run(stepper, source)
    found = controls(stepper, source, trace, choices, np.array([1]), "cross")
    weights = torch.full((1, 3, 5), torch.nan)
    weights[0, 1] = 0.2
    assert found.uniform == pytest.approx(float(stepper.occlusion.reweighted(source, choices, weights)[0, 1]), abs=1e-5)
    assert found.own == pytest.approx(trace.steps[1].log_prob, abs=1e-4) and len(found.permuted) == PERMUTATIONS
    whole = controls(stepper, source, trace, choices, np.arange(3), "cross")
    weights[:] = 0.2
    assert whole.uniform == pytest.approx(float(stepper.occlusion.reweighted(source, choices, weights)[0].mean()), abs=1e-5)


@pytest.mark.parametrize(("name", "site", "query"), [("gpt2", "decoder", 5), ("bart", "cross", 1)])
def test_heads_of_a_loaded_model_are_edited_at_the_right_row(name, site, query):
    stepper = generators.generator(name)
    source = generators.source(stepper, IDS)
    trace, choices = run(stepper, source)
    keys = len(next(item for item in trace.steps[1].attention if item.site == site).key_axis)
    for layer, head in ((None, None), (1, 2)):
        found = controls(stepper, source, trace, choices, np.array([1]), site, layer, head)
        assert found.own == pytest.approx(trace.steps[1].log_prob, abs=1e-4) and len(found.permuted) == EDITED
        places = [(i, j) for i in range(2) for j in range(4)] if layer is None else [(layer, head)]
        edited = stepper.intervened([SetWeights(i, j, query, (1 / keys,) * keys, site) for i, j in places])
        expected = follow(edited, edited.start([source]), choices[:2])[0, 1]
        assert found.uniform == pytest.approx(float(expected), abs=1e-4) and abs(found.uniform - found.own) > 1e-5
        assert np.ptp(found.permuted) > 0


def test_what_cannot_be_edited_has_no_controls(monkeypatch):
    stepper = generators.generator("bart")
    source = generators.source(stepper, IDS)
    trace, choices = run(stepper, source)
    monkeypatch.setattr("viz_core.explain.weight_controls.MOST_EDITS", 7)
    assert controls(stepper, source, trace, choices, np.array([1]), "cross") is None
    assert controls(stepper, source, trace, choices, np.array([1]), "cross", 0, 0) is not None


def test_layers_are_numbered_as_edits_name_them():
    def of(*labels):
        axis = Axis("token", ("a",))
        return AttentionMap("cross", axis, axis, Dense(np.ones((len(labels), 1, 1, 1), np.float32)), labels)

    assert layer_numbers(of("0", "1")) == [0, 1] == layer_numbers(of("1", "2"))
    assert layer_numbers(of("0", "2")) == [0, 2] and layer_numbers(of("3", "5")) is None and layer_numbers(of("upper")) is None


def test_a_model_without_edits_has_no_controls_or_right_ones():
    stepper = tiny_transformer()
    source = stepper.encode("catty")
    trace, choices = run(stepper, source)
    found = controls(stepper, source, trace, choices, np.array([1]), "cross")
    assert found is None or found.own == pytest.approx(trace.steps[1].log_prob, abs=1e-4)
