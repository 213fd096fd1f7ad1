"""The static figures hold the trace's numbers."""

import numpy as np
import plotly.graph_objects as go
import pytest
from tests.figures import synthetic

from viz_core import figures
from viz_core.trace import Axis, InputError, Step, Trace, dense


@pytest.fixture(scope="module")
def trace():
    return synthetic.translation()


def test_heatmap_holds_the_weights_on_an_absolute_scale(trace):
    figure = figures.heatmap(trace, "cross")
    np.testing.assert_array_equal(figure.data[0].z, trace.attention("cross").map())
    assert (figure.data[0].zmin, figure.data[0].zmax) == (0, 1)
    assert list(figure.layout.xaxis.ticktext) == list(trace.source_axis.labels)
    assert list(figure.layout.xaxis.tickvals) == list(range(len(trace.source_axis)))


def test_heatmap_until_a_step(trace):
    assert np.shape(figures.heatmap(trace, "cross", step=3).data[0].z) == (4, 12)
    with pytest.raises(InputError, match="step 13 is not in the trace"):
        figures.heatmap(trace, "cross", step=13)


def test_relative_scale_says_so_and_keeps_the_number_in_the_hover(trace):
    figure = figures.heatmap(trace, "cross", scale="row")
    np.testing.assert_allclose(np.max(figure.data[0].z, axis=1), 1)
    assert "row maximum" in figure.data[0].colorbar.title.text
    np.testing.assert_array_equal(figure.data[0].customdata, trace.attention("cross").map())


def test_masked_row_is_hatched_and_no_cell_is_drawn():
    axis = Axis("token", ("a", "b", "c"))
    step = Step(0, "s", attention=(dense("self", axis, axis, [[1, 0, 0], [np.nan] * 3, [0, 0, 1]]),))
    figure = figures.heatmap(Trace({}, "a b c", axis, "", "token", (step,)))
    assert np.isnan(figure.data[0].z[1]).all()
    bar = figure.data[1]
    assert (list(bar.y), list(bar.x), list(bar.base), bar.name) == ([1], [3], [-0.5], "masked")


def test_links_draw_one_line_a_visible_weight(trace):
    weights = trace.attention("cross").map()
    lines = [t for t in figures.links(trace, "cross").data if t.mode == "lines"]
    assert sum(np.isnan(np.asarray(t.x, float)).sum() for t in lines) == (weights >= 0.02).sum()


def test_candidates_mark_what_was_chosen(trace):
    figure = figures.candidates(trace, 2)
    np.testing.assert_allclose(figure.data[0].x, np.exp(trace.steps[2].candidates.log_probs))
    colours = figure.data[0].marker.color
    assert colours[0] != colours[1] and len(set(colours[1:])) == 1
    with pytest.raises(InputError, match="no candidates"):
        figures.candidates(synthetic.patches())


def test_labels_are_taken_literally_by_plotly(trace):
    assert "a &lt;b&gt;x&lt;/b&gt;" in figures.candidates(trace, 0).layout.yaxis.ticktext


def test_tree_places_parents_amid_their_children(trace):
    nodes = figures.tree(trace).data[-1]
    beam = trace.tree
    y = np.asarray(nodes.y)
    for node in range(len(beam)):
        children = [n for n in range(1, len(beam)) if beam.parent[n] == node]
        if children:
            assert y[node] == pytest.approx(np.mean(y[children]))
    leaves = sorted(y[n] for n in range(len(beam)) if n not in set(beam.parent))
    assert leaves == list(range(len(leaves)))
    assert nodes.hovertext[8].startswith("I 'm Chinese")


def test_deep_tree_needs_no_recursion():
    count = 5000
    axis = Axis("token", ("a",))
    chain = synthetic.BeamTree(np.arange(-1, count - 1), np.arange(-1, count - 1), np.zeros(count), ("x",) * count, np.zeros(count), np.zeros(count),
                               np.zeros(count), np.zeros(count), ("kept",) * count, ("",) * count, np.ones((count, 1)), axis)
    from viz_core.figures.tree import place

    assert (place(chain) == 0).all()


def test_quantity_over_steps(trace):
    heat = figures.quantity(trace, "context")
    np.testing.assert_array_equal(np.asarray(heat.data[0].z).T, trace.series("context"))
    assert heat.data[0].zmin == -heat.data[0].zmax
    line = figures.quantity(trace, "generation gate")
    np.testing.assert_allclose(line.data[0].y, 0.73)
    with pytest.raises(InputError, match="has a quantity 'gate'.*decoder state"):
        figures.quantity(trace, "gate")


def test_gates_share_one_scale(trace):
    assert figures.quantity(trace, "decoder state").data[0].zmax == 1.0


def test_all_are_plotly_figures(trace):
    for figure in (figures.heatmap(trace), figures.links(trace), figures.candidates(trace), figures.tree(trace), figures.quantity(trace, "context")):
        assert isinstance(figure, go.Figure)
