import pytest
from tests.decoding.table_stepper import END, markov, random_table
from tests.decoding.tiny_model import tiny

from viz_core.decoding import Greedy, choices_of, greedy_choices
from viz_core.trace import InputError


def test_the_most_probable_output_at_every_step():
    stepper = markov("AB", {"<s>": {"A": 0.6, "B": 0.4}, "A": {"B": 0.7, "</s>": 0.3}, "B": {"</s>": 0.8, "A": 0.2}})
    assert greedy_choices(stepper, [stepper.encode("x")]) == [[2, 3]]


def test_a_batch_gives_what_each_source_gives_alone():
    stepper = random_table(3, 5, limit=9)
    sources = [stepper.encode(text) for text in ("a", "b c", "d e f", "g h i j", "k l")]
    together = greedy_choices(stepper, sources)
    assert together == [greedy_choices(stepper, [source])[0] for source in sources]
    assert len({len(row) for row in together}) > 1  # they end at different steps


def test_a_batch_keeps_to_each_sources_own_limit():
    stepper = tiny(seed=1)
    stepper.module.bias[3] = -100.0  # it never ends
    sources = [stepper.encode("a"), stepper.encode("abcdefgh")]
    assert [len(row) for row in greedy_choices(stepper, sources)] == [13, 34]  # 3 · length + 10
    assert greedy_choices(stepper, sources[:1])[0] == greedy_choices(stepper, sources)[0]


def test_no_sources():
    assert greedy_choices(random_table(0, 2, 3), []) == []


def test_a_prefix_is_forced_and_the_rest_is_free():
    stepper = markov("AB", {"<s>": {"A": 0.9, "B": 0.1}, "A": {"</s>": 1.0}, "B": {"A": 0.6, "</s>": 0.4}})
    source = stepper.encode("x")
    assert choices_of(stepper, [source], Greedy(prefix=(3,))) == [[3, 2]]
    assert choices_of(stepper, [source], Greedy(prefix=(3, END))) == [[3]]
    assert choices_of(stepper, [source], Greedy(prefix=(None, None, END))) == [[2]]


def test_a_long_prefix_is_run_to_its_end_and_one_step_beyond():
    stepper = markov("A", {"<s>": {"A": 1.0}, "A": {"A": 0.5, "</s>": 0.5}}, limit=2)
    assert choices_of(stepper, [stepper.encode("x")], Greedy(prefix=(2, 2, 2, 2))) == [[2, 2, 2, 2]]


def test_an_output_that_is_impossible_or_unknown_cannot_be_forced():
    stepper = markov("AB", {"<s>": {"A": 1.0}, "A": {"</s>": 1.0}, "B": {"</s>": 1.0}})
    source = stepper.encode("x")
    with pytest.raises(InputError, match="'B' has probability 0 at step 1"):
        choices_of(stepper, [source], Greedy(prefix=(3,)))
    with pytest.raises(InputError, match="output id 99; this model's outputs are 0 … 3"):
        choices_of(stepper, [source], Greedy(prefix=(None, 99)))
