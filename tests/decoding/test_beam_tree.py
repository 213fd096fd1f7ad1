import math

import numpy as np
import pytest
from tests.decoding.table_stepper import END, attention, markov, random_table

from viz_core.decoding import Beam, beam_search
from viz_core.decoding.beam_tree import two


def said(tree, node):
    return tuple(int(tree.choice[i]) for i in tree.path(node))


@pytest.fixture(scope="module", params=[(1, 3, 6), (2, 5, 7), (3, 2, 5)], ids=str)
def case(request):
    seed, width, outputs = request.param
    stepper = random_table(seed, outputs, limit=6, sharpness=1.0)
    source = stepper.encode("a b c d")
    result = beam_search(stepper, [source], Beam(width=width, n_best=width))[0]
    return stepper, source, result, width


def test_every_number_is_the_tables_own(case):
    stepper, source, result, _ = case
    tree = result.tree
    for node in range(1, len(tree)):
        *before, choice = said(tree, node)
        p = stepper.table(source.text, tuple(before))[choice]
        assert tree.log_prob[node] == pytest.approx(math.log(p), abs=1e-5)
        total = (tree.total[tree.parent[node]] if tree.parent[node] else 0) + math.log(p)
        assert tree.total[node] == pytest.approx(total, abs=1e-4)
        assert tree.score[node] == pytest.approx(total / (tree.step[node] + 1), abs=1e-4)
        assert tree.token[node] == stepper.labels[choice]
        np.testing.assert_allclose(tree.attention[node], attention(tuple(before), 4), atol=1e-6)  # its own row, reordered


def test_each_step_shows_what_was_kept_and_what_was_nearly_kept(case):
    stepper, source, result, width = case
    tree = result.tree
    places = width
    for step in range(int(tree.step.max()) + 1):
        nodes = np.flatnonzero(tree.step == step)
        status = [tree.status[n] for n in nodes]
        taken = [s != "pruned" or "finished hypotheses are better" in tree.reason[n] for s, n in zip(status, nodes, strict=True)]
        assert sum(taken) <= places and taken == sorted(taken, reverse=True)  # the best take the places
        assert (np.diff(tree.total[nodes]) <= 1e-6).all() and (np.diff(tree.rank[nodes]) > 0).all() and tree.rank[nodes[0]] == 0
        assert len(nodes) >= min(2 * width, len(set(tree.parent[nodes].tolist())) * 3)
        for parent in set(tree.parent[nodes].tolist()):  # the best three of every hypothesis
            row = np.array(stepper.table(source.text, said(tree, parent)))
            assert set(np.argsort(-row)[:3].tolist()) <= {int(tree.choice[n]) for n in nodes if tree.parent[n] == parent}
        places -= status.count("finished")


def test_statuses_and_reasons(case):
    tree = case[2].tree
    for node in range(1, len(tree)):
        children = np.flatnonzero(tree.parent == node)
        if tree.status[node] == "finished":
            assert tree.choice[node] == END and not len(children) and tree.reason[node] == ""
        elif tree.status[node] == "kept":
            assert len(children) or "length limit" in tree.reason[node]
        else:
            assert not len(children) and tree.reason[node]


def test_best_nodes_are_the_hypotheses(case):
    result = case[2]
    assert [said(result.tree, node) for node in result.tree.best[: len(result.hypotheses)]] == [h.choices for h in result.hypotheses]
    assert (np.diff(result.tree.score[list(result.tree.best)]) <= 0).all()


def test_the_garden_path_is_seen_in_the_tree():
    """Greedy's A D is in the tree and loses: 0.6 · 0.4 = 0.24 is below B C, 0.4 · 0.9 = 0.36."""
    end = {"</s>": 1.0}
    rows = {"<s>": {"A": 0.6, "B": 0.4}, "A": {"D": 0.4, "C": 0.3, "A": 0.3}, "B": {"C": 0.9, "D": 0.1}, "C": end, "D": end}
    stepper = markov("ABCD", rows)
    tree = beam_search(stepper, [stepper.encode("x")], Beam(width=2, length_penalty=0))[0].tree
    node = {tuple(tree.token[i] for i in tree.path(n)): n for n in range(len(tree))}
    assert [tree.status[node[key]] for key in [("A",), ("B",)]] == ["kept", "kept"]
    second = {key: tree.status[n] for key, n in node.items() if len(key) == 2}
    assert second == {("B", "C"): "kept", ("A", "D"): "kept", ("A", "C"): "pruned", ("A", "A"): "pruned", ("B", "D"): "pruned"}
    assert tree.reason[node["A", "C"]] == "total −1.71 is below the beam's last kept −1.43"  # log 0.18, log 0.24
    assert [tree.token[i] for i in tree.path(tree.best[0])] == ["B", "C", "</s>"]
    assert tree.score[tree.best[0]] == pytest.approx(np.log(0.36))
    assert tree.options["width"] == 2 and tree.key_axis.labels == ("x",)


def test_places_that_finished_outputs_hold_are_told():
    stepper = markov("ABC", {"<s>": {"</s>": 0.5, "A": 0.3, "B": 0.2}, "A": {"B": 0.6, "C": 0.4}, "B": {"</s>": 1.0}, "C": {"</s>": 1.0}})
    tree = beam_search(stepper, [stepper.encode("x")], Beam(width=2, n_best=2))[0].tree
    lost = [tree.reason[n] for n in np.flatnonzero(tree.step == 1) if tree.status[n] == "pruned"]
    assert lost == ["total −2.12 is below the beam's last kept −1.71; finished hypotheses hold 1 of 2 places"]


def test_numbers_that_look_equal_get_more_digits():
    assert two(-3.9, -4.2) == "−3.90"
    assert two(-3.901, -3.902) == "−3.901"
