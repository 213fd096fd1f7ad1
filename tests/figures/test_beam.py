"""The beam laid out by rank: rows, what is hidden, what a node says."""

from __future__ import annotations

import numpy as np
import pytest
from tests.figures import synthetic

from viz_core.figures import beam as beams
from viz_core.figures.beam import beam, beam_panel, node_lines, partial_text, place
from viz_core.figures.player import payload
from viz_core.figures.panels import Scene
from viz_core.trace import Axis, BeamTree, InputError


@pytest.fixture(scope="module")
def trace():
    return synthetic.translation(details=False)


def test_rows_are_ranks_within_each_step(trace):
    np.testing.assert_array_equal(place(trace.tree, pruned=True), [0, 0, 1, 2, 0, 1, 2, 0, 1])


def test_pruned_nodes_are_hidden_and_counted_unless_asked_for(trace):
    np.testing.assert_array_equal(place(trace.tree, pruned=False), [0, 0, 1, np.nan, 0, 1, np.nan, 0, 1])
    counts = next(t for t in beam(trace).data if t.mode == "text")
    assert list(counts.text) == ["+1", "+1"] and list(counts.x) == [0, 1]
    assert not any(t.mode == "text" for t in beam(trace, pruned=True).data)


def test_pruned_candidates_lie_below_the_kept_ones_whatever_their_rank():
    tree = BeamTree([-1, 0, 0], [-1, 0, 0], [0, 1, 2], ("", "a", "b"), [0, -1, -2], [0, -1, -2], [0, -1, -2], [0, 0, 1],
                    ("root", "pruned", "kept"), ("", "why", ""), np.full((3, 1), np.nan), Axis("token", ("x",)))
    np.testing.assert_array_equal(place(tree, pruned=True), [0, 1, 0])


def test_every_node_keeps_its_index_for_clicks(trace):
    nodes = beam(trace).data[-1]
    assert list(nodes.customdata) == list(range(len(trace.tree)))
    assert np.isnan(nodes.x[3]) and not np.isnan(nodes.x[4])


def test_the_best_path_is_drawn_in_bold(trace):
    best = next(t for t in beam(trace).data if t.name == "best output")
    assert best.line.width > 3
    np.testing.assert_array_equal(np.asarray(best.x, float), [-1, 0, np.nan, 0, 1, np.nan, 1, 2, np.nan])


def test_a_node_says_all_about_itself(trace):
    said = "\n".join(node_lines(trace.tree, 3))
    assert "You" in said and "log p = −3.000" in said and "total" in said and "rank 3" in said and "cut off: below the beam" in said
    assert node_lines(trace.tree, 0) == ["(nothing yet)"]


def test_pieces_are_joined_to_words(trace):
    assert partial_text(trace.tree, 7) == "I am Chinese"
    tree = BeamTree([-1, 0, 1, 2], [-1, 0, 1, 2], [0, 1, 2, 3], ("", "▁un", "fair", "▁play"), *[[0, 0, 0, 0]] * 4, ("root", "kept", "kept", "kept"),
                    ("",) * 4, np.full((4, 1), np.nan), Axis("token", ("x",)))
    assert partial_text(tree, 3) == "unfair play"


def test_the_widest_beam_stays_readable():
    """16 hypotheses × 20 steps: 16 rows of 30 pixels, not one row for every leaf."""
    nodes = 1 + 16 * 20
    parent = [-1] + [0] * 16 + list(range(1, 16 * 19 + 1))
    step = [-1] + [s for s in range(20) for _ in range(16)]
    zeros = np.zeros(nodes)
    tree = BeamTree(parent, step, zeros, ("w",) * nodes, zeros, zeros, zeros, [0] + [r for _ in range(20) for r in range(16)],
                    ("root",) + ("kept",) * 320, ("",) * nodes, np.full((nodes, 1), np.nan), Axis("token", ("x",)), (nodes - 16,), {"width": 16})
    import dataclasses

    figure = beam(dataclasses.replace(synthetic.translation(details=False), tree=tree))
    assert figure.layout.height < 700 and np.nanmax(figure.data[-1].y) == 15


def test_the_panel_goes_into_a_player(trace):
    panel = beam_panel(trace)
    sent = payload(Scene("t", tuple(s.label for s in trace.steps), (panel,)))
    assert sent["panels"][0]["points"]["trace"] == len(panel.figure.data) - 1
    assert panel.reveal.edges[0] == pytest.approx(0.6) and panel.reveal.edges[-1] > trace.tree.step.max()


def test_a_trace_without_tree_is_refused():
    with pytest.raises(InputError, match="no beam tree"):
        beam(synthetic.translation(tree=False, details=False))


def test_statuses_are_words_of_the_reader():
    assert [beams.status_word(s) for s in ("kept", "finished", "pruned")] == ["kept", "finished", "cut off"]
