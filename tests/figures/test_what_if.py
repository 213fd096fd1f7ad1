"""Pictures of an intervention: squares of heads, bars of steps, the linked scene."""

from __future__ import annotations

import numpy as np
import pytest

from viz_core.figures import what_if
from viz_core.figures.panels import Bars, Heat, Plot
from viz_core.figures.player import payload
from viz_core.trace import AttentionMap, Axis, Candidates, Dense, InputError, Step, Trace

NAMES = ("0", "1", "2")


def run(weights: list[list[float]], labels: str = "xy") -> Trace:
    """A trace of one attention row a step over three source tokens."""
    source, steps = Axis("token", ("a", "b", "c")), []
    for t, row in enumerate(weights):
        item = AttentionMap("cross", Axis("token", (labels[t],)), source, Dense(np.array(row, np.float32)[None, None, None]))
        steps.append(Step(t, labels[t], labels[t], t, -0.5, candidates(), (item,)))
    return Trace({"model": "m"}, "abc", source, "xy", "token", tuple(steps))


def candidates() -> Candidates:
    return Candidates(("x", "y"), np.array([0, 1]), np.log([0.75, 0.25]).astype(np.float32))


def test_a_square_for_every_head_that_is_there() -> None:
    values = np.array([[0.1, 0.5, np.nan], [0.0, 2.0, 0.3]], np.float32)
    figure = what_if.importance(values, NAMES[:2], NAMES, "kl", off=[(1, 1)])
    squares, crosses = figure.data
    assert [tuple(row) for row in squares.customdata] == [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2)]
    assert list(zip(squares.y, squares.x, strict=True)) == [tuple(row) for row in squares.customdata]
    np.testing.assert_allclose(squares.marker.color, [0.1, 0.5, 0.0, 2.0, 0.3], rtol=1e-6)
    assert (squares.marker.cmin, squares.marker.cmax) == (0, 2.0), "0 is the colour of the page"
    assert (crosses.x, crosses.y) == ((1,), (1,))
    assert "layer 1, head 1" in squares.hovertext[3] and "2.000" in squares.hovertext[3]


def test_changes_of_log_p_have_both_signs() -> None:
    figure = what_if.importance(np.array([[-3.0, 1.0]], np.float32), ("0",), ("0", "1"), "log_prob")
    assert (figure.data[0].marker.cmin, figure.data[0].marker.cmax) == (-3.0, 3.0)
    assert "−3.000" in figure.data[0].hovertext[0]


def test_no_loss_at_all_is_drawn_without_division() -> None:
    assert what_if.importance(np.zeros((1, 2), np.float32), ("0",), ("0", "1"), "distance").data[0].marker.cmax > 0


@pytest.mark.parametrize(("measure", "shape"), [("beauty", (1, 3)), ("kl", (2, 3)), ("kl", (3, 1))])
def test_what_does_not_fit_is_refused(measure: str, shape: tuple[int, int]) -> None:
    with pytest.raises(InputError):
        what_if.importance(np.zeros(shape, np.float32), ("0",), NAMES, measure)


def test_steps_show_both_numbers_and_infinity_by_name() -> None:
    figure = what_if.steps(("x", "y"), np.array([0.25, np.inf]), np.array([-0.5, 0.125]))
    kl, change = figure.data
    np.testing.assert_allclose(kl.y, [0.25, 0.5], err_msg="∞ is as high as the largest number")
    assert list(kl.customdata) == ["0.250", "∞"] and list(change.customdata) == ["−0.500", "0.125"]
    assert change.marker.color == (what_if.LOSS, what_if.GAIN)


def test_only_infinite_steps_can_be_drawn() -> None:
    figure = what_if.steps(("x",), np.array([np.inf]), np.array([-np.inf]))
    assert list(figure.data[0].y) == [what_if.FAR] and list(figure.data[1].y) == [-what_if.FAR]


def test_the_scene_has_both_runs_under_names_of_their_own() -> None:
    before, after = run([[0.8, 0.1, 0.1], [0, 1, 0]]), run([[0.2, 0.4, 0.4], [0, 0.5, 0.5]])
    both = [candidates()] * 2
    scene = what_if.scene(before, after, "cross", candidates=(both, both), kl=np.zeros(2), change=np.zeros(2))
    heats = [panel for panel in scene.panels if isinstance(panel, Heat)]
    assert [heat.weights.rows.site for heat in heats] == ["before cross", "after cross"]
    np.testing.assert_allclose(heats[1].weights.rows.rows()[0], [0.2, 0.4, 0.4])
    assert sum(isinstance(panel, Bars) for panel in scene.panels) == 2 and isinstance(scene.panels[-1], Plot)
    assert scene.steps == ("x", "y") and payload(scene)
    assert [panel.get("empty") for panel in payload(scene)["panels"][:2]] == [None, "taken out"], "an ablated head is not masked"


def test_a_site_that_a_run_does_not_have_is_left_out() -> None:
    assert what_if.scene(run([[1, 0, 0]], "x"), run([[1, 0, 0]], "x"), "encoder").panels == ()


def test_tokens_that_moved() -> None:
    figure = what_if.token_change(np.array([[0.0, 0.2], [0.1, 0.4]], np.float32), ("a", "b"))
    assert (figure.data[0].zmin, figure.data[0].zmax) == (0, pytest.approx(0.4))
    assert figure.layout.xaxis.ticktext == ("a", "b") and figure.layout.yaxis.ticktext == ("0", "1")
