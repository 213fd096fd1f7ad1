"""What a page adds to a trace's scene: the running sum, the seven equations, the fixed vector; the training scrubber."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest

from viz_core import driver, zoo
from viz_core.figures import words as figure_words
from viz_core.figures.panels import Formula, Heat, Plot
from viz_core.ui import downloads, scenes, scrubber


@pytest.fixture
def trace():
    return driver.run(zoo.load("g2p-lstm-general", "cpu"), "cat", "forced:reference=K T")


def formula(trace, tensors) -> Formula:
    return next(panel for panel in scenes.of(trace, tensors).panels if isinstance(panel, Formula))


def test_the_sum_so_far_runs_up_to_log_p(trace) -> None:
    sums = [float(step[-1].values[0]) for step in formula(trace, None).quantities]
    expected = np.cumsum([step.log_prob for step in trace.steps])
    np.testing.assert_allclose(sums, expected, rtol=1e-6)
    assert sums[-1] == pytest.approx(trace.log_prob)


def test_the_seven_equations_are_there_at_every_step_in_order(trace) -> None:
    for step in formula(trace, scenes.SEVEN).quantities:
        assert [quantity.name for quantity in step] == list(scenes.SEVEN)
    every = {quantity.name for quantity in formula(trace, None).quantities[1]}
    assert {"forget gate", "kept", "embedding"} <= every


def test_the_same_scene_is_given_again(trace) -> None:
    assert scenes.of(trace, scenes.SEVEN) is scenes.of(trace, scenes.SEVEN)


def test_without_attention_there_is_the_one_vector() -> None:
    trace = driver.run(zoo.load("g2p-lstm-none", "cpu"), "cat", "forced:reference=K T")
    panels = scenes.of(trace).panels
    assert not any(isinstance(panel, Heat) for panel in panels)
    assert isinstance(panels[0], Plot)
    columns = np.asarray(panels[0].figure.data[0].z).T
    assert columns.shape == (len(trace), 12) and (columns == columns[0]).all()


def test_snapshots_show_their_own_weights_and_tokens(tmp_path) -> None:
    def packed(rows) -> str:
        return base64.b64encode(np.array(rows, np.uint8).tobytes()).decode()

    snapshots = [
        {"step": 0, "probes": [{"source": ["a", "b"], "output": ["X"], "log_probs": [-2.0], "weights": packed([[51, 204]])}]},
        {"step": 10, "probes": [{"source": ["a", "b"], "output": ["Y", "Z"], "log_probs": [-1.0, -0.5], "weights": packed([[255, 0], [0, 255]])}]},
    ]
    path = tmp_path / "history.json"
    path.write_text(json.dumps(snapshots))
    scene = scrubber._scene(path, "", 0, "en")
    grid, curve = scene.panels
    assert [dict(step)[0]["z"][0] for step in grid.patches] == [[[0.2, 0.8], [None, None]], [[1.0, 0.0], [0.0, 1.0]]]
    assert [dict(step)[1]["text"][0] for step in grid.patches] == [["X", ""], ["Y", "Z"]]
    assert list(curve.figure.data[0].y) == [-2.0, -0.75] and curve.cursor == (0.0, 10.0)


def test_the_trace_file_opens_again(trace, tmp_path) -> None:
    from viz_core.trace import load

    path = tmp_path / "t.npz"
    path.write_bytes(downloads.npz(trace))
    again = load(path)
    assert again.output == trace.output and again.log_prob == pytest.approx(trace.log_prob)


@pytest.mark.parametrize(("name", "source"), [("zh-en-lstm-additive", "我是中国人"), ("zh-en-lstm-none", "我是中国人"), ("g2p-lstm-dot", "cat")])
def test_names_of_tensors_can_be_translated(name: str, source: str) -> None:
    trace = driver.run(zoo.load(name, "cpu"), source, "greedy:max_steps=2")
    names = {quantity.name for step in trace.steps for quantity in step.quantities}
    assert len(names) > 12 and names <= set(figure_words.TENSORS)
