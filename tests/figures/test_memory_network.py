"""The pictures of a memory network: what is on show at every hop, and two runs beside each other."""

from __future__ import annotations

import json

import numpy as np
import pytest

from viz_core.figures import memory_network as figures
from viz_core.figures.player import payload
from viz_core.trace import Axis, Candidates, InputError, Quantity, Step, Trace
from viz_core.trace.attention import dense

STORY = ("Mary went to the park.", "John is <b>here</b>.")
WEIGHTS = np.array([[0.25, 0.75], [1.0, 0.0]], np.float32)
ANSWERS = np.array([[0.1, 0.7, 0.2], [0.6, 0.3, 0.1]], np.float32)


def trace() -> Trace:
    axis, words, channels = Axis("sentence", STORY), Axis("vocabulary", ("park", "john", "is")), Axis("channel", ("0", "1"))
    steps = []
    for k in range(2):
        u, o = np.array([1.0, -1.0]), np.array([0.5 * k, 2.0])
        quantities = (
            Quantity("match", "s", (axis,), np.array([-1.5, 2.0])), Quantity("query", "u", (channels,), u),
            Quantity("what was read", "o", (channels,), o), Quantity("updated query", "u", (channels,), u + o),
            Quantity("answer after this hop", "a", (words,), ANSWERS[k]),
        )  # fmt: skip
        map_ = dense("hop", Axis("step", (f"hop {k + 1}",)), axis, WEIGHTS[k : k + 1])
        best = Candidates(("park",), [0], [-0.5])
        steps.append(Step(k, f"hop {k + 1}", ("…", "park")[k], (3, 0)[k], (0.0, -0.5)[k], best, (map_,), quantities))
    return Trace({"model": "m"}, "story", axis, "park", "hop", tuple(steps))


def test_later_hops_are_hidden_and_the_bars_are_those_of_the_hop():
    plot = figures.story(trace(), {1})
    first, second = plot.patches
    assert first[0] == (0, {"z": [[[0.25, None], [0.75, None]]]})
    assert second[0] == (0, {"z": [[[0.25, 1.0], [0.75, 0.0]]]})
    assert first[1][1] == {"x": [[0.25, 0.75]], "text": [["−1.50 → 0.250", "2.00 → 0.750"]]}
    names = plot.figure.layout.yaxis.ticktext
    assert names == ("Mary went to the park.", "★ John is &lt;b&gt;here&lt;/b&gt;.")
    assert (plot.figure.data[0].zmin, plot.figure.data[0].zmax) == (0, 1)


def test_answers_after_every_hop_are_sorted_and_only_the_last_is_chosen():
    scene = figures.scene(trace())
    bars = scene.panels[1]
    assert [c.labels for c in bars.candidates] == [("john", "is", "park"), ("park", "john", "is")]
    np.testing.assert_allclose(np.exp(bars.candidates[0].log_probs), [0.7, 0.2, 0.1], rtol=1e-6)
    assert bars.choices == (None, 0) and scene.steps == ("hop 1", "hop 2 → park") and scene.start == 0


def test_the_query_is_shown_before_and_after_on_one_scale():
    plot = figures.query(trace())
    assert plot.patches[1][0][1]["z"] == [[[1.0, -1.0], [0.5, 2.0], [1.5, 1.0]]]
    assert plot.figure.data[0].zmax == 2.0 == -plot.figure.data[0].zmin


def test_two_runs_are_compared_over_the_same_words():
    figure = figures.comparison(trace(), trace())
    assert [tuple(bar.y) for bar in figure.data] == [("park", "john", "is")] * 2
    assert [bar.name for bar in figure.data] == ["as told", "changed"]


def test_errors_by_kind_of_question():
    figure = figures.errors({"3 hops": {1: 0.0, 2: 0.1}, "1 hop": {1: 0.2}}, {1: "one", 2: "two"})
    assert [tuple(bar.x) for bar in figure.data] == [(0.0, 0.1), (0.2, None)]
    assert tuple(figure.data[0].y) == ("1 · one", "2 · two")


def test_the_player_gets_plain_json():
    json.dumps(payload(figures.scene(trace())), allow_nan=False)


def test_a_trace_without_hops_is_refused():
    other = Trace({}, "", Axis("token", ()), "", "token", ())
    with pytest.raises(InputError, match="no hops"):
        figures.scene(other)
