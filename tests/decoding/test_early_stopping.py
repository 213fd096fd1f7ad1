"""Beams that list their finished outputs: by hand here, against transformers in test_against_generate."""

import numpy as np
import pytest
from tests.decoding.table_stepper import END, markov, random_table

from viz_core.decoding import Beam, beam_search, parse, to_text
from viz_core.trace import InputError


def chain(stop):
    """`</s>` at once with probability `stop`, or A B A B … that ends with 0.5 at every step."""
    return markov("AB", {"<s>": {"</s>": stop, "A": 0.9 - stop, "B": 0.1}, "A": {"B": 0.5, "</s>": 0.5}, "B": {"A": 0.5, "</s>": 0.5}}, limit=6)


def search(stepper, **options):
    return beam_search(stepper, [stepper.encode("x")], Beam(width=2, n_best=2, **options))[0]


def test_finished_outputs_leave_their_places():
    def kept(stopping):
        tree = search(chain(0.5), early_stopping=stopping, length_penalty=0.0).tree
        return [tree.token[i] for i in np.flatnonzero(tree.step == 0) if tree.status[i] == "kept"]

    assert kept("never") == ["A", "B"] and kept("exact") == ["A"]  # `</s>` has finished beside two, or as one of two


def test_when_the_search_ends():
    """By hand: `</s>` 0.5, then A `</s>` 0.4 · 0.5 = 0.2; A B then has 0.2, so that nothing can come between."""
    for stopping in ("true", "false", "never"):
        found = search(chain(0.5), early_stopping=stopping, length_penalty=0.0)
        assert [h.choices for h in found.hypotheses] == [(END,), (2, END)]
        assert [h.total for h in found.hypotheses] == pytest.approx(np.log([0.5, 0.2]))
    reasons = {stopping: search(chain(0.5), early_stopping=stopping).tree.reason for stopping in ("true", "false")}
    assert "the search ended with 2 finished hypotheses" in reasons["true"]
    assert any("its score is −0.80, they have −0.80" in r or "its score is" in r for r in reasons["false"])


def test_an_end_counts_among_the_best_only():
    """Second step by hand: X A 0.246, X `</s>` 0.24, Y `</s>` 0.2, Y A 0.16. Of two places' best only X `</s>` has ended."""
    rows = {"X": {"A": 0.41, "</s>": 0.4, "B": 0.19}, "Y": {"</s>": 0.5, "A": 0.4, "B": 0.1}, "A": {"</s>": 1.0}, "B": {"</s>": 1.0}}
    tree = search(markov("XYAB", {"<s>": {"X": 0.6, "Y": 0.4}, **rows}), early_stopping="never").tree
    nodes = np.flatnonzero(tree.step == 1)[:4]
    assert [(tree.token[i], tree.status[i]) for i in nodes] == [("A", "kept"), ("</s>", "finished"), ("</s>", "pruned"), ("A", "kept")]
    assert tree.reason[nodes[2]] == "an end counts among the best 2 candidates only, and this is number 3"


def test_outputs_cut_at_the_limit_count_as_finished():
    stepper = markov("AB", {"<s>": {"A": 0.6, "B": 0.4}, "A": {"A": 0.9, "</s>": 0.1}, "B": {"B": 1.0}}, limit=3)
    found = search(stepper, early_stopping="false", length_penalty=0.0)
    assert [h.choices for h in found.hypotheses] == [(2, 2, 2), (3, 3, 3)] and not found.hypotheses[0].finished
    paths = [tuple(int(found.tree.choice[i]) for i in found.tree.path(node)) for node in found.tree.best]
    assert paths[:2] == [(2, 2, 2), (3, 3, 3)] and found.tree.reason[found.tree.best[0]] == "cut by the length limit of 3 steps"


@pytest.mark.parametrize("stopping", ["false", "true", "never"])
@pytest.mark.parametrize("seed", range(3))
def test_the_tree_has_the_hypotheses_and_batches_change_nothing(seed, stopping):
    stepper = random_table(seed, 6, limit=6)
    sources = [stepper.encode(text) for text in ("a", "b c", "d e f")]
    options = Beam(width=3, n_best=3, early_stopping=stopping)
    for source, found in zip(sources, beam_search(stepper, sources, options), strict=True):
        [alone] = beam_search(stepper, [source], options)
        assert found.hypotheses == alone.hypotheses and found.tree.reason == alone.tree.reason
        best = [tuple(int(found.tree.choice[i]) for i in found.tree.path(node)) for node in found.tree.best[: len(found.hypotheses)]]
        assert best == [h.choices for h in found.hypotheses]


def test_our_own_models_search_exactly_unless_asked_otherwise():
    stepper = random_table(1, 4, limit=5)
    source = [stepper.encode("a")]
    assert beam_search(stepper, source, Beam())[0].hypotheses == beam_search(stepper, source, Beam(early_stopping="exact"))[0].hypotheses


def test_options_as_text():
    assert parse("beam:width=4,early_stopping=never") == Beam(width=4, early_stopping="never")
    assert Beam(early_stopping=True).early_stopping == "true" and Beam(early_stopping=False).early_stopping == "false"
    assert to_text(Beam(early_stopping=True)) == "beam:early_stopping=true" and "early_stopping" not in Beam().to_dict()
    with pytest.raises(InputError, match="early_stopping is 'soon'; use one of auto, exact"):
        Beam(early_stopping="soon")
