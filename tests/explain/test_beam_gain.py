"""Where a beam left the greedy path and what it earned, by hand."""

from __future__ import annotations

import pytest

from viz_core.explain.beam_gain import beam_gain
from viz_core.trace import Axis, Candidates, InputError, Step, Trace


def path(*steps: tuple[str, int, float], source: str = "x") -> Trace:
    """(token, id, log p) of every step; candidates a (id 1, −0.1), b (id 2, −0.9) at every step."""
    options = Candidates(("a", "b"), [1, 2], [-0.1, -0.9])
    made = [Step(i, token, token, choice, log_prob, options) for i, (token, choice, log_prob) in enumerate(steps)]
    return Trace({"sha256": "same"}, source, Axis("token", ("x",)), "", "token", tuple(made))


def test_cost_now_and_gain_later():
    greedy = path(("s", 0, -0.5), ("a", 1, -0.1), ("c", 3, -2.0), ("end", 4, -0.2))
    beam = path(("s", 0, -0.5), ("b", 2, -0.9), ("d", 5, -0.3))
    found = beam_gain(greedy, beam)
    assert (found.step, found.greedy, found.beam, found.rank) == (1, "a", "b", 1)
    assert found.cost == pytest.approx(0.8) and found.gain == pytest.approx(-0.3 + 2.2)
    assert greedy.log_prob + found.gain - found.cost == pytest.approx(beam.log_prob), "the two add up to the difference"


def test_equal_outputs_have_no_gain():
    one = path(("a", 1, -0.1))
    assert beam_gain(one, one) is None


def test_a_token_that_was_not_recorded_has_no_rank():
    assert beam_gain(path(("a", 1, -0.1)), path(("z", 9, -5.0))).rank == -1


def test_other_sources_are_refused():
    with pytest.raises(InputError, match="different models or sources"):
        beam_gain(path(("a", 1, -0.1)), path(("a", 1, -0.1), source="y"))
