from itertools import product

import numpy as np
import pytest
from tests.decoding.table_stepper import END, TableStepper, markov, random_table
from tests.decoding.tiny_model import tiny

from viz_core.decoding import Beam, Greedy, beam_search, choices_of, forced_log_probs
from viz_core.trace import InputError

NORMALISATIONS = [("power", 0.0), ("power", 1.0), ("wu", 0.6), ("power", 2.5)]


def exhaustive(stepper, source, outputs, limit, options):
    """Every output that ends within `limit` steps, best score first: (score, choices)."""
    every = [(*words, stepper.end) for n in range(limit) for words in product(outputs, repeat=n)]
    totals = [row.astype(float).sum() for row in forced_log_probs(stepper, [source] * len(every), every)]
    return sorted(((t / options.penalty(len(y)), y) for t, y in zip(totals, every, strict=True)), reverse=True)


@pytest.mark.parametrize(("normalisation", "penalty"), NORMALISATIONS)
@pytest.mark.parametrize("seed", range(4))
def test_a_beam_that_cuts_nothing_is_exhaustive_search(seed, normalisation, penalty):
    """2 words and the end, 3 steps: 7 outputs and 8 cut ones, 15 ≤ 16 places."""
    stepper = random_table(seed, 2, limit=3)
    source = stepper.encode("a b")
    for n_best in (1, 3, 7):
        options = Beam(width=16, length_penalty=penalty, normalisation=normalisation, n_best=n_best)
        found = beam_search(stepper, [source], options)[0].hypotheses
        wanted = exhaustive(stepper, source, (2, 3), 3, options)[:n_best]
        assert [h.choices for h in found] == [choices for _, choices in wanted]
        assert [h.score for h in found] == pytest.approx([score for score, _ in wanted], abs=1e-5)


@pytest.mark.parametrize("score", ["none", "additive"])
@pytest.mark.parametrize("seed", range(3))
def test_the_same_on_a_real_network(seed, score):
    stepper = tiny(seed, score, outputs=3)  # 3 words, 2 steps: 4 outputs and 9 cut ones
    source = stepper.encode("abcd")
    options = Beam(width=16, n_best=4, max_steps=2)
    found = beam_search(stepper, [source], options)[0].hypotheses
    wanted = exhaustive(stepper, source, (4, 5, 6), 2, options)
    assert [h.choices for h in found] == [choices for _, choices in wanted]
    assert [h.score for h in found] == pytest.approx([s for s, _ in wanted], abs=1e-5)


def garden_path() -> TableStepper:
    """A is likelier at first but leads nowhere good: A then anything 0.6 · 0.4, B C 0.4 · 1."""
    return markov(
        "ABCDE",
        {"<s>": {"A": 0.6, "B": 0.4}, "A": {"D": 0.4, "E": 0.35, "C": 0.25}, "B": {"C": 1.0}, **{x: {"</s>": 1.0} for x in "CDE"}},
    )


def test_greedy_takes_the_garden_path_and_the_beam_does_not():
    stepper = garden_path()
    source = stepper.encode("x")
    assert stepper.text(choices_of(stepper, [source], Greedy())[0]) == "A D"
    best = beam_search(stepper, [source], Beam(width=2))[0].hypotheses[0]
    assert stepper.text(best.choices) == "B C"
    assert best.total == pytest.approx(np.log(0.4))
    assert best.score == pytest.approx(np.log(0.4) / 3)
    assert best.finished and best.choices[-1] == END


def test_width_1_is_greedy():
    for seed in range(12):
        stepper = random_table(seed, 5, limit=9)
        sources = [stepper.encode(text) for text in ("a", "b c", "d e f")]
        assert choices_of(stepper, sources, Beam(width=1)) == choices_of(stepper, sources, Greedy())


@pytest.mark.parametrize("make", [lambda: random_table(4, 6, limit=9), lambda: tiny(seed=4)])
def test_batch_and_single_and_treeless_results_are_equal(make):
    stepper = make()
    sources = [stepper.encode(text) for text in ("a", "bcdefgh", "hab", "ca")]
    options = Beam(width=3, n_best=2)
    together = beam_search(stepper, sources, options)
    treeless = beam_search(stepper, sources, options, tree=False)
    for source, result, bare in zip(sources, together, treeless, strict=True):
        alone = beam_search(stepper, [source], options)[0]
        assert [h.choices for h in result.hypotheses] == [h.choices for h in alone.hypotheses]
        assert [h.rows for h in result.hypotheses] == [h.rows for h in alone.hypotheses]
        assert bare.hypotheses == result.hypotheses and bare.tree is None
        assert result.tree.token == alone.tree.token and result.tree.status == alone.tree.status
        np.testing.assert_allclose(result.tree.total, alone.tree.total, atol=1e-5)
        np.testing.assert_allclose(result.tree.attention, alone.tree.attention, atol=1e-6)


class Counting(TableStepper):
    """Counts predictions."""

    calls = 0

    def predict(self, state):
        self.calls += 1
        return super().predict(state)


def chain(first_end: float) -> Counting:
    """`</s>` at once with probability first_end, or A B and then surely the end."""
    table = {(): [first_end, 0, 1 - first_end, 0], (2,): [0, 0, 0, 1], (2, 3): [1, 0, 0, 0]}
    return Counting("AB", lambda source, said: table.get(said, [1, 0, 0, 0]), limit=3)


def test_the_search_stops_when_nothing_running_can_win():
    stepper = chain(0.9)  # log 0.9 = −0.105 against at best log 0.1 / 3 = −0.77
    found = beam_search(stepper, [stepper.encode("x")], Beam(width=2))[0]
    assert stepper.calls == 1 and found.hypotheses[0].choices == (END,)
    assert found.tree.reason[2] == "finished hypotheses are better: it can reach −0.77 at best, they have −0.11"
    assert found.tree.status[2] == "pruned"


def test_the_search_goes_on_while_a_longer_output_can_still_win():
    stepper = chain(0.6)  # log 0.6 = −0.51, but log 0.4 / 3 = −0.31
    assert beam_search(stepper, [stepper.encode("x")], Beam(width=2))[0].hypotheses[0].choices == (2, 3, END)
    assert stepper.calls == 3
    stepper = chain(0.6)  # without normalisation a total never rises again
    assert beam_search(stepper, [stepper.encode("x")], Beam(width=2, length_penalty=0))[0].hypotheses[0].choices == (END,)
    assert stepper.calls == 1
    options = Beam(width=2, length_penalty=0.6, normalisation="wu")  # log 0.4 / (8/6)^0.6 = −0.77
    assert beam_search(chain(0.6), [stepper.encode("x")], options)[0].hypotheses[0].choices == (END,)


def test_every_place_that_ends_is_taken_for_good():
    """Two places: one ends at once, so that afterwards only one hypothesis is continued."""
    stepper = markov("ABC", {"<s>": {"</s>": 0.5, "A": 0.3, "B": 0.2}, "A": {"B": 0.5, "C": 0.5}, "B": {"</s>": 1.0}, "C": {"</s>": 1.0}})
    tree = beam_search(stepper, [stepper.encode("x")], Beam(width=2, n_best=2))[0].tree
    kept = [[tree.token[i] for i in np.flatnonzero(tree.step == t) if tree.status[i] != "pruned"] for t in range(3)]
    assert kept == [["</s>", "A"], ["B"], ["</s>"]]


def test_an_output_without_end_is_better_than_none():
    stepper = markov("AB", {"<s>": {"A": 0.6, "B": 0.4}, "A": {"A": 0.9, "</s>": 0.1}, "B": {"B": 1.0}}, limit=3)
    found = beam_search(stepper, [stepper.encode("x")], Beam(width=1))[0]
    assert found.hypotheses[0].choices == (2, 2, 2) and not found.hypotheses[0].finished
    assert found.tree.reason[found.tree.best[0]] == "cut by the length limit of 3 steps"
    assert found.tree.path(found.tree.best[0])[-1] == found.tree.best[0]


def test_a_prefix_is_forced_on_every_hypothesis():
    stepper = random_table(8, 4, limit=6)
    source = stepper.encode("a")
    for prefix in [(3,), (3, 4), (None, 4), (None, None, 2)]:
        for hypothesis in beam_search(stepper, [source], Beam(width=3, n_best=3, prefix=prefix))[0].hypotheses:
            for step, choice in enumerate(prefix[: len(hypothesis.choices)]):
                assert choice in (None, hypothesis.choices[step]) or END in hypothesis.choices[:step]
    best = beam_search(stepper, [source], Beam(width=3, prefix=(3, END)))[0].hypotheses[0]
    assert best.choices == (3, END)
    assert best.total == pytest.approx(float(forced_log_probs(stepper, [source], [(3, END)])[0].sum()), abs=1e-6)


def test_what_cannot_be_forced_is_named():
    stepper = garden_path()
    source = stepper.encode("x")
    with pytest.raises(InputError, match="'C' has probability 0 at step 1"):
        beam_search(stepper, [source], Beam(prefix=(4,)))
    with pytest.raises(InputError, match="output id 9; this model's outputs are 0 … 6"):
        beam_search(stepper, [source], Beam(prefix=(9,)))


def test_no_sources():
    assert beam_search(garden_path(), [], Beam()) == []
