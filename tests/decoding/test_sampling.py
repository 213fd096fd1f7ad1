import math

import pytest
import torch
from tests.decoding.table_stepper import markov, random_table

from viz_core.decoding import Greedy, Sampling, choices_of
from viz_core.decoding.sampling import truncated

ROW = torch.tensor([[0.1, 0.4, 0.2, 0.3]]).log()


def distribution(**options: float) -> list[float]:
    """Probabilities by id."""
    probabilities, ids = truncated(ROW, Sampling(**options))
    return torch.zeros(1, 4, dtype=torch.float64).scatter(1, ids, probabilities)[0].tolist()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [0.1, 0.4, 0.2, 0.3]),
        ({"top_k": 2}, [0, 4 / 7, 0, 3 / 7]),
        ({"top_k": 9}, [0.1, 0.4, 0.2, 0.3]),
        ({"top_p": 0.39}, [0, 1, 0, 0]),
        ({"top_p": 0.41}, [0, 4 / 7, 0, 3 / 7]),  # the smallest set that has at least 0.41
        ({"top_p": 0.71}, [0, 4 / 9, 2 / 9, 3 / 9]),
        ({"temperature": 0.5}, [1 / 30, 16 / 30, 4 / 30, 9 / 30]),  # squares
        ({"temperature": 0.5, "top_k": 3, "top_p": 0.5}, [0, 1, 0, 0]),  # 16 of 29 after the first two
    ],
)
def test_the_distribution_by_hand(options, expected):
    assert distribution(**options) == pytest.approx(expected, abs=1e-6)


def test_drawn_as_often_as_probable():
    """χ² of 4,000 draws against 0.1, 0.2, 0.3, 0.4; 16.27 is passed once in 1,000 by chance (3 degrees of freedom)."""
    wanted = {2: 0.1, 3: 0.2, 4: 0.3, 5: 0.4}
    stepper = markov("ABCD", {"<s>": {"A": 0.1, "B": 0.2, "C": 0.3, "D": 0.4}})
    n = 4000
    drawn = [row[0] for row in choices_of(stepper, [stepper.encode("x")] * n, Sampling(seed=1, max_steps=1))]
    assert sum((drawn.count(i) - n * p) ** 2 / (n * p) for i, p in wanted.items()) < 16.27


def test_later_draws_follow_the_tables_too():
    """Two steps: the second must not depend on the first draw beyond what the table says."""
    stepper = markov("AB", {"<s>": {"A": 0.5, "B": 0.5}, "A": {"A": 0.2, "B": 0.8}, "B": {"A": 0.2, "B": 0.8}})
    n = 4000
    pairs = [tuple(row) for row in choices_of(stepper, [stepper.encode("x")] * n, Sampling(seed=2, max_steps=2))]
    wanted = {(2, 2): 0.1, (2, 3): 0.4, (3, 2): 0.1, (3, 3): 0.4}
    assert sum((pairs.count(pair) - n * p) ** 2 / (n * p) for pair, p in wanted.items()) < 16.27


def test_the_same_seed_draws_the_same_and_another_seed_another():
    stepper = random_table(5, 9, limit=12, sharpness=0.5)
    source = [stepper.encode("a b")]
    assert choices_of(stepper, source, Sampling(seed=4)) == choices_of(stepper, source, Sampling(), seed=4)
    assert len({str(choices_of(stepper, source, Sampling(seed=seed))) for seed in range(8)}) > 4


def test_a_source_of_a_batch_draws_what_it_draws_alone():
    stepper = random_table(6, 9, limit=12, sharpness=0.5)
    sources = [stepper.encode(text) for text in ("a", "b c", "d")]
    together = choices_of(stepper, sources, Sampling(seed=10))
    assert together == [choices_of(stepper, [source], Sampling(seed=10 + n))[0] for n, source in enumerate(sources)]


def test_a_cold_sample_is_greedy():
    stepper = random_table(7, 6, limit=8)
    sources = [stepper.encode(text) for text in ("a", "b c")]
    assert choices_of(stepper, sources, Sampling(temperature=1e-3)) == choices_of(stepper, sources, Greedy())
    assert choices_of(stepper, sources, Sampling(top_k=1)) == choices_of(stepper, sources, Greedy())


def test_an_output_of_probability_0_is_never_drawn():
    log_probs = torch.tensor([[-math.inf, 0.0, -math.inf]])
    probabilities, ids = truncated(log_probs, Sampling(temperature=50))
    assert probabilities[0].tolist() == [1, 0, 0] and ids[0, 0] == 1
