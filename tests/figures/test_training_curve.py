"""Curves of training runs: when a level was reached, by hand, and what is drawn."""

from __future__ import annotations

import pytest

from viz_core.figures.quality import style
from viz_core.figures.training_curve import best, reached, training_curve
from viz_core.trace import InputError

SLOW = [{"step": 1000, "seconds": 600.0, "bleu": 10.0}, {"step": 2000, "seconds": 1200.0, "bleu": 20.0}]
FAST = [{"step": 500, "seconds": 60.0, "bleu": 16.0}, {"step": 1000, "seconds": 120.0, "bleu": 24.0}, {"step": 1500, "seconds": 180.0, "bleu": 23.0}]


def test_a_level_between_two_validations() -> None:
    assert reached(FAST, "bleu", 20.0) == (750.0, 1.5)
    assert reached(SLOW, "bleu", 20.0) == (2000.0, 20.0)
    assert reached(SLOW, "bleu", 5.0) == (500.0, 5.0)  # from 0 at the beginning
    assert reached(SLOW, "bleu", 20.1) is None
    assert reached(SLOW, "chrf", 1.0) is None


def test_the_best_of_a_run() -> None:
    assert best(FAST, "bleu") == 24.0 and best(FAST, "chrf") != best(FAST, "chrf")


@pytest.mark.parametrize(("over", "x", "crossing"), [("minutes", [1, 2, 3], 1.5), ("updates", [500, 1000, 1500], 750)])
def test_lines_and_crossings(over: str, x: list[float], crossing: float) -> None:
    figure = training_curve({"slow": SLOW, "fast <b>": FAST}, "bleu", over, 20.0)
    lines = {trace.name: trace for trace in figure.data if trace.mode == "lines+markers"}
    assert list(lines["fast &lt;b>"].x if "fast &lt;b>" in lines else lines[list(lines)[1]].x) == x
    marks = [trace for trace in figure.data if trace.mode == "markers"]
    assert [mark.x[0] for mark in marks][1] == crossing and marks[1].y[0] == 20.0
    assert figure.layout.shapes[0].y0 == 20.0


def test_a_model_looks_as_it_does_in_the_other_charts() -> None:
    names = ["none", "b", "c", "d", "e", "f"]
    figure = training_curve(dict.fromkeys(names, SLOW), level=20.0, baseline="none")
    lines = [(trace.line.color, trace.marker.symbol) for trace in figure.data if trace.mode == "lines+markers"]
    assert len(set(lines)) == 6 and lines == [(look["line"]["color"], look["marker"]["symbol"]) for look in (style(name, names, "none") for name in names)]


def test_what_cannot_be_drawn() -> None:
    with pytest.raises(InputError, match="over 'days'"):
        training_curve({"slow": SLOW}, "bleu", "days")
    with pytest.raises(InputError, match="none of slow was validated by 'wer'"):
        training_curve({"slow": SLOW}, "wer")
