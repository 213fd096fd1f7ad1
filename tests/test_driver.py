import dataclasses

import numpy as np
import pytest
import torch

import viz_core as vc
from tests.decoding.table_stepper import markov, random_table
from tests.decoding.tiny_model import tiny
from viz_core import zoo
from viz_core.decoding import Beam, Forced, ForceToken, Greedy, Sampling, choices_of, forced_log_probs
from viz_core.driver import run
from viz_core.trace import InputError, load, save

METHODS = [Greedy(), Sampling(seed=3, temperature=0.7), Beam(width=3), Forced(reference=(4, 5, 6, 3)), Greedy(prefix=(5, None, 6))]


@pytest.mark.parametrize("decoding", METHODS, ids=str)
@pytest.mark.parametrize("score", ["none", "general"])
def test_a_trace_says_what_untraced_decoding_says(decoding, score):
    stepper = tiny(seed=1, score=score)
    source = stepper.encode("abcde")
    trace = run(stepper, "abcde", decoding)
    chosen = [step.choice for step in trace.steps]
    assert [c for c in chosen if c != stepper.end] == choices_of(stepper, [source], decoding)[0]
    assert trace.output == stepper.text(chosen)
    plain = forced_log_probs(stepper, [source], [chosen])[0]
    np.testing.assert_allclose([step.log_prob for step in trace.steps], plain, atol=1e-5)
    for step in trace.steps:
        assert step.choice in step.candidates.choices
        assert step.log_prob == step.candidates.log_probs[list(step.candidates.choices).index(step.choice)]
        assert step.label == step.emitted == stepper.labels[step.choice]
        assert np.isfinite(step.candidates.log_probs).all()
    assert trace.sites == (() if score == "none" else ("cross",))


@pytest.mark.parametrize("decoding", METHODS, ids=str)
def test_steps_as_they_come_are_the_traces_steps(decoding):
    stepper = tiny(seed=1)
    for one, other in zip(vc.iter_steps(stepper, "abc", decoding), run(stepper, "abc", decoding).steps, strict=True):
        assert (one.index, one.label, one.choice) == (other.index, other.label, other.choice)
        assert one.log_prob == pytest.approx(other.log_prob, abs=1e-6)
        assert one.candidates.labels == other.candidates.labels
        np.testing.assert_array_equal(one.attention[0].map(), other.attention[0].map())
        assert [q.name for q in one.quantities] == [q.name for q in other.quantities]
        for a, b in zip(one.quantities, other.quantities, strict=True):
            np.testing.assert_allclose(a.values, b.values, atol=1e-6)


def test_steps_come_one_by_one():
    stepper = random_table(1, 3, limit=1000)
    steps = vc.iter_steps(stepper, "a", Greedy(prefix=(2,) * 900))
    assert [next(steps).index for _ in range(3)] == [0, 1, 2]


def test_stepping_twice_from_one_state_gives_the_same_bytes():
    stepper = tiny(seed=3)
    state = stepper.start([stepper.encode("abc")])
    state, _ = stepper.step(state, 5)
    before = [t.clone() for t in state.decoder]
    (first, one), (second, other) = stepper.step(state, 6), stepper.step(state, 6)
    stepper.step(state, 7)
    assert all(torch.equal(a, b) for a, b in zip(first.decoder, second.decoder, strict=True))
    assert all(torch.equal(a, b) for a, b in zip(before, state.decoder, strict=True))
    assert one.candidates.log_probs.tobytes() == other.candidates.log_probs.tobytes()
    assert [q.values.tobytes() for q in one.quantities] == [q.values.tobytes() for q in other.quantities]


def test_a_beams_steps_are_its_best_path_with_their_own_rows():
    for seed in range(4):
        stepper = tiny(seed=seed, scale=1.5)
        trace = run(stepper, "abcdef", Beam(width=4, length_penalty=0.6))
        path = trace.tree.path(trace.tree.best[0])
        assert [step.choice for step in trace.steps] == trace.tree.choice[list(path)].tolist()
        np.testing.assert_allclose(trace.attention("cross").map(), trace.tree.attention[list(path)], atol=1e-6)
        assert trace.log_prob == pytest.approx(float(trace.tree.total[path[-1]]), abs=1e-4)


def test_a_fork_keeps_the_prefix_and_goes_its_own_way():
    stepper = random_table(2, 5, limit=9, sharpness=0.7)
    whole = run(stepper, "a b", Sampling(seed=4))
    chosen = [step.choice for step in whole.steps]
    other = next(c for c in range(2, 7) if c != chosen[1])
    fork = run(stepper, "a b", Greedy(prefix=(chosen[0], other)))
    assert [step.choice for step in fork.steps[:2]] == [chosen[0], other]
    same = run(stepper, "a b", Greedy(prefix=(chosen[0],)), interventions=[ForceToken(1, other)])
    assert [step.choice for step in same.steps] == [step.choice for step in fork.steps]
    assert same.run["decoding"] == {"method": "greedy", "prefix": [chosen[0], other]}


def test_a_forced_token_leaves_the_steps_before_it_free():
    stepper = markov("AB", {"<s>": {"A": 0.9, "B": 0.1}, "A": {"A": 0.6, "B": 0.4}, "B": {"</s>": 1.0}}, limit=5)
    trace = run(stepper, "x", interventions=[ForceToken(2, 3)])
    assert trace.output == "A A B" and trace.notes == ()


def test_what_a_person_should_know_is_noted():
    stepper = markov("AB", {"<s>": {"A": 1.0}, "A": {"B": 0.6, "A": 0.4}, "B": {"</s>": 0.9, "B": 0.1}}, limit=6)
    assert run(stepper, "one ?two ?three ?two").notes == ("never seen in training as a whole: ?two, ?three",)
    assert run(stepper, "x", Greedy(max_steps=2)).notes == ("cut by the length limit of 2 steps: the output has no end",)
    assert run(stepper, "x", Beam(width=1, max_steps=2)).notes == ("cut by the length limit of 2 steps: the output has no end",)
    assert run(stepper, "x", interventions=[ForceToken(5, 2)]).notes == ("the output ended at step 3, before the forced step 6",)
    assert run(stepper, "x", Forced(reference=(2, 3))).notes == ()


def test_the_run_says_which_model_options_seed_and_versions():
    trace = run(markov("A", {"<s>": {"A": 1.0}, "A": {"</s>": 1.0}}), "x", "beam:width=2", seed=5)
    assert trace.run["model"] == "table" and trace.run["family"] == "table" and trace.run["sha256"] == "0" * 64
    assert trace.run["decoding"]["width"] == 2 and trace.run["seed"] == 5
    assert trace.run["versions"]["torch"] == torch.__version__
    assert trace.unit == "token" and trace.source == "x" and trace.source_axis.labels == ("x",)


def test_the_first_step_begins_with_what_was_computed_before_it():
    first, second, *_ = run(tiny(), "abc", Greedy(prefix=(4, 5))).steps
    names = [q.name for q in first.quantities]
    assert names[:3] == ["source index", "source embedding", "encoder states"]
    assert names[names.index("first decoder state") + 1 :] == [q.name for q in second.quantities]


def test_a_seed_of_the_run_is_used_unless_the_options_have_one():
    stepper = random_table(9, 8, limit=12, sharpness=0.3)
    outputs = [run(stepper, "a", "sampling", seed=seed).output for seed in (1, 1, 2)]
    assert outputs[0] == outputs[1] != outputs[2]
    assert run(stepper, "a", "sampling:seed=1", seed=2).output == outputs[0]


def test_units_and_encoded_sources_are_sources_too():
    stepper = tiny(seed=1)
    outputs = {run(stepper, source).output for source in ("abc", ["a", "b", "c"], stepper.encode("abc"))}
    assert len(outputs) == 1


def test_a_name_goes_through_the_zoo(monkeypatch):
    stepper = tiny(seed=1)
    monkeypatch.setattr(zoo, "load", lambda name: {"tiny-model": stepper}[name])
    assert vc.run("tiny-model", "abc").output == run(stepper, "abc").output


def test_a_trace_is_saved_and_opened_without_the_model(tmp_path):
    trace = run(tiny(seed=1), "abcd", Beam(width=3))
    save(trace, tmp_path / "t.npz")
    found = load(tmp_path / "t.npz")
    assert found.output == trace.output and found.tree.reason == trace.tree.reason and found.run == trace.run
    for one, other in zip(found.steps, trace.steps, strict=True):
        assert one.log_prob == other.log_prob and one.candidates.labels == other.candidates.labels
        np.testing.assert_array_equal(one.attention[0].map(), other.attention[0].map())


def test_a_deferred_step_can_be_replaced():
    step = run(tiny(seed=1), "abcd").steps[1]
    other = dataclasses.replace(step, label="new")
    assert other.label == "new" and other.log_prob == step.log_prob and other.candidates is step.candidates


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(source=""), "the input is empty"),
        (dict(source=7), "the source is a int"),
        (dict(source=[]), "the source is a list"),
        (dict(source=["a", ""]), "the source is a list"),
        (dict(decoding="beam:width=0"), "beam width is 0"),
        (dict(decoding=Greedy(prefix=(99,))), "output id 99"),
        (dict(interventions=["ablate"]), "the intervention str cannot be made"),
        (dict(seed=-1), "seed is -1"),
        (dict(model={}), "a dict cannot be decoded"),
    ],
)
def test_bad_input_is_one_sentence(arguments, message):
    with pytest.raises(InputError, match=message):
        run(**{"model": tiny(), "source": "abc", **arguments})


def test_bad_input_of_iter_steps_is_found_before_the_first_step():
    with pytest.raises(InputError, match="beam width is 0"):
        vc.iter_steps(tiny(), "abc", "beam:width=0")


@pytest.mark.parametrize(("step", "choice", "message"), [(-1, 3, "step of ForceToken is -1"), (0, "A", "choice of ForceToken is 'A'")])
def test_a_forced_token_is_checked(step, choice, message):
    with pytest.raises(InputError, match=message):
        ForceToken(step, choice)
