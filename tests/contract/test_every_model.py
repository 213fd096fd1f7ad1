"""What every model of the zoo must keep, whatever its family: found by existing, nothing to register."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import viz_core as vc
from viz_core.trace import InputError, Trace

NAMES = vc.zoo.names()


@pytest.fixture(params=NAMES)
def name(request) -> str:
    return request.param


@pytest.fixture
def model(name):
    return vc.zoo.load(name, "cpu")


@pytest.fixture
def source(name) -> str:
    return vc.zoo.card(name).examples[0]


def attention_bytes(trace: Trace) -> bytes:
    return b"".join(item.map().tobytes() for step in trace.steps for item in step.attention)


def numbers(trace: Trace) -> list[bytes]:
    return [q.values.tobytes() for step in trace.steps for q in step.quantities]


def test_card_is_complete(name):
    card = vc.zoo.card(name)
    assert card.examples and card.licence and card.data and card.title and card.metrics
    assert card.folder.parent.name == card.licence.lower(), "weights lie in the folder of their licence"
    assert {"command", "seed", "minutes", "hardware"} <= set(card.training)
    assert card.weights.stat().st_size <= 8 * 1024 * 1024


def test_declared_parameters_are_the_file_s(name, model):
    assert sum(p.numel() for p in model.module.parameters()) == vc.zoo.card(name).parameters


def test_records_appear_and_hold(model, source):
    trace = vc.run(model, source)
    assert trace.steps and trace.output
    for step in trace.steps:
        assert step.quantities
        for item in step.attention:
            np.testing.assert_allclose(item.map().sum(-1), 1, atol=1e-5)
        assert all(np.isfinite(q.values).all() for q in step.quantities)


def test_traced_equals_untraced(model, source):
    """The probabilities of the steps are those of one plain forward pass over the whole output."""
    trace = vc.run(model, source)
    expected = model.plain_log_probs(model.encode(source), [step.choice for step in trace.steps])
    np.testing.assert_allclose([step.log_prob for step in trace.steps], expected.cpu().numpy(), atol=1e-5)


def test_same_seed_same_bytes(model, source):
    one, two = vc.run(model, source, seed=3), vc.run(model, source, seed=3)
    assert attention_bytes(one) == attention_bytes(two) and numbers(one) == numbers(two)


def test_stepping_twice_from_one_state_agrees(model, source):
    state = model.start([model.encode(source)])
    choice = vc.run(model, source).steps[0].choice
    one, two = model.step(state, choice)[1], model.step(state, choice)[1]
    assert [q.values.tobytes() for q in one.quantities] == [q.values.tobytes() for q in two.quantities]


def test_save_and_load(model, source, tmp_path):
    trace = vc.run(model, source)
    vc.trace.save(trace, tmp_path / "a.npz")
    again = vc.trace.load(tmp_path / "a.npz")
    assert again.output == trace.output and again.log_prob == trace.log_prob
    assert attention_bytes(again) == attention_bytes(trace) and numbers(again) == numbers(trace)
    vc.trace.save(again, tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_two_threads_do_not_mix(model, name):
    sources = vc.zoo.card(name).examples[:2]
    alone = [attention_bytes(vc.run(model, text)) for text in sources]
    found: list[list[bytes]] = [[], []]

    def work(slot: int) -> None:
        for _ in range(5):
            found[slot].append(attention_bytes(vc.run(model, sources[slot])))

    threads = [threading.Thread(target=work, args=(slot,)) for slot in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[alone[0]] * 5, [alone[1]] * 5]


@pytest.mark.parametrize("text", ["", " ", "\x00\x01", "🙂", "…", "a" * 10_000])
def test_bad_input_is_one_clear_sentence(model, text):
    with pytest.raises(InputError) as error:
        vc.run(model, text)
    assert "\n" not in str(error.value) and len(str(error.value)) < 300
