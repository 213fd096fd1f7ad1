"""Charts of metrics hold the metrics."""

from __future__ import annotations

import pytest

from viz_core.figures import quality
from viz_core.trace import InputError

METRICS = {
    "none": {"bleu": 5.0, "chrf": 20.0, "chrf_1_5": 30.0, "n_1_5": 109, "chrf_6_6": 25.0, "n_6_6": 128, "chrf_9_40": 10.0,
             "n_9_40": 40, "aer_uniform": 0.8, "aer_diagonal": 0.5, "aer_uniform_grammar": 0.85, "aer_diagonal_grammar": 0.55},
    "<dot>": {"chrf": 33.0, "chrf_1_5": 35.0, "n_1_5": 109, "chrf_6_6": 33.0, "n_6_6": 128, "chrf_9_40": 28.0, "n_9_40": 40,
              "chrf_grammar_1_5": 60.0, "chrf_grammar_10_12": 50.0, "aer": 0.3, "aer_grammar": 0.2, "aer_uniform": 0.8,
              "aer_diagonal": 0.5, "aer_uniform_grammar": 0.85, "aer_diagonal_grammar": 0.55},
    "additive": {"chrf_1_5": 36.0, "chrf_9_40": 30.0, "aer": 0.25, "aer_uniform": 0.8, "aer_diagonal": 0.5},
}  # fmt: skip


def traces(figure, axis="y"):
    return {line.legendgroup or line.name: list(line.y) for line in figure.data if (line.yaxis or "y") == axis}


def test_a_line_a_model_over_the_ranges_in_order():
    figure = quality.length_curve(METRICS)
    assert traces(figure) == {"none": [30, 25, 10], "<dot>": [35, 33, 28], "additive": [36, None, 30]}
    assert all(tuple(line.x) == ("1–5", "6", "9+") for line in figure.data)
    assert tuple(figure.data[0].customdata) == (109, 128, 40)
    assert traces(figure, "y2") == {}


def test_the_gap_to_the_baseline_by_length():
    figure = quality.length_curve(METRICS, baseline="none")
    assert traces(figure, "y2") == {"<dot>": [5, 8, 18], "additive": [6, None, 20]}
    assert figure.data[0].line.dash == "dash" and figure.data[1].line.dash is None
    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis2.domain[1], "the two charts do not overlap"
    assert "none" in figure.layout.yaxis2.title.text


def test_ranges_are_ordered_as_numbers_and_sets_kept_apart():
    figure = quality.length_curve(METRICS, suffix="_grammar")
    assert traces(figure) == {"<dot>": [60, 50]} and tuple(figure.data[0].x) == ("1–5", "10+")
    assert quality.by_length(METRICS["<dot>"], "_gram") == {}


def test_a_model_keeps_its_colour_and_labels_are_taken_literally():
    every, pair = quality.length_curve(METRICS), quality.length_curve(METRICS, "none")
    bars = quality.alignment_bars(METRICS, {"": "HSK"})
    assert every.data[1].name == bars.data[0].name == "&lt;dot&gt;"
    assert len({line.line.color for line in every.data}) == len({line.marker.symbol for line in every.data}) == 3
    assert every.data[1].line.color == pair.data[1].line.color == bars.data[0].marker.color


def test_bars_of_alignment_error_beside_both_baselines():
    figure = quality.alignment_bars(METRICS, {"": "HSK", "_grammar": "grammar"})
    values = {bar.name: list(bar.y) for bar in figure.data}
    assert values == {
        "&lt;dot&gt;": [0.3, 0.2], "additive": [0.25, None],
        "same relative position": [0.5, 0.55], "random word": [0.8, 0.85],
    }  # fmt: skip
    assert all(tuple(bar.x) == ("HSK", "grammar") for bar in figure.data)
    assert tuple(figure.layout.yaxis.range) == (0, 1)


def test_range_names():
    assert [quality.range_name(*a) for a in (((1, 5),), ((6, 6),), ((9, 40), True), ((8, 8), True))] == ["1–5", "6", "9+", "8"]


def test_nothing_to_draw_is_said():
    with pytest.raises(InputError, match="none of a has chrF by length"):
        quality.length_curve({"a": {"chrf": 1.0}})
    with pytest.raises(InputError, match="none of no models"):
        quality.length_curve({})
    with pytest.raises(InputError, match="baseline 'b' is not among the models; use one of none"):
        quality.length_curve(METRICS, baseline="b")
    with pytest.raises(InputError, match="none of none has an alignment error rate"):
        quality.alignment_bars({"none": METRICS["none"]}, {"": "HSK"})
