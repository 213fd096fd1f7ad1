"""Pictures and sentences of a trust report hold its numbers."""

from __future__ import annotations

import numpy as np
import pytest
from tests.trace.test_trust_report import make

from viz_core.figures import trust, trust_words
from viz_core.trace import Axis, InputError
from viz_core.trace.trust_report import VERDICTS


def test_curves_beside_their_band_on_an_absolute_scale():
    figure = trust.curves(make())
    lines = [item for item in figure.data if item.name == "order of the map"]
    np.testing.assert_allclose([line.y for line in lines], [[-1, -4, -4.5, -5, -5], [-5, -2, -1, -1, -1]])
    assert [line.xaxis for line in lines] == ["x", "x2"] and tuple(lines[0].x) == (0, 1, 2, 3, 4)
    assert tuple(lines[0].customdata) == ("", "a", "b", "c", "d"), "each point names what was removed"
    low, high, mean = figure.data[:3]
    np.testing.assert_allclose((low.y[1], high.y[1], mean.y[1]), (-2.95, -2.05, -2.5))
    assert 0 < figure.layout.yaxis.range[1] < 0.3, "up to p = 1, whatever the values"
    assert "nats" in figure.layout.yaxis.title.text and figure.layout.xaxis.title.text and figure.layout.xaxis2.title.text
    assert sum(bool(item.showlegend) for item in figure.data) == 3


def test_labels_are_taken_literally_and_blanks_shown():
    lines = trust.curves(make(positions=Axis("token", ("<b>", " ", "c", "d")))).data
    assert tuple(lines[3].customdata[:3]) == ("", "&lt;b&gt;", "␣")


def test_bars_of_every_ranking_and_the_controls_that_know_nothing():
    figure = trust.gaps(make())
    bars = {bar.y[0]: bar.x[0] for bar in figure.data if bar.type == "bar"}
    assert bars == {"this map": 2.0, "contribution (Shapley)": 2.5, "uniform map": 0.0}
    whisker = figure.data[-1]
    assert whisker.y[0] == "random orders, permuted maps" and whisker.x[0] == 0
    assert whisker.error_x.array[0] == pytest.approx(0.45) and whisker.error_x.arrayminus[0] == pytest.approx(0.45)
    assert "nats" in figure.layout.xaxis.title.text
    colours = {(bar.marker.color, bar.marker.pattern.shape) for bar in figure.data if bar.type == "bar"}
    assert len(colours) == 3, "colour is never the only difference"


def test_weights_above_contributions():
    upper, lower = trust.contributions(make()).data
    np.testing.assert_allclose(upper.y, [0.7, 0.1, 0.1, 0.1], rtol=1e-6)
    np.testing.assert_allclose(lower.y, [3, 1, 0, 0])
    assert tuple(trust.contributions(make()).layout.yaxis.range) == (0, 1), "weights on an absolute scale"
    with pytest.raises(InputError, match="no contributions"):
        trust.contributions(make(rivals=()))


def test_other_weights():
    (bars,) = trust.controls(make()).data
    np.testing.assert_allclose(bars.x, [-1, -3, -3])
    assert bars.y[1] == "equal weights: −3.00" and bars.error_x.array[2] == pytest.approx(0.9)
    with pytest.raises(InputError, match="no controls to draw"):
        trust.controls(make(controls=None))


def test_similarities_are_drawn_up_to_one():
    figure = trust.curves(make(quantity="similarity"))
    assert figure.layout.yaxis.range[1] > 1 and "cosine" in figure.layout.yaxis.title.text


def test_one_sentence_a_test():
    found = trust_words.sentences(make())
    assert found == [
        "Removing the most attended position lowers log p by 3.00 nats; removing a random one by 1.50 ± 0.50.",
        "Between the curve that keeps only the top positions and the one that removes them lie 2.00 nats; random orders and a uniform map give 0, "
        "the best order that was found 2.50.",
        "The map agrees well with what each position adds (Shapley value: averaged over all orders of adding them): "
        "rank correlation ρ = 0.80, 3 of the 3 largest positions are shared.",
        "With equal weights in place of the model's own, log p changes by −2.00 nats; with its weights shuffled by −2.00 ± 1.00: "
        "it matters where the model looks.",
    ]
    assert "for every row" in trust_words.sentences(make(step=None))[0]
    more = make(positions=Axis("token", tuple("abcdefgh")), importance=range(8), sizes=[0, 2, 4, 6, 8])
    assert trust_words.sentences(more)[0].startswith("Removing the 2 most attended positions lowers log p by 3.00 nats; removing 2 random ones")


@pytest.mark.parametrize("name", VERDICTS)
def test_every_verdict_is_a_sentence_with_its_numbers(name):
    said = trust_words.verdict(make(verdict=name, percentile=88.0))
    assert "{" not in said and said.endswith(".")
    if name in ("supported", "weak", "chance"):
        assert "88 %" in said and "of 2 random orders" in said
    if name == "contrary":
        assert "12 %" in said


@pytest.mark.parametrize(
    ("kind", "removal", "said"),
    [
        ("token", "delete", "source positions"), ("patch", "block", "patches of the picture"), ("patch", "blur", "cells of the picture"),
        ("cell", "blank", "memory cells"), ("sentence", "delete", "sentences of the story"), ("frame", "mask", "moments of the recording"),
    ],
)  # fmt: skip
def test_the_verdict_names_what_the_map_is_over(kind, removal, said):
    report = make(positions=Axis(kind, tuple("abcd")), removal=removal)
    assert f"ranks the {said} better" in trust_words.verdict(report)


@pytest.mark.parametrize("name", ["delete", "block", "mask"])
def test_what_removed_means_is_said(name):
    assert trust_words.removal(make(removal=name)).startswith("“Removed” means")
